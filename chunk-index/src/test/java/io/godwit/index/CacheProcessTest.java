package io.godwit.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two processes, one cache; and processes that are killed.
@Timeout(120)
final class CacheProcessTest {
    private static final String REPOSITORY = "0123456789abcdef";

    @TempDir Path directory;
    private final List<String> warnings = new ArrayList<>();

    @Test
    void theSecondProcessReadsAndBothWork() throws Exception {
        try (LocalCache primary = open();
                Child child = new Child()) {
            assertThat(primary.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
            primary.add(CacheChild.rows("1"));
            assertThat(child.start()).isEqualTo("READ_ONLY");
            assertThat(child.order("find 1")).isEqualTo("2000");
            assertThat(child.order("add 2")).isEqualTo("done");
            assertThat(child.order("find 2")).isEqualTo("2000");
            primary.add(CacheChild.rows("3"));
            for (int i = 10; i < 60; i++) {
                byte[] segment = SegmentFormatTest.write(new Rows(i).refs(10_000, 9));
                primary.add(new SegmentReader("s", segment));
            }
            assertThat(child.order("find 1")).isEqualTo("2000");
            assertThat(CacheChild.found(primary, CacheChild.rows("2"))).isZero();
            assertThat(child.order("close")).isEqualTo("done");
            assertThat(child.errors()).isEmpty();
        }
        try (LocalCache again = open()) {
            assertThat(CacheChild.found(again, CacheChild.rows("1"))).isEqualTo(2000);
            assertThat(CacheChild.found(again, CacheChild.rows("2"))).isZero();
            assertThat(CacheChild.found(again, CacheChild.rows("3"))).isEqualTo(2000);
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void nothingIsLostWithAKilledProcess() throws Exception {
        try (Child child = new Child()) {
            assertThat(child.start()).isEqualTo("PRIMARY");
            assertThat(child.order("add 1")).isEqualTo("done");
            try (LocalCache second = open()) {
                assertThat(second.mode()).isEqualTo(LocalCache.Mode.READ_ONLY);
                assertThat(CacheChild.found(second, CacheChild.rows("1"))).isEqualTo(2000);
                child.kill();
                assertThat(CacheChild.found(second, CacheChild.rows("1"))).isEqualTo(2000);
                try (LocalCache third = open()) {
                    assertThat(third.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
                    assertThat(CacheChild.found(third, CacheChild.rows("1"))).isEqualTo(2000);
                }
            }
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void aProcessKilledInTheMiddleLeavesWhatItFinished() throws Exception {
        for (int round = 0; round < 4; round++) {
            try (Child child = new Child()) {
                assertThat(child.start()).isEqualTo("PRIMARY");
                assertThat(child.order("churn " + 1000 * round)).isEqualTo("churning");
                Thread.sleep(300 + 170L * round);
                child.kill();
                assertThat(child.errors()).isEmpty();
            }
            try (LocalCache cache = open()) {
                assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
                for (long i = 1; i <= cache.watermark(); i++) {
                    String seed = Long.toString(1000L * round + i);
                    long found = CacheChild.found(cache, CacheChild.rows(seed));
                    assertThat(found).isEqualTo(2000);
                }
                cache.advanceWatermark(0);
            }
            assertThat(warnings).isEmpty();
        }
    }

    private LocalCache open() {
        return LocalCache.open(
                directory, REPOSITORY.getBytes(StandardCharsets.US_ASCII), warnings::add);
    }

    private final class Child implements AutoCloseable {
        private final Path errors;
        private final Process process;
        private final BufferedReader answers;
        private final Writer orders;

        Child() throws IOException {
            errors = Files.createTempFile(directory, "child", ".err");
            process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "--enable-native-access=ALL-UNNAMED",
                                    "--sun-misc-unsafe-memory-access=allow",
                                    "-Xmx128m",
                                    "-cp",
                                    System.getProperty("java.class.path", ""),
                                    CacheChild.class.getName(),
                                    directory.toString(),
                                    REPOSITORY)
                            .redirectError(errors.toFile())
                            .start();
            answers = process.inputReader(StandardCharsets.UTF_8);
            orders = process.outputWriter(StandardCharsets.UTF_8);
        }

        String start() throws IOException {
            return answers.readLine();
        }

        String order(String order) throws IOException {
            orders.write(order + "\n");
            orders.flush();
            return answers.readLine();
        }

        String errors() throws IOException {
            return Files.readString(errors);
        }

        /// SIGKILL.
        void kill() {
            process.destroyForcibly().onExit().join();
        }

        @Override
        public void close() {
            kill();
        }
    }
}
