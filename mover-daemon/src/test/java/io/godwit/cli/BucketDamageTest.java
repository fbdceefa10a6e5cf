package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import io.godwit.s3.S3Server;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

/// The same damage in a bucket that keeps no checksum, as old servers do: nobody but us finds it.
///
/// Usually every sixteenth case runs; `-Dgodwit.matrix=full` runs all.
final class BucketDamageTest extends DamageMatrixTest {
    private static final ConcurrentNavigableMap<String, byte[]> OBJECTS =
            new ConcurrentSkipListMap<>();

    private static @Nullable RehearsalBucket bucket;

    static List<Arguments> cases() {
        return everyNth(16);
    }

    @BeforeAll
    static void start() throws IOException {
        bucket = new RehearsalBucket(OBJECTS);
    }

    @AfterAll
    static void stop() {
        if (bucket != null) {
            bucket.close();
        }
        OBJECTS.clear();
    }

    @BeforeEach
    void empty() {
        OBJECTS.clear();
        S3Server.credentials();
    }

    private static String url() {
        return Objects.requireNonNull(bucket).url();
    }

    @Override
    void store(Cli cli) throws IOException {
        for (String name : DamagedRepository.objects(cli.repository, _ -> true)) {
            OBJECTS.put(name, Files.readAllBytes(cli.repository.resolve(name)));
        }
        cli.url = url();
    }

    /// A bucket that was set back knows less than the node's cache, which may not be believed.
    @Test
    void theWholeBucketAsItWasADayAgo() throws IOException {
        Cli cli = new Cli(Files.createDirectories(directory.resolve("set-back")));
        cli.url = url();
        assertThat(cli.run("init").exitCode()).isZero();
        String first = backUp(cli, 0);
        Map<String, byte[]> before = new TreeMap<>(OBJECTS);
        String second = backUp(cli, 1);
        OBJECTS.clear();
        OBJECTS.putAll(before);

        assertThat(cli.run("snapshots", "--quiet").out().lines()).containsExactly(first);
        assertThat(cli.run("restore", second, cli.path("gone")).exitCode()).isEqualTo(4);
        String third = backUp(cli, 2);
        Path target = cli.directory.resolve("third");
        assertThat(cli.run("restore", third, target.toString()).exitCode()).isZero();
        assertThat(target).hasBinaryContent(DamagedRepository.content(1_300_000, 1, 2));
        assertThat(cli.run("verify", "--read-data").exitCode()).isZero();
    }

    private static String backUp(Cli cli, int day) throws IOException {
        byte[] content = DamagedRepository.content(1_300_000, 1, day);
        Path image = Files.write(cli.directory.resolve("big"), content);
        Answer answer = cli.run("backup", "big", image.toString(), "--quiet");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        return answer.out().strip();
    }
}
