package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kind of object, damaged in every way: what `verify`, `snapshots`, `restore` and the next
/// `backup` make of it.
///
/// Usually every fourth case runs, with the node's cache or without it; `-Dgodwit.matrix=full` runs
/// each of them both ways.
class DamageMatrixTest {
    private static final List<String> VOLUMES = List.of("big", "small");

    @TempDir static Path directory;
    private static DamagedRepository one;
    private static DamagedRepository other;
    private static int copies;

    /// Which object it is, and what depends on it.
    enum Victim {
        CONFIG("config", 0, ""),
        KEY_SLOT("keys/", 0, ""),
        KEY_RING("ring/", 0, ""),
        DATA_PACK("p/", 0, "big"),
        METADATA_PACK("m/", 0, "big"),
        MIXED_PACK("p/", 1, "small"),
        PATCHED_PACK("p/", 3, "small"),
        /// Only a forgotten snapshot refers to it; but what it holds is known, and the next backup
        /// may refer to it.
        FORGOTTEN_PACK("p/", 4, ""),
        INDEX_SEGMENT("idx/", 0, ""),
        SESSION("s/", 2, ""),
        OUTCOME("s/", 2, ""),
        SNAPSHOT("snap/", 2, ""),
        OLDER_SNAPSHOT("snap/", 1, ""),
        TOMBSTONE("snap-del/", 0, "");

        final String prefix;
        final int backup;
        final String volume;

        Victim(String prefix, int backup, String volume) {
            this.prefix = prefix;
            this.backup = backup;
            this.volume = volume;
        }

        boolean isPack() {
            return name().endsWith("PACK");
        }

        /// Without it nothing can be opened.
        boolean isDoor() {
            return this == CONFIG || this == KEY_SLOT || this == KEY_RING;
        }

        private boolean isIt(String name, DamagedRepository repository) {
            return switch (this) {
                case SESSION -> name.endsWith("/open") && mine(name, repository);
                case OUTCOME -> name.endsWith("/outcome") && mine(name, repository);
                case CONFIG, KEY_SLOT, KEY_RING, METADATA_PACK, INDEX_SEGMENT, TOMBSTONE -> true;
                case SNAPSHOT, OLDER_SNAPSHOT -> name.endsWith(repository.everBackedUp.get(backup));
                case DATA_PACK, MIXED_PACK, PATCHED_PACK, FORGOTTEN_PACK -> mine(name, repository);
            };
        }

        /// The end of a snapshot's id is the start of its session's.
        private boolean mine(String name, DamagedRepository repository) {
            String id = repository.everBackedUp.get(backup);
            return name.contains("-" + id.substring(16, 29));
        }

        List<String> names(DamagedRepository repository) throws IOException {
            return DamagedRepository.objects(
                    repository.repository(),
                    name -> name.startsWith(prefix) && isIt(name, repository));
        }

        String name(DamagedRepository repository) throws IOException {
            List<String> names = names(repository);
            assertThat(names).as("objects that are the " + this).hasSize(1);
            return names.getFirst();
        }

        /// Another valid object of the same kind, or none.
        List<String> siblings(DamagedRepository repository) throws IOException {
            String name = name(repository);
            String end = this == SESSION ? "/open" : this == OUTCOME ? "/outcome" : "";
            return DamagedRepository.objects(
                    repository.repository(),
                    sibling ->
                            sibling.startsWith(prefix)
                                    && sibling.endsWith(end)
                                    && !sibling.equals(name));
        }
    }

    /// What happens to it.
    enum Fault {
        BIT_AT_START,
        BIT_IN_MIDDLE,
        BIT_AT_END,
        HALF,
        EMPTY,
        MISSING,
        OF_ANOTHER_NAME,
        OF_ANOTHER_REPOSITORY
    }

    /// What `verify` does not find, and why no data can be lost by it.
    private static boolean isHarmless(Victim victim, Fault fault) {
        return switch (victim) {
            case CONFIG, KEY_SLOT, KEY_RING -> false;
            // The checksum behind a pack is for who has no key: every byte before it is sealed on
            // its own.
            case DATA_PACK, METADATA_PACK, MIXED_PACK, PATCHED_PACK -> fault == Fault.BIT_AT_END;
            // Nothing that lives refers to it, and a backup looks whether what it refers to is
            // there.
            case FORGOTTEN_PACK -> fault == Fault.BIT_AT_END || fault == Fault.MISSING;
            // A hint: what is not in it is stored once more.
            case INDEX_SEGMENT -> fault == Fault.MISSING;
            // Who finished needs neither: the entry says everything; and the other way round.
            case SESSION, OUTCOME, SNAPSHOT, OLDER_SNAPSHOT -> fault == Fault.MISSING;
            // A snapshot that was forgotten comes back.
            case TOMBSTONE -> fault == Fault.MISSING;
        };
    }

    @BeforeAll
    static void make() throws IOException {
        one = DamagedRepository.make(directory.resolve("one"), 1);
        other = DamagedRepository.make(directory.resolve("other"), 50);
    }

    static List<Arguments> cases() {
        return everyNth(4);
    }

    /// Of the pairs of object and fault, with the cache and without it by turns.
    static List<Arguments> everyNth(int n) {
        boolean full = "full".equals(System.getProperty("godwit.matrix"));
        List<Arguments> cases = new ArrayList<>();
        int diagonal = 0;
        for (Victim victim : Victim.values()) {
            diagonal++;
            for (Fault fault : Fault.values()) {
                diagonal++;
                for (boolean warm : new boolean[] {true, false}) {
                    if (full || diagonal % (2 * n) == (warm ? 0 : n)) {
                        cases.add(Arguments.of(victim, fault, warm));
                    }
                }
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void damageIsFoundAndNeverRestored(Victim victim, Fault fault, boolean warm)
            throws IOException {
        Path place = directory.resolve("copy-" + copies++);
        Cli cli = one.copy(place);
        if (!warm) {
            DamagedRepository.delete(place.resolve(".cache"));
        }
        if (!damage(cli.repository, victim, fault)) {
            return;
        }
        store(cli);
        String object = victim.name(one);

        boolean found = verify(cli, victim, fault, object);
        snapshots(cli, victim, fault, object);
        for (String id : one.contents.keySet()) {
            restore(cli, id, victim, fault, object);
        }
        for (String volume : VOLUMES) {
            backup(cli, volume, victim, fault, found);
        }
        DamagedRepository.delete(place);
    }

    /// Brings the damaged files to where the commands look for them: they are there.
    void store(Cli cli) throws IOException {
        assertThat(cli.url).isEqualTo(cli.repository.toString());
    }

    private static boolean damage(Path repository, Victim victim, Fault fault) throws IOException {
        Path object = repository.resolve(victim.name(one));
        byte[] bytes = Files.readAllBytes(object);
        Files.delete(object);
        switch (fault) {
            case BIT_AT_START -> Files.write(object, flipped(bytes, 0));
            case BIT_IN_MIDDLE -> Files.write(object, flipped(bytes, bytes.length / 2));
            case BIT_AT_END -> Files.write(object, flipped(bytes, bytes.length - 1));
            case HALF -> Files.write(object, Arrays.copyOf(bytes, bytes.length / 2));
            case EMPTY -> Files.write(object, new byte[0]);
            case MISSING -> {}
            case OF_ANOTHER_NAME -> {
                List<String> siblings = victim.siblings(one);
                if (siblings.isEmpty()) {
                    return false;
                }
                Files.copy(one.repository().resolve(siblings.getFirst()), object);
            }
            case OF_ANOTHER_REPOSITORY ->
                    Files.copy(other.repository().resolve(victim.name(other)), object);
        }
        return true;
    }

    private static byte[] flipped(byte[] bytes, int at) {
        bytes[at] ^= 1;
        return bytes;
    }

    private static boolean verify(Cli cli, Victim victim, Fault fault, String object) {
        Answer answer = cli.run("verify", "--read-data", "--no-progress");
        int expected = noRepository(victim, fault) ? 4 : isHarmless(victim, fault) ? 0 : 5;
        assertThat(answer.exitCode()).as(answer.out() + answer.err()).isEqualTo(expected);
        if (expected != 0) {
            requireOneSentence(answer);
            assertThat(answer.err()).contains(nameIn(object, victim, fault));
        }
        return expected == 5;
    }

    private static boolean noRepository(Victim victim, Fault fault) {
        return victim == Victim.CONFIG && fault == Fault.MISSING;
    }

    private static Set<Integer> affectedBy(Victim victim, Fault fault) {
        return victim.isDoor() ? Set.of(noRepository(victim, fault) ? 4 : 5) : Set.of(0, 3, 5);
    }

    private static String nameIn(String object, Victim victim, Fault fault) {
        // A slot or ring that is gone has no name to tell: the directory is named.
        if (noRepository(victim, fault)) {
            return "no such repository";
        }
        if (victim == Victim.CONFIG && fault == Fault.OF_ANOTHER_REPOSITORY) {
            return "key slot of another repository: object=keys/";
        }
        return fault == Fault.MISSING && victim.isDoor() ? object.replaceAll("/.*", "") : object;
    }

    private static void snapshots(Cli cli, Victim victim, Fault fault, String object) {
        Answer answer = cli.run("snapshots", "--quiet");
        if (victim.isDoor()) {
            assertThat(answer.exitCode()).isEqualTo(noRepository(victim, fault) ? 4 : 5);
            requireOneSentence(answer);
            assertThat(answer.err()).contains(nameIn(object, victim, fault));
            return;
        }
        assertThat(answer.exitCode()).isZero();
        assertThat(answer.out().lines()).containsAll(one.contents.keySet());
        assertThat(answer.out().lines()).hasSize(victim == Victim.TOMBSTONE ? 5 : 4);
    }

    private static void restore(Cli cli, String id, Victim victim, Fault fault, String object)
            throws IOException {
        Path target = cli.directory.resolve(id);
        Answer answer = cli.run("restore", id, target.toString(), "--json", "--no-progress");
        boolean affected = victim.isDoor() || victim.volume.equals(one.volumes.get(id));
        assertThat(answer.exitCode())
                .as("restore of " + one.volumes.get(id) + ": " + answer.err())
                .isIn(affected ? affectedBy(victim, fault) : Set.of(0));
        switch (answer.exitCode()) {
            case 0 -> assertThat(Files.readAllBytes(target)).isEqualTo(one.contents.get(id));
            case 3 -> {
                assertThat(answer.last().get("badExtents")).isNotEmpty();
                assertThat(one.holds(target, id, answer.last().get("badExtents"))).isTrue();
                requireOneSentence(answer);
            }
            default -> {
                requireOneSentence(answer);
                assertThat(answer.err()).contains(nameIn(object, victim, fault));
                assertThat(target).as("nothing half-done is left").doesNotExist();
            }
        }
    }

    private static void backup(Cli cli, String volume, Victim victim, Fault fault, boolean found)
            throws IOException {
        byte[] content = DamagedRepository.nextDay(volume, 1);
        Path image = Files.write(cli.directory.resolve(volume), content);
        Answer answer = cli.run("backup", volume, image.toString(), "--quiet");
        if (answer.exitCode() != 0) {
            assertThat(answer.exitCode())
                    .as(answer.err())
                    .isEqualTo(noRepository(victim, fault) ? 4 : 5);
            requireOneSentence(answer);
            assertThat(victim).as(answer.err()).isNotIn(Victim.INDEX_SEGMENT, Victim.TOMBSTONE);
            return;
        }
        Path target = cli.directory.resolve("next-" + volume);
        Answer restored =
                cli.run(
                        "restore",
                        answer.out().strip(),
                        target.toString(),
                        "--json",
                        "--no-progress");
        // A backup does not read again what is stored: it may refer to what `verify` knows to be
        // damaged.
        boolean known = found && victim.isPack();
        assertThat(restored.exitCode()).as(restored.err()).isIn(known ? Set.of(0, 3) : Set.of(0));
        assertThat(DamagedRepository.holds(target, content, restored.last().get("badExtents")))
                .isTrue();
    }

    /// Warnings may stand before it; then one sentence, and never a stack trace.
    private static void requireOneSentence(Answer answer) {
        List<String> sentences =
                answer.err().lines().filter(line -> !line.startsWith("godwit: warning: ")).toList();
        assertThat(sentences).as(answer.err()).hasSize(1);
        assertThat(sentences.getFirst())
                .startsWith("godwit: ")
                .doesNotContain("unexpected", "Exception");
    }
}
