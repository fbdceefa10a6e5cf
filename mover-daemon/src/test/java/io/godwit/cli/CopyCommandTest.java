package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import io.godwit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// `godwit copy` as it is typed: what it answers, and what it refuses.
@Timeout(120)
final class CopyCommandTest {
    @TempDir Path directory;
    private Cli cli;
    private Path image;

    @BeforeEach
    void backUp() throws IOException {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
        image = cli.image("image", 2_000_000, 500_000, 1);
        assertThat(cli.run("backup", "db", image.toString(), "--tag", "app=shop").exitCode())
                .isZero();
        cli.image("image", 2_100_000, 400_000, 1);
        assertThat(cli.run("backup", "db", image.toString()).exitCode()).isZero();
        Files.writeString(directory.resolve("other.key"), "x".repeat(40));
    }

    private String other() {
        return cli.path("other");
    }

    private Answer onOther(String url, String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("-r", url, "--key-file", cli.path("other.key")));
        return cli.call(line.toArray(String[]::new));
    }

    private Answer copy(String url, String... words) {
        List<String> line = new ArrayList<>(List.of("copy", "--to", url));
        line.addAll(List.of("--to-key-file", cli.path("other.key")));
        line.addAll(List.of(words));
        return cli.run(line.toArray(String[]::new));
    }

    @Test
    void copiesEverythingOnce() throws IOException {
        assertThat(onOther(other(), "init").exitCode()).isZero();

        JsonNode dry = copy(other(), "--dry-run", "--json").last();
        assertThat(dry.get("copied")).hasSize(2);
        assertThat(dry.get("copied").get(0).get("target").isNull()).isTrue();
        assertThat(onOther(other(), "snapshots", "--quiet").out()).isEmpty();

        JsonNode first = copy(other(), "--json", "--verify").last();
        assertThat(first.get("exitCode").asInt()).isZero();
        assertThat(first.get("copied").get(1).get("new").asBoolean()).isTrue();
        assertThat(first.get("readBytes").asLong()).isBetween(2_000_000L, 2_300_000L);
        assertThat(first.get("refused")).isEmpty();
        String target = first.get("copied").get(1).get("target").asString();

        JsonNode again = copy(other(), "--json").last();
        assertThat(again.get("copied").get(1).get("target").asString()).isEqualTo(target);
        assertThat(again.get("copied").get(1).get("new").asBoolean()).isFalse();
        assertThat(again.get("storePuts").asLong()).isZero();
        assertThat(copy(other(), "--quiet").out()).isEmpty();
        assertThat(copy(other()).out()).contains("0 snapshots copied, 2 there already");

        DamagedRepository.delete(cli.repository);
        assertThat(onOther(other(), "restore", "latest:db", cli.path("back")).exitCode()).isZero();
        assertThat(directory.resolve("back")).hasSameBinaryContentAs(image);
        JsonNode rows = onOther(other(), "snapshots", "--json").last().get("snapshots");
        assertThat(rows.get(0).get("tags").toString()).isEqualTo("{\"app\":\"shop\"}");
        assertThat(rows.get(1).get("tags")).isEmpty();
        assertThat(rows.get(1).get("parent").asString())
                .isEqualTo(rows.get(0).get("id").asString());
        assertThat(onOther(other(), "verify", "--read-data").exitCode()).isZero();
    }

    @Test
    void namedSnapshotsGoToABucketAndBack() throws Exception {
        S3Server.credentials();
        try (RehearsalBucket bucket = new RehearsalBucket()) {
            String url = bucket.url();
            assertThat(onOther(url, "init").exitCode()).isZero();
            Answer answer = copy(url, "latest:db", "--quiet");
            assertThat(answer.exitCode()).as(answer.err()).isZero();
            assertThat(answer.out().lines()).hasSize(1);

            Path third = directory.resolve("third");
            List<String> open = List.of("-r", third.toString(), "--key-file", cli.path("key"));
            assertThat(call(open, "init").exitCode()).isZero();
            Answer back =
                    onOther(
                            url,
                            "copy",
                            "--to",
                            third.toString(),
                            "--to-key-file",
                            cli.path("key"));
            assertThat(back.exitCode()).as(back.err()).isZero();
            assertThat(call(open, "restore", "latest:db", cli.path("back")).exitCode()).isZero();
            assertThat(directory.resolve("back")).hasSameBinaryContentAs(image);
        }
    }

    private Answer call(List<String> options, String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(options);
        return cli.call(line.toArray(String[]::new));
    }

    @Test
    void opensTheOtherWithAPasswordOfItsOwn() throws IOException {
        cli.environment.put("GODWIT_PASSWORD", "of the first");
        Path file = cli.file("password", "of the other\n");
        List<String> open = List.of("-r", other(), "--password-file", file.toString());
        assertThat(call(open, "init").exitCode()).isZero();

        Answer none = cli.run("copy", "--to", other());
        assertThat(none.exitCode()).isEqualTo(2);
        assertThat(none.err()).contains("--to-key-file");
        Answer both = copy(other(), "--to-password-file", file.toString(), "latest:db", "--json");
        assertThat(both.exitCode()).isEqualTo(2);
        Answer answer = cli.run("copy", "--to", other(), "--to-password-command", "cat " + file);
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        assertThat(cli.typing("of the other").run("copy", "--to", other()).exitCode()).isZero();
    }

    @Test
    void refusesWhatCannotBe() throws IOException {
        Answer missing = copy(other());
        assertThat(missing.exitCode()).isEqualTo(4);
        assertThat(missing.err()).contains(other(), "init");

        Answer itself =
                cli.run(
                        "copy",
                        "--to",
                        cli.repository.toString(),
                        "--to-key-file",
                        cli.path("key"));
        assertThat(itself.exitCode()).isEqualTo(2);
        assertThat(itself.err()).contains("the same repository");

        assertThat(onOther(other(), "init").exitCode()).isZero();
        Answer wrong = cli.run("copy", "--to", other(), "--to-key-file", cli.path("key"));
        assertThat(wrong.exitCode()).isEqualTo(7);
        assertThat(wrong.err()).contains(other());
        assertThat(copy(other(), "latest:nothing").exitCode()).isEqualTo(4);
        Answer nowhere = cli.run("copy", other());
        assertThat(nowhere.exitCode()).isEqualTo(2);
        assertThat(nowhere.err()).contains("godwit copy --to " + other());
        assertThat(cli.run("copy", "--to").exitCode()).isEqualTo(2);
    }

    @Test
    void damageIsRefusedByNameAndTheRestIsCopied() throws IOException {
        assertThat(onOther(other(), "init").exitCode()).isZero();
        Path second = cli.image("second", 300_000, 0, 7);
        assertThat(cli.run("backup", "mail", second.toString()).exitCode()).isZero();
        damageNewestPack();

        Answer answer = copy(other(), "--json");

        assertThat(answer.exitCode()).isEqualTo(5);
        JsonNode result = answer.last();
        assertThat(result.get("type").asString()).isEqualTo("result");
        assertThat(result.get("copied")).hasSize(2);
        JsonNode refused = result.get("refused").get(0);
        assertThat(refused.get("volume").asString()).isEqualTo("mail");
        assertThat(refused.get("kind").asString()).isEqualTo("corrupt");
        assertThat(copy(other()).err()).contains(refused.get("source").asString());
        assertThat(onOther(other(), "volumes", "--quiet").out().lines()).containsExactly("db");
    }

    private void damageNewestPack() throws IOException {
        try (Stream<Path> files = Files.walk(cli.repository.resolve("p"))) {
            Path pack =
                    files.filter(Files::isRegularFile)
                            .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
                            .orElseThrow();
            byte[] bytes = Files.readAllBytes(pack);
            bytes[bytes.length / 2] ^= 1;
            Files.delete(pack);
            Files.write(pack, bytes);
        }
    }
}
