package io.godwit.cli;

import io.godwit.demo.Demo;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;

/// `godwit demo`.
@Command(
        name = "demo",
        description = {
            "Tells the whole story on files in a temporary directory, in about a minute.",
            "Every claim is checked on the way. Nothing is left behind."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit demo", "  TMPDIR=/var/tmp godwit demo"})
final class DemoCommand extends Task {
    @Override
    Result perform(Output output) throws IOException, InterruptedException {
        Outside outside = outside();
        OutputStream told = options().json ? outside.err() : outside.out();
        PrintWriter story =
                new PrintWriter(
                        new OutputStreamWriter(
                                new StandardStream(told, "standard output"),
                                StandardCharsets.UTF_8));
        String temporary = outside.environment().getOrDefault("TMPDIR", "/tmp");
        Path stage = Files.createTempDirectory(Path.of(temporary), "godwit-demo");
        try {
            Outside inside = inside(outside, told, stage);
            new Demo(arguments -> shell(inside, arguments), story, outside.random().get(), stage)
                    .run();
        } finally {
            story.flush();
            clear(stage);
        }
        return new Told();
    }

    /// The same outside, without what the user has set up for real repositories. What fails belongs to
    /// the story, so it is told where the story is.
    private static Outside inside(Outside outside, OutputStream told, Path stage) {
        return new Outside(
                Map.of("HOME", stage.toString()),
                InputStream.nullInputStream(),
                told,
                told,
                outside.terminal(),
                outside.secrets(),
                outside.clock(),
                outside.nanoTime(),
                outside.random(),
                outside.threads(),
                outside.sleeper(),
                false);
    }

    private static int shell(Outside inside, String... arguments) {
        int exitCode = Main.run(inside, arguments);
        if (exitCode == FailureKind.INTERRUPTED.exitCode()) {
            throw new GodwitException(FailureKind.INTERRUPTED, "interrupted");
        }
        return exitCode;
    }

    private static void clear(Path stage) throws IOException {
        List<Path> left;
        try (Stream<Path> files = Files.walk(stage)) {
            left = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path file : left) {
            Files.deleteIfExists(file);
        }
    }

    @Override
    boolean tidiesUp() {
        return true;
    }

    private record Told() implements Result {
        @Override
        public void json(JsonLine json) {}

        @Override
        public void people(PrintWriter out) {}
    }
}
