package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import io.godwit.s3.FaultProxy;
import io.godwit.s3.FaultProxy.Fault;
import io.godwit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/// The command line on a bucket of a real server: the whole story, and what is said when it goes
/// wrong.
@Timeout(120)
final class S3JourneyTest {
    private static final int DATA = 3_000_000;
    private static final int HOLE = 1_000_000;

    @TempDir static Path home;
    private static @Nullable S3Server server;

    @TempDir Path directory;
    private Cli cli = new Cli(home);

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.versitygw(home);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void prepare() {
        cli = new Cli(directory);
        S3Server.credentials();
    }

    private static S3Server server() {
        return Objects.requireNonNull(server);
    }

    private Answer on(String url, String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("-r", url, "--key-file", cli.path("key")));
        Answer answer = cli.call(line.toArray(String[]::new));
        assertThat(answer.out() + answer.err()).doesNotContain(S3Server.SECRET);
        return answer;
    }

    @Test
    void theWholeStory() throws IOException {
        String url = server().url("story");
        Path image = cli.image("image", DATA, HOLE, 1);

        JsonNode made = on(url, "init", "--json").last();
        assertThat(made.get("storeCapabilities").get("medium").asString()).isEqualTo("s3");
        assertThat(made.get("storeCapabilities").get("tier").asString()).isEqualTo("shared");
        assertThat(on(url, "init").exitCode()).isEqualTo(6);

        JsonNode first = on(url, "backup", "db", image.toString(), "--json").last();
        assertThat(first.get("exitCode").asInt()).isZero();
        assertThat(first.get("storePuts").asLong()).isGreaterThan(2);
        JsonNode second = on(url, "backup", "db", image.toString(), "--json").last();
        assertThat(second.get("newBytes").asLong()).isZero();
        assertThat(second.get("storePuts").asLong()).isBetween(2L, 6L);

        assertThat(on(url, "restore", "latest:db", cli.path("copy")).exitCode()).isZero();
        assertThat(directory.resolve("copy")).hasSameBinaryContentAs(image);
        assertThat(on(url, "verify", "--read-data").exitCode()).isZero();
        assertThat(on(url, "snapshots", "--quiet").out().lines()).hasSize(2);
        String id = first.get("snapshot").asString();
        assertThat(on(url, "forget", id).exitCode()).isZero();
        assertThat(on(url, "snapshots", "--quiet").out().lines()).hasSize(1);
        JsonNode doctor = on(url, "doctor", "--json").last();
        assertThat(doctor.toString()).contains("s3, shared, one of 32 racing puts wins");
    }

    /// Two seeds in the build; `-Dgodwit.seeds=N` runs N.
    static LongStream seeds() {
        return LongStream.rangeClosed(1, Long.getLong("godwit.seeds", 2));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void backupAndRestoreAreRightOrEndWithACode(long seed) throws Exception {
        Path image = cli.image("image", DATA, HOLE, seed);
        cli.sleeper = wait -> Thread.sleep(wait.dividedBy(50));
        try (FaultProxy proxy = new FaultProxy(server().port(), seed)) {
            Fault.PASSING.forEach(fault -> proxy.with(fault, 0.03));
            proxy.with(Fault.LATE_LIST, 0.3);
            String through = S3Server.url(proxy.port(), "faults-" + seed);
            String straight = server().url("faults-" + seed);
            assertThat(on(straight, "init").exitCode()).isZero();
            int committed = 0;
            for (int i = 0; i < 2; i++) {
                Answer backup = on(through, "backup", "db", image.toString());
                assertThat(backup.exitCode()).as(backup.err()).isIn(0, 6, 8);
                committed += backup.exitCode() == 0 ? 1 : 0;
                Answer restore = on(through, "restore", "latest:db", cli.path("r" + i));
                assertThat(restore.exitCode()).as(restore.err()).isIn(0, 4, 8);
                if (restore.exitCode() == 0) {
                    assertThat(directory.resolve("r" + i)).hasSameBinaryContentAs(image);
                }
            }
            assertThat(on(straight, "verify", "--read-data").exitCode()).isZero();
            assertThat(on(straight, "snapshots", "--quiet").out().lines().count())
                    .isGreaterThanOrEqualTo(committed);
        }
    }

    @Test
    void aStoreWithoutConditionalPutsIsRefused() throws Exception {
        try (RehearsalBucket bucket = new RehearsalBucket();
                FaultProxy proxy = new FaultProxy(bucket.port(), 1).withoutConditions()) {
            String url = RehearsalBucket.url(proxy.port());
            Answer answer = on(url, "init");
            assertThat(answer.exitCode()).isEqualTo(2);
            assertThat(answer.err())
                    .startsWith(
                            "godwit: store cannot hold a repository, the same name could be put twice")
                    .hasLineCount(1);
            Answer doctor = on(url, "doctor");
            assertThat(doctor.out()).contains("the same name could be put twice");
            assertThat(doctor.exitCode()).isEqualTo(2);
            assertThat(doctor.err()).hasLineCount(1);
        }
    }

    /// It says that it took what it did not keep.
    @Test
    void aStoreThatLosesPutsIsRefused() throws Exception {
        try (RehearsalBucket bucket = new RehearsalBucket();
                FaultProxy proxy = new FaultProxy(bucket.port(), 1).with(Fault.LOST, 0.3)) {
            Answer answer = on(RehearsalBucket.url(proxy.port()), "init");
            assertThat(answer.exitCode()).as(answer.err()).isEqualTo(2);
            assertThat(answer.err())
                    .startsWith("godwit: store cannot hold a repository")
                    .hasLineCount(1);
            assertThat(proxy.hits).containsKey(Fault.LOST);
        }
    }

    /// Deletes leave the version behind, and the lock lets nobody take it: nothing needs that.
    @Test
    void aLockedBucketIsAsGoodAndSaysThatItKeepsAll() throws Exception {
        try (S3Server locked = S3Server.locked(directory)) {
            String url = locked.url("");
            assertThat(on(url, "init").out()).contains("The bucket is versioned:");
            assertThat(on(url, "doctor").out()).contains("versioned: deletes free nothing");
            Path image = cli.image("image", DATA, HOLE, 1);
            assertThat(on(url, "backup", "db", image.toString()).exitCode()).isZero();
            assertThat(on(url, "key", "add", "--new-key-file", cli.path("other")).exitCode())
                    .isZero();
            String other =
                    on(url, "key", "list", "--json")
                            .last()
                            .get("slots")
                            .get(1)
                            .get("id")
                            .asString();
            assertThat(on(url, "key", "remove", other).exitCode()).isZero();
            assertThat(on(url, "restore", "latest:db", cli.path("copy")).exitCode()).isZero();
            assertThat(directory.resolve("copy")).hasSameBinaryContentAs(image);
            assertThat(on(url, "verify", "--read-data").exitCode()).isZero();
        }
        JsonNode plain = on(server().url("plain"), "init", "--json").last();
        assertThat(plain.get("storeCapabilities").get("versioned").asBoolean()).isFalse();
    }

    @Test
    void aMissingBucketIsNamed() {
        Answer answer = on(server().url("x").replace("//backup", "//no-such-bucket"), "snapshots");
        assertSays(answer, 4, "no such bucket: bucket=no-such-bucket");
    }

    @Test
    void aRepositoryThatIsNotThereIsNotFound() {
        assertThat(on(server().url("nothing"), "snapshots").exitCode()).isEqualTo(4);
    }

    @Test
    void wrongCredentialsAreDenied() {
        System.setProperty("aws.secretAccessKey", "wrong");
        assertSays(on(server().url("x"), "snapshots"), 7, "access denied: doing=");
    }

    @Test
    void missingCredentialsAreOneSentence() {
        System.clearProperty("aws.accessKeyId");
        System.setProperty("aws.disableEc2Metadata", "true");
        try {
            assertSays(on(server().url("x"), "snapshots"), 7, "no credentials for the store");
        } finally {
            System.clearProperty("aws.disableEc2Metadata");
        }
    }

    @Test
    void theRightRegionIsNamed() {
        Answer answer = on(server().url("x").replace("us-east-1", "eu-1"), "snapshots");
        assertThat(answer.err()).contains("region");
        assertThat(answer.exitCode()).isEqualTo(2);
    }

    @Test
    void whatSpeaksNoTlsIsOneSentence() {
        Answer answer = on(server().url("x").replace("http:", "https:"), "snapshots");
        assertSays(answer, 2, "no secure connection: ");
        assertSays(
                on(server().url("x").replace("http:", "https:") + "&ca=/no/such/file", "snapshots"),
                4,
                "certificates cannot be read: ca=/no/such/file");
    }

    @Test
    void anUnknownParameterIsAnsweredWithTheNearest() {
        Answer answer = on(server().url("x") + "&storageclass=A", "snapshots");
        assertSays(answer, 2, "unknown parameter in the url: parameter=storageclass");
        assertThat(answer.err()).contains("did you mean storage-class?");
    }

    private static void assertSays(Answer answer, int exitCode, String words) {
        assertThat(answer.err()).startsWith("godwit: " + words).hasLineCount(1);
        assertThat(answer.exitCode()).isEqualTo(exitCode);
    }
}
