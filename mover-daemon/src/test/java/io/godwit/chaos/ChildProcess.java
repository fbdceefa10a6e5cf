package io.godwit.chaos;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One command of Godwit in a process of its own, its output in files.
final class ChildProcess {
    private static final JsonMapper JSON = new JsonMapper();

    /// Something that does not end by itself within this is stuck.
    private static final long PATIENCE_SECONDS = 240;

    /// So that a collection is answered, and a session given up, within a test.
    private static final String HEARTBEAT = "-Dgodwit.heartbeatMillis=400";

    private final Process process;
    private final List<String> words;
    private final Path out;
    private final Path err;
    private final long began = System.nanoTime();

    private ChildProcess(Process process, List<String> words, Path out, Path err) {
        this.process = process;
        this.words = words;
        this.out = out;
        this.err = err;
    }

    /// @param home holds its output
    /// @param launcher `./godwit`; without one the class path of this JVM is run
    static ChildProcess start(
            Path home, Optional<Path> launcher, Map<String, String> environment, List<String> words)
            throws IOException {
        List<String> line = new ArrayList<>();
        // Who started this JVM may have it ignored, and that is inherited.
        line.addAll(List.of("env", "--default-signal=INT"));
        if (launcher.isPresent()) {
            line.add(launcher.get().toString());
        } else {
            line.add(System.getProperty("java.home") + "/bin/java");
            line.addAll(
                    List.of(
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx96m",
                            "-XX:MaxDirectMemorySize=192m",
                            HEARTBEAT,
                            "--enable-native-access=ALL-UNNAMED",
                            "--sun-misc-unsafe-memory-access=allow",
                            "-cp",
                            System.getProperty("java.class.path"),
                            "io.godwit.cli.Main"));
        }
        line.addAll(words);
        Path out = home.resolve("out");
        Path err = home.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(line)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile());
        builder.environment().put("GODWIT_JAVA_OPTS", HEARTBEAT);
        builder.environment().put("HOME", home.toString());
        builder.environment().putAll(environment);
        return new ChildProcess(builder.start(), words, out, err);
    }

    /// Waits until it has run for a time, or has ended.
    boolean runsAfter(long millis) throws InterruptedException {
        return !process.waitFor(millis, TimeUnit.MILLISECONDS);
    }

    void kill() {
        process.destroyForcibly();
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Waits for its end.
    Outcome await() throws IOException, InterruptedException {
        boolean stuck = !process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (stuck) {
            signal("CONT");
            signal("QUIT");
            Thread.sleep(1000);
            kill();
            process.waitFor();
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        return new Outcome(
                words,
                process.exitValue(),
                stuck,
                seconds,
                text(out),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    /// What became of a command.
    record Outcome(
            List<String> words,
            int exitCode,
            boolean stuck,
            double seconds,
            String out,
            String err) {
        /// The result that it printed, also when it was killed after that.
        Optional<JsonNode> result() {
            List<String> lines = out.lines().toList();
            if (lines.isEmpty() || !lines.getLast().contains("\"type\":\"result\"")) {
                return Optional.empty();
            }
            return lines.getLast().endsWith("}")
                    ? Optional.of(JSON.readTree(lines.getLast()))
                    : Optional.empty();
        }

        String told() {
            return "exit %d after %.1f s: godwit %s%n%s%s"
                    .formatted(exitCode, seconds, String.join(" ", words), tail(out), tail(err));
        }

        private static String tail(String text) {
            List<String> lines = text.lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()))
                    + "\n";
        }
    }
}
