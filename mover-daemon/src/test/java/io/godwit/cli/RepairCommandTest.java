package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// What is lost, said exactly; healed by the next backup; and found by readers of old snapshots.
final class RepairCommandTest {
    private static final int BYTES = 5_000_000;

    /// Where there was nothing before.
    private static final int NEW = BYTES + 50_000;

    @TempDir Path directory;
    private Cli cli;
    private byte[] first = {};
    private String old = "";

    @BeforeEach
    void backUp() throws IOException {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
        first = Files.readAllBytes(cli.image("db", BYTES, 100_000, 1));
        old = backUp("db");
    }

    private String backUp(String volume, String... more) {
        List<String> words =
                new ArrayList<>(List.of("backup", volume, cli.path(volume), "--quiet"));
        words.addAll(List.of(more));
        Answer answer = cli.run(words.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        return answer.out().strip();
    }

    private byte[] changed(int at) throws IOException {
        byte[] content = first.clone();
        content[at]++;
        Files.write(directory.resolve("db"), content);
        return content;
    }

    enum Fault {
        FLIPPED,
        CUT,
        MISSING
    }

    private String damage(String prefix, Fault fault) throws IOException {
        String name = largest(prefix);
        damageObject(name, fault);
        return name;
    }

    private void damageObject(String name, Fault fault) throws IOException {
        Path object = cli.repository.resolve(name);
        byte[] bytes = Files.readAllBytes(object);
        Files.delete(object);
        switch (fault) {
            case FLIPPED -> {
                bytes[bytes.length / 2] ^= 1;
                Files.write(object, bytes);
            }
            case CUT -> Files.write(object, Arrays.copyOf(bytes, bytes.length / 2));
            case MISSING -> {}
        }
    }

    private String largest(String prefix) throws IOException {
        String largest = "";
        long size = 0;
        for (String name :
                DamagedRepository.objects(cli.repository, each -> each.startsWith(prefix))) {
            long length = Files.size(cli.repository.resolve(name));
            if (length > size) {
                largest = name;
                size = length;
            }
        }
        assertThat(largest).as("an object below " + prefix).isNotEmpty();
        return largest;
    }

    private JsonNode repair(int exitCode, String... more) {
        List<String> words = new ArrayList<>(List.of("repair", "--json", "--no-progress"));
        words.addAll(List.of(more));
        Answer answer = cli.run(words.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.out() + answer.err()).isEqualTo(exitCode);
        return answer.last();
    }

    private void requireRestored(String snapshot, byte[] content) throws IOException {
        Path target = directory.resolve("restored");
        Answer answer = cli.run("restore", snapshot, target.toString(), "--force");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        assertThat(Files.readAllBytes(target)).isEqualTo(content);
    }

    private void requireLost(String snapshot, JsonNode problem) throws IOException {
        Path target = directory.resolve("lost");
        Answer answer = cli.run("restore", snapshot, target.toString(), "--force", "--json");
        assertThat(answer.exitCode()).as(answer.err()).isEqualTo(3);
        assertThat(answer.last().get("badExtents"))
                .as("what a restore cannot read is what repair said")
                .isEqualTo(problem.get("affected").get(0).get("extents"));
    }

    private void forgetNode() throws IOException {
        DamagedRepository.delete(directory.resolve(".cache"));
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void lostDataIsStoredAgainByTheNextBackup(Fault fault) throws IOException {
        String pack = damage("p/", fault);

        JsonNode found = repair(5);
        JsonNode problem = found.get("problems").get(0);
        assertThat(found.get("problems")).hasSize(1);
        assertThat(problem.get("object").asString()).isEqualTo(pack);
        assertThat(problem.get("affected")).hasSize(1);
        assertThat(problem.get("affected").get(0).get("snapshot").asString()).isEqualTo(old);
        assertThat(problem.get("affected").get(0).get("volume").asString()).isEqualTo("db");
        requireLost(old, problem);

        byte[] second = changed(NEW);
        String healing = backUp("db");
        requireRestored(healing, second);

        JsonNode mended = repair(0);
        assertThat(mended.get("repaired")).hasSize(1);
        assertThat(mended.get("repaired").get(0).asString()).isEqualTo(pack);
        requireSound(healing, second);
    }

    /// On a node that knows nothing, too.
    private void requireSound(String healing, byte[] second) throws IOException {
        forgetNode();
        requireRestored(old, first);
        requireRestored(healing, second);
        Answer verified = cli.run("verify", "--read-data", "--json", "--no-progress");
        assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
    }

    @Test
    void theIndexFindsWhatTheNextBackupStored() throws IOException {
        damage("p/", Fault.FLIPPED);
        repair(5);
        changed(NEW);
        backUp("db");

        requireRestored(old, first);
    }

    @Test
    void onlyTheLostRecordIsStoredAgain() throws IOException {
        damage("p/", Fault.FLIPPED);
        repair(5);
        changed(NEW);

        Answer answer = cli.run("backup", "db", cli.path("db"), "--json", "--no-progress");

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.last().get("newBytes").asLong()).isBetween(64L << 10, 600L << 10);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void lostMetadataIsWrittenAgainByTheNextBackup(Fault fault) throws IOException {
        String pack = damage("m/", fault);
        JsonNode problems = repair(5).get("problems");
        assertThat(problems.toString()).contains(pack, old, "db");

        byte[] second = changed(NEW);
        String healing = backUp("db");

        requireRestored(healing, second);
        Answer verified = cli.run("verify", healing, "--read-data", "--no-progress");
        assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
    }

    /// Of a volume with regions that did not change since: their pages say the same.
    @Test
    void lostPagesAreFoundWhereTheySayTheSame() throws IOException {
        Path image = directory.resolve("wide");
        byte[] content = wide(image);
        String wide = backUp("wide");
        String page = damagePage(wide);
        JsonNode problems = repair(5).get("problems");
        assertThat(problems.toString()).contains("\"page\"", wide);
        requireUnreadable(wide);

        content[0]++;
        Files.write(image, content);
        String healing = backUp("wide");
        content[0]--;

        assertThat(repair(0).get("repaired").toString()).contains(page);
        forgetNode();
        requireRestored(wide, content);
        assertThat(cli.run("verify", "--read-data").exitCode()).isZero();
        assertThat(cli.run("gc").exitCode()).isZero();
        assertThat(cli.run("verify", healing).exitCode()).isZero();
    }

    private void requireUnreadable(String snapshot) {
        Answer answer = cli.run("restore", snapshot, cli.path("unreadable"), "--force", "--json");
        assertThat(answer.exitCode()).isEqualTo(3);
        assertThat(answer.last().get("badExtents").get(0).get("length").asLong())
                .isEqualTo(64L << 20);
    }

    /// Three regions with little in them, so that each has a page, and the second one's can be lost
    /// alone.
    private static byte[] wide(Path image) throws IOException {
        byte[] content = new byte[3 * (64 << 20)];
        byte[] noise = new byte[1_500_000];
        new Random(7).nextBytes(noise);
        System.arraycopy(noise, 0, content, 0, noise.length);
        System.arraycopy(noise, 0, content, (64 << 20) + 4096, 100_000);
        System.arraycopy(noise, 0, content, (128 << 20) + 8192, 90_000);
        Files.write(image, content);
        return content;
    }

    /// Damages the record that verification calls the page of the second region.
    private String damagePage(String snapshot) throws IOException {
        String pack = "";
        for (String name : DamagedRepository.objects(cli.repository, n -> n.startsWith("m/"))) {
            Path object = cli.repository.resolve(name);
            byte[] good = Files.readAllBytes(object);
            for (int at = 120; at < good.length - 100 && pack.isEmpty(); at += 12) {
                byte[] bad = good.clone();
                bad[at] ^= 1;
                Files.delete(object);
                Files.write(object, bad);
                Answer answer = cli.run("verify", snapshot, "--json", "--no-progress");
                JsonNode problems = answer.exitCode() == 5 ? answer.last().path("problems") : null;
                boolean hit =
                        problems != null
                                && problems.size() == 1
                                && problems.get(0).get("kind").asString().equals("page")
                                && problems.get(0).at("/affected/0/extents/0/offset").asLong()
                                        == 64L << 20;
                if (hit) {
                    pack = name;
                } else {
                    Files.delete(object);
                    Files.write(object, good);
                }
            }
        }
        assertThat(pack).as("a page that can be damaged alone").isNotEmpty();
        return pack;
    }

    @Test
    void aListOfChangesIsReadWithWhatIsLost() throws IOException {
        damage("p/", Fault.FLIPPED);
        repair(5);
        byte[] second = changed(NEW);
        Path list =
                cli.file(
                        "changes",
                        "{\"size\": %d, \"base\": \"%s\", \"extents\": [{\"offset\": %d, \"length\": 1}]}"
                                .formatted(first.length, old, NEW));

        String healing = backUp("db", "--changed-extents", list.toString());

        requireRestored(healing, second);
        repair(0);
        requireSound(healing, second);
        Answer next =
                cli.run(
                        "backup",
                        "db",
                        cli.path("db"),
                        "--json",
                        "--changed-extents",
                        cli.file(
                                        "more",
                                        "{\"base\": \"%s\", \"size\": %d, \"extents\": []}"
                                                .formatted(healing, first.length))
                                .toString());
        assertThat(next.last().get("readBytes").asLong())
                .as("what has healed is not read again")
                .isZero();
    }

    @Test
    void whatIsGoneAtTheSourceStaysLost() throws IOException {
        damage("p/", Fault.FLIPPED);
        JsonNode problem = repair(5).get("problems").get(0);
        JsonNode extent = problem.get("affected").get(0).get("extents").get(0);
        for (long at = extent.get("offset").asLong();
                at < extent.get("offset").asLong() + extent.get("length").asLong();
                at += 4096) {
            first[(int) at] ^= 1;
        }
        Files.write(directory.resolve("db"), first);
        String next = backUp("db");
        requireRestored(next, first);

        JsonNode again = repair(5).get("problems").get(0);

        assertThat(again.get("affected")).isEqualTo(problem.get("affected"));
        requireLost(old, again);
        assertThat(cli.run("forget", old).exitCode()).isZero();
        assertThat(cli.run("gc").exitCode()).isZero();
        repair(0);
        assertThat(cli.run("verify", "--read-data").exitCode()).isZero();
    }

    @Test
    void copiesOfLostChunksInOtherPacksAreFoundAtOnce() throws IOException {
        // Another node that knows nothing of the first stores the same once more.
        String pack = largest("p/");
        Files.copy(directory.resolve("db"), directory.resolve("twin"));
        hideIndex();
        forgetNode();
        backUp("twin");
        damageObject(pack, Fault.FLIPPED);

        JsonNode mended = repair(0);

        assertThat(mended.get("repaired")).hasSize(1);
        forgetNode();
        requireRestored(old, first);
    }

    /// Index segments of a store that somebody has tidied too well: nobody finds the chunks.
    private void hideIndex() throws IOException {
        DamagedRepository.delete(cli.repository.resolve("idx"));
    }

    @Test
    void aCollectionKeepsWhatWasFound() throws IOException {
        damage("p/", Fault.MISSING);
        repair(5);
        changed(NEW);
        String healing = backUp("db");
        repair(0);
        byte[] third = changed(4_000_000);
        String later = backUp("db", "--parent", "none");

        assertThat(cli.run("forget", healing, later, "--allow-empty").exitCode()).isZero();
        assertThat(cli.run("gc").exitCode()).isZero();

        assertThat(third).isNotEqualTo(first);
        forgetNode();
        requireRestored(old, first);
        repair(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"p/", "m/"})
    void aDryRunChangesNothing(String prefix) throws IOException {
        damage(prefix, Fault.MISSING);
        List<String> before = DamagedRepository.objects(cli.repository, _ -> true);

        assertThat(repair(5, "--dry-run").get("problems")).isNotEmpty();

        assertThat(DamagedRepository.objects(cli.repository, _ -> true)).isEqualTo(before);
    }

    @Test
    void nothingIsWrittenWhereNothingIsLost() throws IOException {
        List<String> before = DamagedRepository.objects(cli.repository, _ -> true);

        JsonNode result = repair(0);

        assertThat(result.get("problems")).isEmpty();
        assertThat(result.get("repaired")).isEmpty();
        assertThat(DamagedRepository.objects(cli.repository, _ -> true)).isEqualTo(before);
    }

    @Test
    void aPackThatCameBackIsUsedAgain() throws IOException {
        String name = largest("p/");
        byte[] bytes = Files.readAllBytes(cli.repository.resolve(name));
        damage("p/", Fault.MISSING);
        repair(5);
        Files.write(cli.repository.resolve(name), bytes);

        assertThat(repair(0).get("problems")).isEmpty();

        changed(NEW);
        Answer answer = cli.run("backup", "db", cli.path("db"), "--json");
        assertThat(answer.last().get("newBytes").asLong()).isLessThan(100_000);
    }

    @Test
    void whatADamagedIndexSegmentSaidIsSaidAgain() throws IOException {
        String segment = damage("idx/", Fault.FLIPPED);

        assertThat(repair(0).get("repaired").get(0).asString()).isEqualTo(segment);

        forgetNode();
        Files.copy(directory.resolve("db"), directory.resolve("twin"));
        Answer answer = cli.run("backup", "twin", cli.path("twin"), "--json");
        assertThat(answer.last().get("newBytes").asLong()).isZero();
        assertThat(answer.out()).doesNotContain("index segment left out");
        Answer verified = cli.run("verify", "--json");
        assertThat(verified.exitCode()).isZero();
        assertThat(verified.last().get("repaired").get(0).asString()).isEqualTo(segment);
    }

    @Test
    void structureAloneFindsWhatIsMissing() throws IOException {
        damage("p/", Fault.MISSING);

        assertThat(repair(5, "--read-data=0%").get("problems")).hasSize(1);
    }

    @Test
    void partsAreAboveNothingAndUpToAll() {
        assertThat(cli.run("repair", "--read-data=101%").exitCode()).isEqualTo(2);
        assertThat(cli.run("verify", "--read-data=0%").exitCode()).isEqualTo(2);
    }
}
