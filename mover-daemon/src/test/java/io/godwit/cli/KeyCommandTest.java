package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import io.godwit.format.ObjectFormat;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The commands that change keys, and what backups and restores make of it.
final class KeyCommandTest {
    private static final int DATA = 200_000;
    private static final List<Path> PACKS = List.of(Path.of("p"), Path.of("m"));

    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void start() {
        cli = new Cli(directory);
        cli.environment.put("GODWIT_REPO", cli.repository.toString());
        done(cli.run("init"));
    }

    private static Answer done(Answer answer) {
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        return answer;
    }

    private static void refused(Answer answer, int exitCode, String sentence) {
        assertThat(answer.exitCode()).isEqualTo(exitCode);
        assertThat(answer.err()).startsWith("godwit: " + sentence);
        assertThat(answer.err().lines()).hasSize(1);
    }

    private Answer with(String keyFile, String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("--key-file", cli.path(keyFile)));
        return cli.call(line.toArray(String[]::new));
    }

    private String addKeyFile(String name) {
        return done(cli.run("key", "add", "--quiet", "--new-key-file", cli.path(name)))
                .out()
                .strip();
    }

    private List<JsonNode> slots() {
        List<JsonNode> slots = new ArrayList<>();
        done(cli.run("key", "list", "--json")).last().get("slots").forEach(slots::add);
        return slots;
    }

    @Test
    void listsTheKeysAndMarksTheOneInUse() {
        String added = addKeyFile("second");
        JsonNode result = done(cli.run("key", "list", "--json")).last();

        assertThat(result.propertyNames())
                .containsExactly("type", "exitCode", "slots", "generation");
        assertThat(result.get("generation").asInt()).isEqualTo(1);
        assertThat(slots()).hasSize(2);
        assertThat(slots().getFirst().propertyNames())
                .containsExactly("id", "kind", "createdTime", "current");
        assertThat(slots())
                .extracting(slot -> slot.get("current").asBoolean())
                .containsExactly(true, false);
        assertThat(slots().getLast().get("id").asString()).isEqualTo(added);
        assertThat(done(cli.run("key", "list")).out())
                .contains("ID", "KIND", "CREATED", "\n*  ", "key-file", "Key generation 1.");
        assertThat(done(cli.run("key", "list", "--quiet")).out().lines())
                .hasSize(2)
                .contains(added);
    }

    @Test
    void aKeyFileThatIsNotThereIsMadeForItsOwnerAlone() throws IOException {
        String first = addKeyFile("new");
        Path made = directory.resolve("new");

        assertThat(Files.size(made)).isEqualTo(32);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                .isEqualTo("rw-------");
        done(with("new", "snapshots"));
        JsonNode again =
                done(cli.run("key", "add", "--json", "--new-key-file", made.toString())).last();
        assertThat(again.get("added").asBoolean()).isFalse();
        assertThat(again.get("slot").get("id").asString()).isEqualTo(first);
        assertThat(slots()).hasSize(2);
        refused(
                cli.run("key", "add", "--new-key-file", cli.path("no/such/place")),
                4,
                "no such directory");
    }

    @Test
    void aRemovedKeyOpensNothing() {
        String second = addKeyFile("second");
        JsonNode removed = done(cli.run("key", "remove", "--json", second)).last();

        assertThat(removed.propertyNames())
                .containsExactly("type", "exitCode", "removed", "keysLeft", "generation");
        assertThat(removed.get("removed").asString()).isEqualTo(second);
        assertThat(removed.get("generation").asInt()).isEqualTo(2);
        refused(with("second", "snapshots"), 7, "wrong password or key file");
        refused(cli.run("key", "remove", second), 4, "no such key: " + second);
        done(cli.run("snapshots"));
    }

    @Test
    void theLastKeyStaysAndTheOneInUseMustBeSaid() {
        String own = slots().getFirst().get("id").asString();

        refused(cli.run("key", "remove", own), 2, "the last key stays");
        refused(cli.run("key", "remove", "--own", own), 2, "the last key stays");
        addKeyFile("second");
        refused(
                cli.run("key", "remove", own),
                2,
                "this is the key that the command was opened with");
        Answer answer = cli.run("key", "remove", "--own", own);
        assertThat(answer.exitCode()).isZero();
        assertThat(answer.err())
                .isEqualTo(
                        "godwit: warning: the key that opened the repository opens it no more\n");
        refused(cli.run("snapshots"), 7, "wrong password or key file");
        done(with("second", "snapshots"));
    }

    @Test
    void digitsThatFitSeveralKeysAreRefused() {
        Map<Character, String> seen = new TreeMap<>();
        String twin = slots().getFirst().get("id").asString();
        for (int i = 0; seen.putIfAbsent(twin.charAt(0), twin) == null; i++) {
            twin = addKeyFile("key-" + i);
        }
        refused(cli.run("key", "remove", twin.substring(0, 1)), 2, "several keys begin like this");
        refused(cli.run("key", "remove", "x"), 4, "no such key: x");
    }

    @Test
    void aNewGenerationIsUsedDeduplicatesAndLeavesOldSnapshotsReadable() throws IOException {
        String image = cli.image("image", DATA, 50_000, 1).toString();
        String other = cli.image("other", DATA, 0, 2).toString();
        String old = done(cli.run("backup", "db", image, "--quiet")).out().strip();
        JsonNode rotated = done(cli.run("key", "rotate", "--json")).last();

        assertThat(rotated.get("generation").asInt()).isEqualTo(2);
        assertThat(rotated.get("added").isNull() && rotated.get("removed").isNull()).isTrue();
        assertThat(generations().keySet()).containsExactly(1);
        JsonNode same = done(cli.run("backup", "copy", image, "--json")).last();
        assertThat(same.get("newBytes").asLong()).isZero();
        done(cli.run("backup", "web", other));
        assertThat(generations().keySet()).containsExactly(1, 2);
        restores(old, image);
        restores("latest:copy", image);
        restores("latest:web", other);
        done(cli.run("verify", "--read-data"));
    }

    /// How many packs there are of each key generation.
    private Map<Integer, Long> generations() throws IOException {
        try (Stream<Path> files = Files.walk(cli.repository)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> PACKS.contains(cli.repository.relativize(file).getName(0)))
                    .collect(
                            Collectors.groupingBy(
                                    KeyCommandTest::generation,
                                    TreeMap::new,
                                    Collectors.counting()));
        }
    }

    private static int generation(Path pack) {
        try {
            MemorySegment object = MemorySegment.ofArray(Files.readAllBytes(pack));
            return ObjectFormat.readHeader(pack.toString(), object).generation();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void restores(String snapshot, String image) throws IOException {
        String target = cli.path("restored");
        Files.deleteIfExists(Path.of(target));
        assertThat(cli.run("restore", snapshot, target).exitCode()).isZero();
        assertThat(Files.mismatch(Path.of(target), Path.of(image))).isEqualTo(-1);
    }

    @Test
    void aKeyTakesAnothersPlaceInOneStep() {
        String own = slots().getFirst().get("id").asString();
        String[] change = {"key", "rotate", "--json", "--new-key-file", cli.path("next")};
        JsonNode changed = done(cli.run(change)).last();

        assertThat(changed.get("removed").asString()).isEqualTo(own);
        assertThat(changed.get("generation").asInt()).isEqualTo(2);
        refused(cli.run("snapshots"), 7, "wrong password or key file");
        done(with("next", "snapshots"));
        Answer again = cli.run("key", "rotate", "--new-key-file", cli.path("next"));
        refused(again, 7, "the old password or key opens nothing, the new one does");
        assertThat(again.err()).contains("nothing is left to do");
        refused(
                with("next", "key", "rotate", "--new-key-file", cli.path("next")),
                2,
                "the new key opens the repository already");
    }

    @Test
    void aTypedPasswordTakesAnothersPlace() {
        done(cli.typing("first").run("key", "add"));
        cli.environment.put("GODWIT_PASSWORD", "first");
        done(cli.typing("second").call("key", "rotate", "--password"));
        cli.environment.put("GODWIT_PASSWORD", "second");
        done(cli.call("snapshots"));
        cli.environment.put("GODWIT_PASSWORD", "first");
        refused(cli.call("snapshots"), 7, "wrong password");
    }

    /// The backup began under the old generation and with a key that is gone when it ends.
    @Test
    void aBackupThatRunsMeanwhileEndsWell() throws Exception {
        addKeyFile("second");
        Path image = cli.image("image", 40_000_000, 0, 3);
        Process backup =
                new ProcessBuilder(new CliProcess(cli).onRepository("backup", "dump", "-"))
                        .redirectOutput(directory.resolve("out").toFile())
                        .redirectError(directory.resolve("err").toFile())
                        .start();
        byte[] content = Files.readAllBytes(image);
        try (OutputStream in = backup.getOutputStream()) {
            in.write(content, 0, content.length / 2);
            in.flush();
            String first = slots().getFirst().get("id").asString();
            done(with("second", "key", "rotate"));
            done(with("second", "key", "remove", first));
            in.write(content, content.length / 2, content.length - content.length / 2);
        }
        assertThat(backup.waitFor()).as(Files.readString(directory.resolve("err"))).isZero();
        refused(cli.run("snapshots"), 7, "");
        done(with("second", "restore", "latest:dump", cli.path("back")));
        assertThat(directory.resolve("back")).hasSameBinaryContentAs(image);
        done(with("second", "verify", "--read-data"));
    }

    @Test
    void aRecoverySheetOpensAndItsTypingErrorsAreNamed() throws IOException {
        String sheet = done(cli.run("key", "list", "--recovery-sheet")).out();
        cli.file("typed", sheet);

        assertThat(sheet).contains(cli.repository.toString(), "key remove ID");
        done(cli.call("snapshots", "--sheet-file", cli.path("typed")));
        assertThat(slots().getLast().get("kind").asString()).isEqualTo("recovery-sheet");
        String line = sheet.lines().filter(l -> l.startsWith("    6 ")).findFirst().orElseThrow();
        cli.file("typed", sheet.replace(line, line.substring(0, line.length() - 1) + "?"));
        refused(
                cli.call("snapshots", "--sheet-file", cli.path("typed")),
                2,
                "recovery sheet is mistyped in line 6, no such letter, letter=12");
        char last = line.charAt(line.length() - 1) == 'A' ? 'C' : 'A';
        cli.file("typed", sheet.replace(line, line.substring(0, line.length() - 1) + last));
        refused(
                cli.call("snapshots", "--sheet-file", cli.path("typed")),
                2,
                "recovery sheet is mistyped in line 6, its check differs");
        Answer json = cli.run("key", "list", "--recovery-sheet", "--json");
        assertThat(json.exitCode()).isEqualTo(2);
        assertThat(json.last().get("message").asString()).contains("for paper");
    }

    @Test
    void aSheetInAFileIsMadeOnceAndForItsOwnerAlone() throws IOException {
        String[] add = {"key", "add", "--json", "--new-sheet-file", cli.path("sheet")};
        assertThat(done(cli.run(add)).last().get("added").asBoolean()).isTrue();
        assertThat(done(cli.run(add)).last().get("added").asBoolean()).isFalse();
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(directory.resolve("sheet"))))
                .isEqualTo("rw-------");
        done(cli.call("key", "list", "--sheet-file", cli.path("sheet")));
        refused(
                cli.call("snapshots", "--sheet-file", cli.path("none")),
                4,
                "no such recovery sheet");
    }

    @Test
    void wrongCallsAreAnsweredInOneSentence() {
        refused(
                cli.call("key"),
                2,
                "what about the keys? list, add, remove or rotate; see godwit key --help");
        refused(
                cli.call("key", "lst"),
                2,
                "unknown command: key lst; did you mean: godwit key list");
        refused(cli.call("key", "remove"), 2, "missing: ID; see godwit key remove --help");
        refused(
                cli.run("key", "add", "--new-key-file", "a", "--new-password-file", "b"),
                2,
                "more than one password or key is given");
        refused(cli.run("key", "add"), 2, "no password or key is given; use --new-password-file");
        refused(cli.call("passwd"), 2, "unknown command: passwd; did you mean: godwit key rotate");
    }

    @Test
    void everyCommandHasHelpWithExamplesAndCompletions() {
        String fish = cli.call("completion", "fish").out();
        for (String name : List.of("list", "add", "remove", "rotate")) {
            Answer help = done(cli.call("key", name, "--help"));
            assertThat(help.out())
                    .startsWith("Usage: godwit key " + name)
                    .contains("\nExamples:\n  godwit key " + name)
                    .doesNotContain("--cache-dir=DIR");
            assertThat(cli.call("help", "key", name).out()).isEqualTo(help.out());
            assertThat(cli.call("help", "key").out()).contains("\n  " + name);
            assertThat(fish).contains("__fish_seen_subcommand_from key' -f -a " + name);
        }
        assertThat(cli.call("completion", "bash").out()).contains("--new-key-file");
    }
}
