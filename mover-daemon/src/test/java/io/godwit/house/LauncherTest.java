package io.godwit.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `./godwit` and `./build` share, and what the launcher does about the JVM's own words.
/// Building is not tested here.
final class LauncherTest {
    private static final Path ROOT =
            Path.of("").toAbsolutePath().resolveSibling(".mvn").getParent();

    @TempDir Path directory;

    @Test
    void takesTheJavaHomeThatIsNewEnough() throws Exception {
        Path home = jdk("25.0.1");

        assertThat(findJdk(home, "/nowhere").out()).isEqualTo(home + "\n");
    }

    @Test
    void passesOverAnOldJavaHomeForTheOneOnThePath() throws Exception {
        Path old = jdk("17.0.15");
        Path young = jdk("26");

        assertThat(findJdk(old, young.resolve("bin").toString()).out()).isEqualTo(young + "\n");
    }

    @Test
    void doesNotCountARuntimeWithoutACompiler() throws Exception {
        Path runtime = jdk("27");
        Files.delete(runtime.resolve("bin/javac"));

        assertThat(findJdk(runtime, "/nowhere").out()).isNotEqualTo(runtime + "\n");
    }

    @Test
    void standardErrorCarriesOnlyOurWords() throws Exception {
        Outcome outcome = startHashing("--no-such-option");

        assertThat(outcome.err())
                .startsWith("godwit: unknown option: --no-such-option")
                .doesNotContain("WARNING");
        assertThat(outcome.exitCode()).isEqualTo(2);
    }

    @Test
    void whatStopsTheJvmAtBootIsSeen() throws Exception {
        Outcome outcome = startHashing("--version", "-XX:NoSuchFlag=1");

        assertThat(outcome.err()).contains("NoSuchFlag");
        assertThat(outcome.exitCode()).isEqualTo(1);
    }

    private Path jdk(String version) throws IOException {
        Path home = Files.createDirectories(directory.resolve("jdk-" + version));
        Files.createDirectories(home.resolve("bin"));
        for (String tool : List.of("java", "javac")) {
            Path file = Files.writeString(home.resolve("bin").resolve(tool), "#!/bin/sh\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Files.writeString(
                home.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        return home.toRealPath();
    }

    private Outcome findJdk(Path javaHome, String path) throws Exception {
        return bash(
                "source \"$1/.mvn/java.sh\"; find_jdk && echo \"$JAVA_HOME\"",
                List.of(ROOT.toString()),
                Map.of("JAVA_HOME", javaHome.toString(), "PATH", path + ":/usr/bin:/bin"));
    }

    /// The last line of the launcher, on this test's own class path.
    private Outcome startHashing(String argument, String... options) throws Exception {
        String launcher = Files.readString(ROOT.resolve("godwit"));
        String lastLines = launcher.substring(launcher.indexOf("exec 3>&2"));
        return bash(
                "launch=(\"$1/bin/java\" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED"
                        + " -Dgodwit.stderr=3 $4 -cp \"$2\" io.godwit.cli.Main \"$3\"); "
                        + lastLines,
                List.of(
                        System.getProperty("java.home"),
                        System.getProperty("java.class.path"),
                        argument,
                        String.join(" ", options)),
                Map.of());
    }

    private Outcome bash(String script, List<String> arguments, Map<String, String> environment)
            throws Exception {
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", script, "bash");
        builder.command().addAll(arguments);
        builder.environment().putAll(environment);
        int exitCode =
                builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start().waitFor();
        return new Outcome(exitCode, read(out), settled(err));
    }

    /// The filter may outlive the JVM by a moment when the JVM did not get to boot.
    private static String settled(Path err) throws Exception {
        for (int i = 0; i < 100 && Files.size(err) == 0; i++) {
            Thread.sleep(20);
        }
        return read(err);
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private record Outcome(int exitCode, String out, String err) {}
}
