package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.s3.FaultProxy;
import io.godwit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// How many requests a command sends, as docs/s3.md says: a bucket's owner pays for each.
@Timeout(60)
final class BucketRequestsTest {
    private static final int PACK = 16 << 20;
    private static final int LARGE = 40 << 20;

    @TempDir Path directory;
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private Cli cli;
    private RehearsalBucket bucket;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        S3Server.credentials();
        cli = new Cli(directory);
        bucket = new RehearsalBucket();
        proxy = new FaultProxy(bucket.port(), 1).watching(heads::add);
        cli.url = RehearsalBucket.url(proxy.port());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        bucket.close();
    }

    /// What went over the wire: puts and lists cost alike, gets and heads a twelfth of it.
    private record Requests(long puts, long lists, long gets, JsonNode result) {}

    private Requests count(String... words) {
        heads.clear();
        Cli.Answer answer = cli.run(words);
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        long lists = heads.stream().filter(head -> head.contains("list-type=2")).count();
        long puts = heads.stream().filter(head -> head.startsWith("PUT ")).count();
        return new Requests(puts, lists, heads.size() - puts - lists, answer.last());
    }

    /// Of 16 MiB of new data each, and one each for the session, its outcome, the snapshot and the
    /// index; the last pack of each thread and the metadata may be small.
    @Test
    void aFirstBackupPutsAsManyObjectsAsItHasPacks() throws IOException {
        count("init", "--json");
        Path image = cli.image("image", LARGE, 0, 1);
        Requests first = count("backup", "db", image.toString(), "--threads", "2", "--json");
        assertThat(first.puts()).isLessThanOrEqualTo(LARGE / PACK + 4 + 2 + 1);
        assertThat(first.result().get("storePuts").asLong()).isEqualTo(first.puts());
        assertThat(first.lists() + first.gets()).isLessThanOrEqualTo(20);

        byte[] content = Files.readAllBytes(image);
        content[12345]++;
        Files.write(image, content);
        Requests next = count("backup", "db", image.toString(), "--json");
        assertThat(next.puts()).isEqualTo(4);
        assertThat(next.result().get("storePuts").asLong()).isEqualTo(4);
        assertThat(next.lists()).isLessThanOrEqualTo(11);
        assertThat(next.gets()).isLessThanOrEqualTo(20);

        Requests list = count("snapshots", "--json");
        assertThat(list.puts()).isZero();
        assertThat(list.lists()).isLessThanOrEqualTo(5);
        Requests restore = count("restore", "latest:db", cli.path("copy"), "--json");
        assertThat(restore.puts()).isEqualTo(2);
        assertThat(restore.lists()).isLessThanOrEqualTo(10);
        assertThat(restore.gets()).isLessThanOrEqualTo(10 + 2 * LARGE / (1 << 20));
    }
}
