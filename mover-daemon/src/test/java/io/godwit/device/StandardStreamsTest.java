package io.godwit.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Standard input and output belong to the test runner, so a process of its own has them here.
@Timeout(60)
final class StandardStreamsTest {
    @TempDir Path directory;

    /// Copies standard input to standard output through a source and a target, printing in between.
    static final class Copy {
        private Copy() {}

        public static void main(String[] arguments) {
            try (BlockSource source = BlockSources.open("-");
                    BlockTarget target =
                            BlockTargets.open(
                                    new TargetRequest(
                                            "-",
                                            Long.parseLong(arguments[0]),
                                            false,
                                            false,
                                            List.of()));
                    Arena arena = Arena.ofConfined()) {
                MemorySegment buffer = arena.allocate(100_000);
                StreamSource stream = (StreamSource) source;
                System.out.println("a line that must not be in the volume");
                int count = -1;
                while (count != 0) {
                    long at = stream.position();
                    count = stream.fill(buffer, 0, 100_000);
                    target.write(at, buffer, 0, count);
                }
                target.sync();
                System.err.println("size=" + source.size());
            } catch (RuntimeException failure) {
                System.err.println(failure.getMessage());
                System.exit(9);
            }
        }
    }

    private Process start(Path input, long size) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Copy.class.getName(),
                        String.valueOf(size))
                .redirectInput(input.toFile())
                .redirectError(directory.resolve("errors").toFile())
                .start();
    }

    @Test
    void copiesAPipeAndKeepsPrintedLinesOutOfIt() throws Exception {
        byte[] content = new byte[1_234_567];
        new Random(1).nextBytes(content);
        Path input = Files.write(directory.resolve("input"), content);
        Process copy = start(input, content.length);
        byte[] output = copy.getInputStream().readAllBytes();
        assertThat(copy.waitFor(30, TimeUnit.SECONDS)).isTrue();
        String errors = Files.readString(directory.resolve("errors"), StandardCharsets.UTF_8);
        assertThat(copy.exitValue()).as(errors).isZero();
        assertThat(Arrays.equals(output, content)).isTrue();
        assertThat(errors).contains("must not be in the volume").contains("size=1234567");
    }

    @Test
    void saysThatTheReaderIsGone() throws Exception {
        Path input = Files.write(directory.resolve("input"), new byte[5_000_000]);
        Process copy = start(input, 5_000_000);
        copy.getInputStream().close();
        assertThat(copy.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(copy.exitValue()).isEqualTo(9);
        assertThat(Files.readString(directory.resolve("errors"))).contains("the reader is gone");
    }
}
