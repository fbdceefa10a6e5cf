package io.godwit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A run that waits for a pipe into which nobody writes can be stopped.
@Timeout(60)
final class StreamInterruptedTest {
    @TempDir Path directory;

    @Test
    void stopsWaitingForAPipeWhenInterrupted() throws Exception {
        String pipe = directory.resolve("pipe").toString();
        Process mkfifo = new ProcessBuilder("mkfifo", pipe).inheritIO().start();
        assumeTrue(mkfifo.waitFor(10, TimeUnit.SECONDS) && mkfifo.exitValue() == 0);
        int descriptor = NativeFiles.open(pipe, NativeFiles.O_RDWR, 0);
        assertThat(descriptor).isPositive();
        FutureTask<GodwitException> reading =
                new FutureTask<>(
                        () -> {
                            try (Arena arena = Arena.ofConfined()) {
                                StreamSource source = new StreamSource(descriptor);
                                return Assertions.catchThrowableOfType(
                                        GodwitException.class,
                                        () -> source.fill(arena.allocate(4096), 0, 4096));
                            }
                        });
        Thread reader = new Thread(reading);
        reader.start();
        Thread.sleep(50);
        reader.interrupt();
        assertThat(reading.get(10, TimeUnit.SECONDS).kind()).isEqualTo(FailureKind.INTERRUPTED);
        assertThat(NativeFiles.close(descriptor)).isZero();
    }
}
