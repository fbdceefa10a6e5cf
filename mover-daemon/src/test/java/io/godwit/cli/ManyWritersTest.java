package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Writers that begin at the same moment: what is committed can be restored, what is not says so.
/// The same with processes is in `.ci/long`.
@Timeout(120)
final class ManyWritersTest {
    private static final int WRITERS = 10;

    @TempDir Path directory;
    private Cli cli;
    private final Map<String, Path> committed = new HashMap<>();

    @BeforeEach
    void start() {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    /// Half of what each writes is what the others write, too.
    private Path image(int writer, int day) throws IOException {
        byte[] content = DamagedRepository.content(800_000, 7, 0);
        byte[] own = DamagedRepository.content(400_000, 100 + writer, day);
        System.arraycopy(own, 0, content, 0, own.length);
        return Files.write(directory.resolve("image-" + writer + "-" + day), content);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofTenVolumesAllCommit(boolean oneCache) throws Exception {
        for (int day = 0; day < 2; day++) {
            List<String[]> calls = new ArrayList<>();
            List<Path> images = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                String cache = cli.path(oneCache ? "cache" : "cache-" + writer);
                images.add(image(writer, day));
                calls.add(backup("volume-" + writer, images.get(writer), cache));
            }
            List<Answer> answers = atOnce(calls);
            for (int writer = 0; writer < WRITERS; writer++) {
                assertThat(answers.get(writer).exitCode()).as(answers.get(writer).err()).isZero();
                committed.put(answers.get(writer).out().strip(), images.get(writer));
            }
        }
        assertThat(committed).hasSize(2 * WRITERS);
        assertEverythingIsThere();
    }

    @Test
    void ofOneVolumeCommitOrAreFenced() throws Exception {
        for (int day = 0; day < 4; day++) {
            List<Path> images = List.of(image(0, day), image(1, day));
            List<Answer> answers =
                    atOnce(
                            List.of(
                                    backup("volume", images.get(0), cli.path("cache")),
                                    backup("volume", images.get(1), cli.path("cache"))));
            for (int writer = 0; writer < 2; writer++) {
                Answer answer = answers.get(writer);
                assertThat(answer.exitCode()).as(answer.err()).isIn(0, 6);
                if (answer.exitCode() == 0) {
                    committed.put(answer.out().strip(), images.get(writer));
                }
            }
        }
        assertThat(committed).hasSizeGreaterThanOrEqualTo(4);
        assertEverythingIsThere();
    }

    private static String[] backup(String volume, Path image, String cache) {
        return new String[] {
            "backup", volume, image.toString(), "--quiet", "--cache-dir", cache, "--threads", "1"
        };
    }

    private List<Answer> atOnce(List<String[]> calls) throws Exception {
        CountDownLatch together = new CountDownLatch(calls.size());
        List<Answer> answers = new ArrayList<>();
        try (ExecutorService writers = Executors.newFixedThreadPool(calls.size())) {
            List<Future<Answer>> running = new ArrayList<>();
            for (String[] call : calls) {
                running.add(
                        writers.submit(
                                () -> {
                                    together.countDown();
                                    together.await();
                                    return cli.run(call);
                                }));
            }
            for (Future<Answer> one : running) {
                answers.add(one.get());
            }
        }
        return answers;
    }

    private void assertEverythingIsThere() throws IOException {
        assertThat(cli.run("snapshots", "--quiet").out().lines())
                .containsExactlyInAnyOrderElementsOf(committed.keySet());
        for (Map.Entry<String, Path> one : committed.entrySet()) {
            Path target = directory.resolve("target");
            assertThat(cli.run("restore", one.getKey(), target.toString()).exitCode()).isZero();
            assertThat(target).hasSameBinaryContentAs(one.getValue());
            Files.delete(target);
        }
        Answer verified = cli.run("verify", "--read-data", "--no-progress");
        assertThat(verified.exitCode()).as(verified.out() + verified.err()).isZero();
    }
}
