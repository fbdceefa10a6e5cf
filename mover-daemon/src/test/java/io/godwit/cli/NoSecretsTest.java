package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.seal.KnownSecrets;
import io.godwit.seal.Unlock;
import io.godwit.store.RetryPolicy;
import io.godwit.store.Store;
import io.godwit.store.StoreOptions;
import io.godwit.store.StoreUrl;
import io.godwit.store.Stores;
import io.godwit.vault.VaultStandIn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// No secret is in what commands print, in their failures, or among the arguments of any process.
final class NoSecretsTest {
    private static final String PASSWORD = "correct-horse-battery-9317";
    private static final String NEXT_PASSWORD = "wrong-mule-accumulator-2846";

    @TempDir Path directory;
    private Cli cli;
    private VaultStandIn vault;
    private final List<byte[]> secrets = new ArrayList<>();
    private final StringBuilder said = new StringBuilder();

    @BeforeEach
    void start() throws IOException {
        vault = new VaultStandIn();
        cli = new Cli(directory);
        cli.environment.put("GODWIT_REPO", cli.repository.toString());
        cli.environment.put("VAULT_TOKEN", VaultStandIn.TOKEN);
        cli.file("password", PASSWORD + "\n");
        cli.file("next", NEXT_PASSWORD);
        byte[] key = new byte[32];
        new Random(4).nextBytes(key);
        Files.write(directory.resolve("key"), key);
        secrets.add(key);
        for (String text : List.of(PASSWORD, NEXT_PASSWORD, VaultStandIn.TOKEN)) {
            secrets.add(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    @AfterEach
    void stop() {
        vault.close();
    }

    private Answer say(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split(" ", -1)) {
            words.add(word.startsWith("@") ? cli.path(word.substring(1)) : word);
        }
        Answer answer = cli.call(words.toArray(String[]::new));
        said.append(answer.out()).append(answer.err());
        return answer;
    }

    @Test
    void nothingThatIsPrintedHoldsASecret() throws IOException {
        cli.image("image", 100_000, 0, 1);
        String service = vault.url("godwit");
        for (String line :
                List.of(
                        "init -v --key-file @key",
                        "backup db @image --key-file @key -v",
                        "backup db @image --key-file @key --json -v",
                        "key add --key-file @key --new-password-file @password -v",
                        "key add --key-file @key --new-sheet-file @sheet -v",
                        "key add --key-file @key --json --new-key-file @made",
                        "key add --key-file @key -v --new-key-service " + service,
                        "key list --key-file @key -v",
                        "key list --key-service " + service + " --json",
                        "snapshots --sheet-file @sheet -v",
                        "restore latest:db @restored --key-file @made -v",
                        "verify --json --key-file @key",
                        "stats -v --key-file @key",
                        "doctor -v --key-file @key",
                        "scrub -v",
                        "index rebuild -v --json --key-file @key",
                        "init -v -r @other --password-file @password",
                        "copy -v --key-file @key --to @other --to-password-file @password",
                        "gc -v --key-file @key",
                        "key rotate -v --password-file @password --new-password-file @next",
                        "key rotate -v --key-file @key --json",
                        "forget --allow-empty latest:db --key-file @key -v")) {
            assertThat(say(line).exitCode()).as(line + "\n" + said).isZero();
        }
        secrets.add(Files.readAllBytes(directory.resolve("made")));
        secrets.addAll(ofTheRepository());
        failures(service);
        assertThat(leaked(said.toString())).isEmpty();
    }

    /// With each secret in a place where it does not belong, or for nothing.
    private void failures(String service) throws IOException {
        Files.write(directory.resolve("short"), new byte[3]);
        String sheet = Files.readString(directory.resolve("sheet"));
        cli.file("typo", sheet.replace("    7   ", "    7   A"));
        for (String line :
                List.of(
                        "snapshots -v --password-file @password",
                        "snapshots -v --json --password-file @key",
                        "snapshots -v --key-file @short",
                        "snapshots -v --sheet-file @typo",
                        "snapshots -v --sheet-file @key",
                        "snapshots -v --key-file @sheet",
                        "snapshots -v --service-token-file @key --key-service " + service,
                        "snapshots -v --service-token-file @next --key-service " + service,
                        "snapshots -v --key-service vault-transit://"
                                + VaultStandIn.TOKEN
                                + "@h/t/k",
                        "snapshots -v --key-service " + VaultStandIn.TOKEN,
                        "key rotate -v --password-file @password --new-password-file @next",
                        "key rotate -v --key-file @key --new-password-file @next --new-key-file @made",
                        "key add -v --key-file @made --new-sheet-file @key",
                        "init -v --password-command false --key-file @key",
                        "init -v --password-file @next")) {
            assertThat(say(line).exitCode()).as(line).isNotZero();
        }
        letters(sheet);
    }

    /// The sheet's own lines: nobody but the sheet prints them.
    private void letters(String sheet) {
        for (String line : sheet.lines().filter(l -> l.matches("    [1-9]   .*")).toList()) {
            assertThat(said.toString()).doesNotContain(line.substring(8));
        }
    }

    private List<byte[]> ofTheRepository() {
        StoreOptions options =
                new StoreOptions(
                        0,
                        0,
                        RetryPolicy.DEFAULT,
                        cli.clock,
                        System::nanoTime,
                        Thread::sleep,
                        new Random(1));
        try (Store store =
                Stores.open(
                        StoreUrl.parse(cli.repository.toString()),
                        options,
                        _ -> {
                            throw new AssertionError();
                        })) {
            return KnownSecrets.of(store, new Unlock.KeyFile(directory.resolve("key")));
        }
    }

    /// The secrets in the text, as they are, in hexadecimal digits or in base 64, whole or in their
    /// first half.
    private List<String> leaked(String text) {
        List<String> leaked = new ArrayList<>();
        String lower = text.toLowerCase(Locale.ROOT);
        for (byte[] secret : secrets) {
            byte[] half = Arrays.copyOf(secret, Math.min(12, secret.length));
            String base64 = Base64.getEncoder().encodeToString(half).replace("=", "");
            Stream.of(
                            new String(half, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT),
                            HexFormat.of().formatHex(half),
                            base64.toLowerCase(Locale.ROOT),
                            base64.replace('+', '-').replace('/', '_').toLowerCase(Locale.ROOT))
                    .filter(form -> form.length() >= 12 && lower.contains(form))
                    .forEach(leaked::add);
        }
        return leaked;
    }

    @Test
    void aLeakWouldBeFound() {
        byte[] key = secrets.getFirst();

        assertThat(leaked("x" + HexFormat.of().withUpperCase().formatHex(key))).hasSize(1);
        assertThat(leaked("x" + Base64.getEncoder().encodeToString(key))).isNotEmpty();
        assertThat(leaked("x" + PASSWORD)).hasSize(1);
        assertThat(leaked("nothing")).isEmpty();
    }

    @Test
    void aStackTraceTellsNoMore() {
        GodwitException failure =
                new GodwitException(
                        FailureKind.INTERNAL,
                        "x",
                        new IllegalStateException(
                                new Unlock.Password(PASSWORD.getBytes(StandardCharsets.UTF_8))
                                        .toString()));

        assertThat(leaked(Failure.of(failure, 130).details())).isEmpty();
    }

    @Test
    void noOptionTakesASecret() {
        CommandLine all =
                CommandLines.commandLine(Outside.process(), Arrays.asList(Commands.values()));
        for (OptionSpec option : options(all)) {
            boolean about = option.longestName().matches(".*(password|key|token|sheet|secret).*");
            if (about && option.arity().max() > 0) {
                assertThat(option.paramLabel())
                        .as(option.longestName())
                        .isIn("FILE", "COMMAND", "URL");
            }
        }
    }

    private static List<OptionSpec> options(CommandLine line) {
        List<OptionSpec> options = new ArrayList<>(line.getCommandSpec().options());
        line.getSubcommands().values().forEach(below -> options.addAll(options(below)));
        return options;
    }

    @Test
    void noProcessHasASecretAmongItsArguments() throws Exception {
        assertThat(say("init --key-file @key").exitCode()).isZero();
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.godwit.cli.Main",
                        "key",
                        "add",
                        "-r",
                        cli.repository.toString(),
                        "--key-file",
                        cli.path("key"),
                        "--new-password-command",
                        "cat " + cli.path("password") + "; sleep 0.5");
        builder.environment().put("GODWIT_PASSWORD", NEXT_PASSWORD);
        builder.environment().put("VAULT_TOKEN", VaultStandIn.TOKEN);
        Process process =
                builder.redirectErrorStream(true)
                        .redirectOutput(directory.resolve("out").toFile())
                        .start();
        StringBuilder arguments = new StringBuilder();
        int children = 0;
        while (process.isAlive()) {
            List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
            children = Math.max(children, family.size());
            family.add(process.toHandle());
            family.forEach(one -> arguments.append(commandLine(one.pid())).append('\n'));
            Thread.sleep(20);
        }
        String out = Files.readString(directory.resolve("out"));

        assertThat(process.exitValue()).as(out).isZero();
        assertThat(children).isPositive();
        assertThat(arguments).contains("--new-password-command");
        assertThat(leaked(arguments + out)).isEmpty();
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(
                    Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}
