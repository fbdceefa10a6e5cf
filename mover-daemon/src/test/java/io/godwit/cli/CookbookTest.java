package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The recipes of docs/cookbook.md: all their commands are understood, and those that need neither
/// root nor a server do what they promise. `.ci/cookbook` runs them all.
@Timeout(180)
final class CookbookTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().resolve("..").normalize();
    private static final Pattern FENCE = Pattern.compile("(?ms)^```(\\S+)[^\n]*\n(.*?)^```");

    /// A call ends where the shell takes over again.
    private static final Pattern CALL =
            Pattern.compile(
                    "(?m)(?:^|[|(;&]|\\$ )\\s*godwit ((?:\"[^\"]*\"|'[^']*'|[^|;&)<>\n])+)");

    private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|'[^']*'|[^\\s\"'])+");

    @TempDir Path directory;

    @Test
    void everyCommandIsUnderstood() throws IOException {
        List<String> calls = calls();

        assertThat(calls).hasSizeGreaterThan(20).anyMatch(call -> call.contains("nbd+unix://"));
        for (String call : calls) {
            assertThatCode(() -> parse(call)).as(call).doesNotThrowAnyException();
        }
    }

    @Test
    void theCheckSeesWhatIsWrong() {
        assertThatCode(() -> parse("backup db")).hasMessageContaining("SOURCE");
        assertThatCode(() -> parse("restore a b --sprase")).hasMessageContaining("--sprase");
    }

    private static List<String> calls() throws IOException {
        String book = Files.readString(ROOT.resolve("docs/cookbook.md"));
        List<String> calls = new ArrayList<>();
        Matcher fence = FENCE.matcher(book);
        while (fence.find()) {
            String block = fence.group(2).replace("\\\n", " ").replaceAll("(?m) #.*$", "");
            CALL.matcher(block).results().forEach(call -> calls.add(call.group(1).strip()));
        }
        return calls;
    }

    private static void parse(String call) {
        String[] words =
                WORD.matcher(call)
                        .results()
                        .map(word -> word.group().replaceAll("[\"']", ""))
                        .toArray(String[]::new);
        CommandLines.commandLine(nowhere(), Arrays.asList(Commands.values())).parseArgs(words);
    }

    private static Outside nowhere() {
        return new Outside(
                Map.of(),
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream(),
                false,
                _ -> Optional.empty(),
                Clock.systemUTC(),
                System::nanoTime,
                SecureRandom::new,
                Outside::thread,
                Thread::sleep,
                false);
    }

    /// With the classes under test in place of the launcher, which would build.
    @Test
    void recipesWithoutRootDoWhatTheyPromise() throws Exception {
        Path path = Files.createDirectories(directory.resolve("bin"));
        Path launcher = path.resolve("godwit");
        Files.writeString(
                launcher,
                """
                #!/bin/sh
                exec %s/bin/java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
                    --sun-misc-unsafe-memory-access=allow -cp '%s' io.godwit.cli.Main "$@"
                """
                        .formatted(
                                System.getProperty("java.home"),
                                System.getProperty("java.class.path")));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProcessBuilder builder =
                new ProcessBuilder(ROOT.resolve(".ci/cookbook").toString(), "nbd", "dump", "home");
        builder.environment().put("COOKBOOK_PATH", path.toString());
        Process run = builder.redirectErrorStream(true).start();
        String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(run.waitFor()).as(said).isZero();
        assertThat(said).endsWith("all is well: nbd dump home\n");
    }
}
