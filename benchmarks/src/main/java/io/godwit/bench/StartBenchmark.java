package io.godwit.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// How long the launcher takes to start and answer: the floor under every command.
///
/// Run it from the project's root, after a first `./godwit --version` has built what it needs.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 5)
@Measurement(iterations = 30)
public class StartBenchmark {
    /// A command that hashes nothing, and one that loads the Vector API.
    @Param({"--version", "verify --help"})
    public String arguments = "";

    @Benchmark
    public int start() throws IOException, InterruptedException {
        String launcher = Path.of("godwit").toAbsolutePath().toString();
        ProcessBuilder builder = new ProcessBuilder(launcher);
        builder.command().addAll(java.util.List.of(arguments.split(" ")));
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        return builder.start().waitFor();
    }
}
