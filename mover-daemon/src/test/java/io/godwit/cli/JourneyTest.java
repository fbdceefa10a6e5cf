package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Commands that work: what they do, and the fields that programs rely on.
final class JourneyTest {
    private static final int DATA = 300_000;
    private static final int HOLE = 212_000;

    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void makeRepository() {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    /// A dump that failed must not pass for the newest state in silence.
    @Test
    void aVolumeThatShrankIsSaid() throws IOException {
        cli.run("init");
        cli.run("backup", "dump", cli.image("long", 300_000, 0, 1).toString());
        Answer answer = cli.run("backup", "dump", cli.image("short", 100, 0, 1).toString());
        assertThat(answer.exitCode()).isZero();
        assertThat(answer.err()).contains("less than half as long");
    }

    /// Its pack is shorter than a header may be.
    @Test
    void aVolumeOfNoBytesVerifies() throws IOException {
        assertThat(cli.run("backup", "none", cli.file("none", "").toString()).exitCode()).isZero();
        Answer answer = cli.run("verify", "--read-data");
        assertThat(answer.exitCode()).as(answer.out()).isZero();
    }

    @Test
    void aVolumeWithoutSnapshotsIsNotFound() {
        cli.run("init");
        assertThat(cli.run("snapshots").exitCode()).isZero();
        assertThat(cli.run("snapshots", "--volume", "nope").exitCode()).isEqualTo(4);
    }

    @Test
    void initTellsWhatItMade() {
        Answer answer =
                cli.call(
                        "init",
                        "--json",
                        "-r",
                        cli.path("other"),
                        "--key-file",
                        cli.path("key"),
                        "--chunker",
                        "fixed:64KiB",
                        "--compression",
                        "lz4");

        assertThat(answer.exitCode()).isZero();
        JsonNode result = answer.last();
        fields(
                result,
                "type exitCode repository url chunker compression storeCapabilities{medium tier contenders versioned putSeconds readSeconds}");
        assertThat(result.get("chunker").asString()).isEqualTo("fixed:64KiB");
        assertThat(result.get("compression").asString()).isEqualTo("lz4");
        assertThat(result.get("url").asString()).isEqualTo(cli.path("other"));
    }

    @Test
    void aSecondInitIsAConflict() {
        Answer answer = cli.run("init");

        assertThat(answer.exitCode()).isEqualTo(6);
        assertThat(answer.err()).startsWith("godwit: a repository is there already");
    }

    @Test
    void backupTellsWhatItDid() throws IOException {
        Path image = cli.image("image", DATA, HOLE, 1);
        JsonNode result =
                cli.run("backup", "db", image.toString(), "--json", "--change-id", "c1").last();

        fields(
                result,
                "type exitCode snapshot parent volume sizeBytes readBytes changedBytes newBytes storedBytes storePuts"
                        + " chunks{total new reused} holesBytes seconds chunker changeId cbt{mode extents audited}"
                        + " badExtents[] peakRssBytes");
        assertThat(result.get("type").asString()).isEqualTo("result");
        assertThat(result.get("exitCode").asInt()).isZero();
        assertThat(result.get("snapshot").asString()).matches("[0-9a-f]{32}");
        assertThat(result.get("parent").isNull()).isTrue();
        assertThat(result.get("volume").asString()).isEqualTo("db");
        assertThat(result.get("sizeBytes").asLong()).isEqualTo(DATA + HOLE);
        assertThat(result.get("changeId").asString()).isEqualTo("c1");
        assertThat(result.get("cbt").get("mode").asString()).isEqualTo("none");
        assertThat(result.get("peakRssBytes").asLong()).isPositive();
        assertThat(result.get("storePuts").asLong()).isPositive();
        assertThat(result.get("seconds").isNumber()).isTrue();
    }

    @Test
    void anUnchangedVolumeStoresNothingNew() throws IOException {
        String image = cli.image("image", DATA, HOLE, 1).toString();
        String first = cli.run("backup", "db", image, "--quiet").out().strip();
        JsonNode second = cli.run("backup", "db", image, "--json").last();

        assertThat(second.get("parent").asString()).isEqualTo(first);
        assertThat(second.get("changedBytes").asLong()).isZero();
        assertThat(second.get("newBytes").asLong()).isZero();
    }

    @Test
    void progressGoesBeforeTheResultAndHasAllItsFields() throws IOException {
        List<JsonNode> lines =
                cli.run("backup", "db", cli.image("image", DATA, HOLE, 1).toString(), "--json")
                        .lines();

        assertThat(lines).hasSizeGreaterThan(1);
        fields(
                lines.getFirst(),
                "type phase doneBytes totalBytes readBytes newBytes storedBytes bytesPerSecond etaSeconds");
        assertThat(lines.getFirst().get("type").asString()).isEqualTo("progress");
    }

    @Test
    void noProgressMeansNone() throws IOException {
        String image = cli.image("image", DATA, HOLE, 1).toString();

        assertThat(cli.run("backup", "db", image, "--json", "--no-progress").lines()).hasSize(1);
    }

    @Test
    void aDryRunStoresNothing() throws IOException {
        String image = cli.image("image", DATA, HOLE, 1).toString();
        JsonNode result = cli.run("backup", "db", image, "--json", "--dry-run").last();

        assertThat(result.get("snapshot").isNull()).isTrue();
        assertThat(cli.run("snapshots", "--quiet").out()).isEmpty();
    }

    @Test
    void restoreGivesBackWhatWasBackedUp() throws IOException {
        Path image = cli.image("image", DATA, HOLE, 1);
        cli.run("backup", "db", image.toString());
        JsonNode result = cli.run("restore", "latest:db", cli.path("copy"), "--json").last();

        assertThat(directory.resolve("copy")).hasSameBinaryContentAs(image);
        fields(
                result,
                "type exitCode snapshot target sizeBytes fetchedBytes writtenBytes skippedBytes badExtents[] seconds"
                        + " syncSeconds peakRssBytes");
        assertThat(result.get("sizeBytes").asLong()).isEqualTo(DATA + HOLE);
    }

    @Test
    void restoreWritesOnlyWhatDiffers() throws IOException {
        Path image = cli.image("image", DATA, HOLE, 1);
        cli.run("backup", "db", image.toString());
        byte[] content = Files.readAllBytes(image);
        content[100_000]++;
        Path target = Files.write(directory.resolve("target"), content);
        JsonNode result =
                cli.run("restore", "latest:db", target.toString(), "--delta", "--verify", "--json")
                        .last();

        assertThat(target).hasSameBinaryContentAs(image);
        assertThat(result.get("writtenBytes").asLong()).isBetween(1L, 65_536L);
    }

    @Test
    void restoresAPart() throws IOException {
        Path image = cli.image("image", DATA, HOLE, 1);
        cli.run("backup", "db", image.toString());
        cli.run("restore", "latest:db", cli.path("part"), "--offset", "64K", "--length", "8K");

        byte[] expected = new byte[8192];
        System.arraycopy(Files.readAllBytes(image), 65_536, expected, 0, 8192);
        assertThat(Files.readAllBytes(directory.resolve("part"))).isEqualTo(expected);
    }

    @Test
    void aFileThatIsNotEmptyNeedsForce() throws IOException {
        String image = cli.image("image", DATA, HOLE, 1).toString();
        cli.run("backup", "db", image);
        String target = cli.file("target", "precious").toString();

        assertThat(cli.run("restore", "latest:db", target).exitCode()).isEqualTo(2);
        assertThat(Path.of(target)).hasContent("precious");
        assertThat(cli.run("restore", "latest:db", target, "--force").exitCode()).isZero();
        assertThat(Path.of(target)).hasSameBinaryContentAs(Path.of(image));
    }

    @Test
    void snapshotsAreListed() throws IOException {
        String image = cli.image("image", DATA, HOLE, 1).toString();
        cli.run("backup", "db", image, "--tag", "app=shop", "--time", "2026-01-02T03:04:05Z");
        cli.run("backup", "web", image);
        Answer answer = cli.run("snapshots", "--json");

        JsonNode row = answer.last().get("snapshots").get(0);
        fields(answer.last(), "type exitCode snapshots[]");
        fields(row, "id volume time sizeBytes changedBytes storedBytes parent tags{app} changeId");
        assertThat(row.get("time").asString()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(answer.last().get("snapshots")).hasSize(2);
        assertThat(cli.run("snapshots", "--volume", "web", "--quiet").out().lines()).hasSize(1);
        assertThat(cli.run("snapshots").out())
                .startsWith("ID ")
                .contains("2026-01-02 03:04:05Z", "app=shop");
    }

    @Test
    void showTellsOfOne() throws IOException {
        String image = cli.image("image", DATA, HOLE, 1).toString();
        String id = cli.run("backup", "db", image, "--quiet").out().strip();

        JsonNode result = cli.run("show", id.substring(0, 6), "--json").last();
        assertThat(result.get("snapshots").get(0).get("id").asString()).isEqualTo(id);
        assertThat(cli.run("show", "latest:db").out()).contains(id);
    }

    @Test
    void volumesAreListed() throws IOException {
        String image = cli.image("image", DATA, HOLE, 1).toString();
        cli.run("backup", "web", image);
        cli.run("backup", "db", image);

        assertThat(cli.run("volumes", "--quiet").out()).isEqualTo("db\nweb\n");
        fields(
                cli.run("volumes", "--json").last().get("volumes").get(0),
                "volume snapshots oldestTime newestTime latest sizeBytes storedBytes");
    }

    @Test
    void diffIsFitForChangedExtents() throws IOException {
        Path image = cli.image("image", DATA, HOLE, 1);
        String first = cli.run("backup", "db", image.toString(), "--quiet").out().strip();
        byte[] content = Files.readAllBytes(image);
        content[100_000]++;
        Files.write(image, content);
        String second = cli.run("backup", "db", image.toString(), "--quiet").out().strip();
        Answer plain = cli.run("diff", first, second);
        JsonNode result = cli.run("diff", first, second, "--json").last();

        fields(result, "type exitCode size base target extents[]");
        assertThat(result.get("base").asString()).isEqualTo(first);
        assertThat(result.get("target").asString()).isEqualTo(second);
        assertThat(result.get("size").asLong()).isEqualTo(DATA + HOLE);
        JsonNode extent = result.get("extents").get(0);
        fields(extent, "offset length");
        assertThat(extent.get("offset").asLong()).isLessThanOrEqualTo(100_000);
        String list = cli.file("changes", plain.out()).toString();
        JsonNode backup =
                cli.run("backup", "db", image.toString(), "--changed-extents", list, "--json")
                        .last();
        assertThat(backup.get("cbt").get("mode").asString()).isEqualTo("changed");
        assertThat(backup.get("parent").asString()).isEqualTo(first);
        assertThat(backup.get("readBytes").asLong()).isBetween(1L, 100_000L);
    }

    @Test
    void verifyChecksStructureAndData() throws IOException {
        cli.run("backup", "db", cli.image("image", DATA, HOLE, 1).toString());
        Answer answer = cli.run("verify", "--read-data", "--json", "--no-progress");

        assertThat(answer.exitCode()).isZero();
        fields(
                answer.last(),
                "type exitCode checked{snapshots nodes pages packs chunks segments dataBytes} problems[] repaired[]");
        assertThat(answer.last().get("checked").get("dataBytes").asLong()).isPositive();
        assertThat(cli.run("verify", "latest:db").out()).contains("all is well");
    }

    @Test
    void verifyFindsDamageAndSaysWhatItAffects() throws IOException {
        cli.run("backup", "db", cli.image("image", DATA, HOLE, 1).toString());
        Path pack = largest(cli.repository.resolve("p"));
        byte[] bytes = Files.readAllBytes(pack);
        bytes[bytes.length / 2]++;
        Files.delete(pack);
        Files.write(pack, bytes);
        Answer answer = cli.run("verify", "--read-data", "--json", "--no-progress");

        assertThat(answer.exitCode()).isEqualTo(5);
        JsonNode result = answer.last();
        assertThat(result.get("type").asString()).isEqualTo("result");
        assertThat(result.get("exitCode").asInt()).isEqualTo(5);
        JsonNode problem = result.get("problems").get(0);
        fields(problem, "kind object offset detail affected[]");
        JsonNode affected = problem.get("affected").get(0);
        fields(affected, "snapshot volume extents[]");
        assertThat(affected.get("volume").asString()).isEqualTo("db");
        assertThat(answer.err()).contains("godwit: damage found: problems=1");
        Answer restored = cli.run("restore", "latest:db", cli.path("copy"), "--json");
        assertThat(restored.exitCode()).isEqualTo(3);
        assertThat(restored.last().get("type").asString()).isEqualTo("result");
        fields(restored.last().get("badExtents").get(0), "offset length");
    }

    private static Path largest(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile)
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void statsCount() throws IOException {
        String image = cli.image("image", DATA, HOLE, 1).toString();
        cli.run("backup", "db", image);
        cli.run("backup", "db", image);
        JsonNode result = cli.run("stats", "--json").last();

        fields(
                result,
                "type exitCode snapshots volumes logicalBytes uniqueBytes storedBytes dedupRatio compressionRatio packs"
                        + " chunks indexDigest");
        assertThat(result.get("snapshots").asLong()).isEqualTo(2);
        assertThat(result.get("volumes").asLong()).isEqualTo(1);
        assertThat(result.get("logicalBytes").asLong()).isEqualTo(2L * (DATA + HOLE));
        assertThat(result.get("indexDigest").asString()).matches("[0-9a-f]{64}");
    }

    @Test
    void statsSayWhatTheyCannotCount() throws IOException {
        cli.run("backup", "db", cli.image("image", DATA, HOLE, 1).toString());
        Path pack = largest(cli.repository.resolve("p"));
        Files.write(pack, Arrays.copyOf(Files.readAllBytes(pack), 70_000));
        List<JsonNode> lines = cli.run("stats", "--json").lines();

        assertThat(lines.getFirst().get("kind").asString()).isEqualTo("pack-damaged");
        assertThat(lines.getFirst().get("message").asString())
                .contains("packs=1 first=" + cli.repository.relativize(pack));
        assertThat(lines.getLast().get("exitCode").asInt()).isZero();
    }

    @Test
    void forgetsByIdAndRefusesToLeaveNothing() throws IOException {
        String image = cli.image("image", DATA, HOLE, 1).toString();
        String first = cli.run("backup", "db", image, "--quiet").out().strip();
        String second = cli.run("backup", "db", image, "--quiet").out().strip();

        assertThat(cli.run("forget", "--dry-run", first).out()).contains("Would forget");
        JsonNode result = cli.run("forget", first, "--json").last();
        fields(result, "type exitCode kept[] forgotten[]");
        fields(result.get("kept").get(0), "id volume reasons[]");
        fields(result.get("forgotten").get(0), "id volume");
        assertThat(result.get("kept").get(0).get("id").asString()).isEqualTo(second);
        assertThat(cli.run("snapshots", "--quiet").out().strip()).isEqualTo(second);
        assertThat(cli.run("forget", second).exitCode()).isEqualTo(2);
        assertThat(cli.run("forget", second, "--allow-empty").exitCode()).isZero();
        assertThat(cli.run("snapshots").out()).startsWith("No snapshots.");
    }

    @Test
    void theDoctorLooksAtMachineAndStore() {
        JsonNode result = cli.run("doctor", "--json").last();

        fields(result, "type exitCode checks[]");
        List<String> names =
                result.get("checks").valueStream().map(row -> row.get("name").asString()).toList();
        assertThat(names)
                .contains(
                        "jdk",
                        "kernel",
                        "hashing",
                        "direct-io-cache",
                        "clock",
                        "memory",
                        "space-cache",
                        "store",
                        "store-latency",
                        "store-throughput");
        for (JsonNode check : result.get("checks")) {
            assertThat(check.get("ok").isBoolean()).isTrue();
            assertThat(check.get("value").isString()).isTrue();
            assertThat(check.has("advice")).isEqualTo(!check.get("ok").asBoolean());
        }
    }

    /// `a b{c d} e[]`: exactly these fields, objects with exactly theirs, arrays.
    private static void fields(JsonNode node, String expected) {
        StringBuilder found = new StringBuilder();
        for (String name : node.propertyNames()) {
            JsonNode value = node.get(name);
            found.append(found.isEmpty() ? "" : " ").append(name);
            if (value.isObject()) {
                found.append('{').append(String.join(" ", value.propertyNames())).append('}');
            } else if (value.isArray()) {
                found.append("[]");
            }
        }
        assertThat(found.toString()).isEqualTo(expected);
    }
}
