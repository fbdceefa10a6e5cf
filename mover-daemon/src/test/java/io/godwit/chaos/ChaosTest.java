package io.godwit.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// A minute of chaos on each kind of store; `.ci/chaos` runs more of it.
///
/// Properties: `godwit.chaos.minutes`, `.seed`, `.store` (`directory`, `s3` or `both`), `.launcher`
/// (`./godwit` instead of this class path) and `.report` (a file that the result is appended to).
final class ChaosTest {
    private static final String BOTH = "both";
    private static final long SEED = Long.parseLong(property("seed", "1"));

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path directory;

    private static String property(String name, String otherwise) {
        return System.getProperty("godwit.chaos." + name, otherwise);
    }

    @Test
    void onADirectory() throws Exception {
        assumeWanted("directory");
        try (Ground ground = new DirectoryGround(directory)) {
            run("directory", ground);
        }
    }

    @Test
    void onABucket() throws Exception {
        assumeWanted("s3");
        try (Ground ground = new BucketGround(directory, SEED, Chaos.LANES)) {
            run("a bucket", ground);
        }
    }

    private static void assumeWanted(String store) {
        String wanted = property("store", BOTH);
        Assumptions.assumeTrue(
                wanted.equals(store) || wanted.equals(BOTH), "only asked for: " + wanted);
    }

    private void run(String store, Ground ground) throws Exception {
        double minutes = Double.parseDouble(property("minutes", "2"));
        boolean both = property("store", BOTH).equals(BOTH);
        Optional<Path> launcher =
                Optional.of(property("launcher", "")).filter(p -> !p.isEmpty()).map(Path::of);
        Duration time = Duration.ofMillis((long) (minutes * 60_000 / (both ? 2 : 1)));
        Chaos chaos = new Chaos(directory, ground, launcher);
        long began = System.nanoTime();
        try {
            chaos.run(SEED, time);
        } finally {
            report(
                    "chaos on %s, seed %d, %d s".formatted(store, SEED, time.toSeconds()),
                    chaos.report((System.nanoTime() - began) / 1e9),
                    chaos.tally().violations());
        }
        chaos.requireWell();
        assertThat(chaos.tally().sum("restored and compared")).isPositive();
    }

    private static void report(String title, List<String> lines, List<String> violations)
            throws IOException {
        StringBuilder text = new StringBuilder(title).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        violations.forEach(line -> text.append("VIOLATION ").append(line).append('\n'));
        text.append(violations.isEmpty() ? "all is well\n" : "NOT WELL\n");
        System.out.print(text);
        String file = property("report", "");
        if (!file.isEmpty()) {
            Files.writeString(
                    Path.of(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }
}
