package io.godwit.cli;

import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.RunListener;
import io.godwit.repository.LocalHost;
import java.time.Duration;
import java.util.function.Supplier;

/// One run of an engine, as the command line watches it: what it may use, and what it has to say.
final class Run implements RunListener, AutoCloseable {
    private final Output output;
    private final ProgressTicker ticker;

    Run(Outside outside, Output output, Supplier<Progress.Counts> counts) {
        this.output = output;
        this.ticker = new ProgressTicker(outside, output, counts);
    }

    /// What an engine may use of the machine.
    static MoverSettings settings(Task task, Output output) {
        Outside outside = task.outside();
        GlobalOptions options = task.options();
        return new MoverSettings(
                Limits.threads(options),
                Limits.memoryBytes(options),
                Limits.kernel(outside.environment()),
                options.limitRead == null
                        ? 0
                        : ByteSize.parseRate("--limit-read", options.limitRead),
                Places.of(outside, options, output).state(),
                LocalHost.of().identity().boot(),
                outside.threads(),
                outside.nanoTime(),
                nanos -> outside.sleeper().sleep(Duration.ofNanos(nanos)),
                outside.random().get());
    }

    @Override
    public void warning(String kind, String message) {
        output.warning(kind, message);
    }

    @Override
    public void phase(String name, long totalBytes) {
        ticker.phase(name, totalBytes);
    }

    @Override
    public void close() {
        ticker.close();
    }
}
