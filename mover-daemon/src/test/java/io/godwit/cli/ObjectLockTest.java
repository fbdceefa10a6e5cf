package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.cli.Cli.Answer;
import io.godwit.s3.FaultProxy;
import io.godwit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectVersion;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// `retain=` on a bucket with Object Lock of a real server.
@Timeout(120)
final class ObjectLockTest {
    private static final Duration TIME = Duration.ofDays(2);
    private final Instant now = Clock.systemUTC().instant();

    @TempDir static Path home;
    @TempDir Path directory;
    private Cli cli = new Cli(home);
    private @Nullable S3Server server;
    private Path image = Path.of("unset");

    @BeforeEach
    void start() throws Exception {
        cli = new Cli(directory);
        server = S3Server.lockable(directory);
        cli.url = server.url("main") + "&retain=2d";
        cli.clock = () -> now;
        image = cli.image("image", 3_000_000, 0, 1);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
        }
    }

    private S3Server server() {
        return Objects.requireNonNull(server);
    }

    private String backUp(String volume) {
        Answer answer = cli.run("backup", volume, image.toString(), "--quiet");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        return answer.out().strip();
    }

    /// When the lock of each object ends that is there; nothing for those without.
    private Map<String, Optional<Instant>> locks() {
        try (S3Client client = server().client()) {
            return client
                    .listObjectsV2(b -> b.bucket(S3Server.BUCKET).prefix("main/"))
                    .contents()
                    .stream()
                    .collect(
                            Collectors.toMap(
                                    object -> object.key().substring("main/".length()),
                                    object -> lock(client, object.key()),
                                    (one, other) -> one,
                                    TreeMap::new));
        }
    }

    private static Optional<Instant> lock(S3Client client, String key) {
        return Optional.ofNullable(
                client.headObject(b -> b.bucket(S3Server.BUCKET).key(key))
                        .objectLockRetainUntilDate());
    }

    private void tick(Duration span) {
        Instant then = cli.clock.instant().plus(span);
        cli.clock = () -> then;
    }

    private static boolean isLockable(String name) {
        return List.of("p/", "m/", "snap/", "ring/", "config").stream().anyMatch(name::startsWith);
    }

    @Test
    void locksWhatSnapshotsConsistOfAndNothingElse() {
        backUp("db");
        cli.run("key", "rotate");
        backUp("db");
        Map<String, Optional<Instant>> locks = locks();
        assertThat(locks.keySet().stream().map(name -> name.replaceAll("/.*", "")))
                .contains("config", "ring", "keys", "p", "s", "snap");
        locks.forEach(
                (name, until) -> {
                    if (isLockable(name)) {
                        assertThat(until).as(name).isPresent();
                        assertThat(until.get())
                                .isBetween(now.plus(TIME).minusSeconds(1), now.plus(TIME));
                    } else {
                        assertThat(until).as(name).isEmpty();
                    }
                });
    }

    @Test
    void nobodyTakesWhatIsLocked() {
        String id = backUp("db");
        try (S3Client client = server().client()) {
            List<ObjectVersion> versions =
                    client.listObjectVersions(b -> b.bucket(S3Server.BUCKET).prefix("main/p/"))
                            .versions();
            assertThat(versions).isNotEmpty();
            for (ObjectVersion version : versions) {
                assertThatThrownBy(
                                () ->
                                        client.deleteObject(
                                                b ->
                                                        b.bucket(S3Server.BUCKET)
                                                                .key(version.key())
                                                                .versionId(version.versionId())))
                        .isInstanceOf(S3Exception.class);
            }
        }
        Answer refused = cli.run("forget", id, "--allow-empty");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.err()).contains("snapshot is retained");
        backUp("db");
        assertThat(cli.run("forget", "--keep-last", "1", "--json").last().get("forgotten"))
                .isEmpty();
        tick(TIME.plusMinutes(1));
        assertThat(cli.run("forget", id).exitCode()).isZero();
    }

    @Test
    void aCollectionProlongsWhatLaterSnapshotsNeed() {
        backUp("db");
        Instant first = now.plus(TIME);
        tick(TIME.minusHours(1));
        Instant second = cli.clock.instant().plus(TIME);
        backUp("other");
        assertThat(locks().entrySet())
                .as("packs that the second snapshot shares")
                .anyMatch(e -> e.getKey().startsWith("p/") && e.getValue().get().isBefore(second));
        assertThat(cli.run("gc").exitCode()).isZero();
        Map<String, Optional<Instant>> prolonged = locks();
        prolonged.forEach(
                (name, until) -> {
                    if (name.startsWith("p/") || name.startsWith("m/") || name.equals("config")) {
                        assertThat(until.orElseThrow())
                                .as(name)
                                .isBetween(second.minusSeconds(1), second.plus(TIME.dividedBy(2)));
                        assertThat(until.orElseThrow()).isAfter(first);
                    }
                });
        assertThat(cli.run("gc").exitCode()).isZero();
        assertThat(locks()).as("nothing was left to prolong").isEqualTo(prolonged);
    }

    /// With a clock of his own a thief forgets everything, and collects with the right one.
    @Test
    void whatIsRetainedOutlivesAForgedTombstone() throws IOException {
        String id = backUp("db");
        cli.clock = () -> now.plus(Duration.ofDays(365));
        assertThat(cli.run("forget", id, "--allow-empty").exitCode()).isZero();
        cli.clock = () -> now.plus(Duration.ofHours(1));
        Answer collected = cli.run("gc", "--json");
        assertThat(collected.exitCode()).as(collected.out()).isZero();
        assertThat(collected.last().get("deletedPacks").asLong()).isZero();
        Answer back = cli.run("undelete", id, "--json");
        assertThat(back.exitCode()).as(back.out()).isZero();
        assertThat(cli.run("restore", "latest:db", cli.path("copy")).exitCode()).isZero();
        assertThat(directory.resolve("copy")).hasSameBinaryContentAs(image);

        String again = back.last().get("snapshot").asString();
        tick(TIME.plusDays(1));
        assertThat(cli.run("forget", again, "--allow-empty").exitCode()).isZero();
        assertThat(cli.run("gc", "--json").last().get("deletedPacks").asLong()).isPositive();
    }

    @Test
    void aStoreThatRefusesToDeleteOrToProlongStopsNoCollection() throws Exception {
        String id = backUp("db");
        image = cli.image("other", 3_000_000, 0, 2);
        backUp("db");
        tick(TIME.plusHours(1));
        backUp("db");
        assertThat(cli.run("forget", id).exitCode()).isZero();
        try (FaultProxy gate = new FaultProxy(server().port(), 1)) {
            gate.refusing(
                    head -> head.matches("(?s)DELETE /backup/main/[pm]/.*"),
                    "403 Forbidden",
                    "AccessDenied",
                    "");
            gate.refusing(
                    head ->
                            head.startsWith("PUT ")
                                    && head.lines().findFirst().get().contains("?retention"),
                    "403 Forbidden",
                    "AccessDenied",
                    "");
            String straight = cli.url;
            cli.url = S3Server.url(gate.port(), "main") + "&retain=2d";
            Answer refused = cli.run("gc", "--json");
            assertThat(refused.exitCode()).as(refused.out()).isZero();
            assertThat(refused.out()).contains("\"not-deleted\"").contains("\"not-locked\"");
            assertThat(refused.last().get("deletedPacks").asLong()).isZero();
            assertThat(refused.last().get("condemnedPacks").asLong()).isPositive();
            cli.url = straight;
        }
        Answer deleted = cli.run("gc", "--json");
        assertThat(deleted.out()).doesNotContain("not-deleted");
        assertThat(deleted.last().get("deletedPacks").asLong()).isPositive();
        assertThat(cli.run("verify", "--read-data").exitCode()).isZero();
    }
}
