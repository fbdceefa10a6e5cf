package io.godwit.cli;

import io.godwit.error.SuppressForbidden;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A real small run, from which the JVM learns what to put into an AOT cache.
///
/// The launcher runs it after a build, once as `plain` (commands that hash nothing) and once as
/// `hashing`. Nothing depends on what the commands answer: a cache that knows less only saves less.
/// It says on standard error when a command fails, which the launcher keeps in its log.
@SuppressForbidden("a process of its own, like Main")
final class Rehearsal {
    /// A third each of zeros, of text and of noise.
    private static final int IMAGE_BYTES = 24 << 20;

    /// Enough of the same for the compiler to see what is hot.
    private static final int HASHING_ROUNDS = 3;

    private static final String HERE =
            " -r @repository --key-file @key --cache-dir @cache --state-dir @state";

    private final Path stage;
    private final Outside outside;

    private Rehearsal(Path stage) {
        this.stage = stage;
        Outside process = Outside.process();
        this.outside =
                new Outside(
                        Map.of("HOME", stage.toString()),
                        process.in(),
                        OutputStream.nullOutputStream(),
                        process.err(),
                        false,
                        _ -> Optional.empty(),
                        process.clock(),
                        process.nanoTime(),
                        process.random(),
                        process.threads(),
                        process.sleeper(),
                        true);
    }

    public static void main(String[] args) throws IOException {
        StandardError.takeBack();
        Path stage = Files.createTempDirectory("godwit-rehearsal");
        try {
            boolean hashing = args.length > 0 && args[0].equals("hashing");
            Rehearsal rehearsal = new Rehearsal(stage);
            rehearsal.prepare();
            if (hashing) {
                rehearsal.hashing();
            } else {
                rehearsal.plain();
            }
        } finally {
            clear(stage);
        }
        System.exit(0);
    }

    private void prepare() throws IOException {
        byte[] image = new byte[IMAGE_BYTES];
        long state = 42;
        for (int i = IMAGE_BYTES / 3; i < IMAGE_BYTES; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            int noise = (int) (state >>> 56);
            image[i] = (byte) (i < 2 * (IMAGE_BYTES / 3) ? 'a' + (noise & 7) : noise);
        }
        Files.write(stage.resolve("image"), image);
        for (int at = 1 << 20; at < IMAGE_BYTES; at += 3 << 20) {
            image[at]++;
        }
        Files.write(stage.resolve("image-2"), image);
        Files.write(stage.resolve("key"), new byte[32]);
        Files.writeString(stage.resolve("password"), "rehearsal");
    }

    private void plain() throws IOException {
        run("--version");
        run("--help");
        run("init" + HERE);
        run("backup" + HERE + " vol @image");
        run("backup" + HERE + " vol @image-2");
        run("init -r @second --password-file @password --cache-dir @cache");
        for (String command :
                List.of("snapshots", "volumes", "stats", "key list", "show latest:vol")) {
            run(command + HERE);
            run(command + " --json" + HERE);
        }
        run("diff vol@2100-01-01T00:00Z latest:vol" + HERE);
        run("diff --json latest:vol latest:vol" + HERE);
        run("snapshots -r @second --password-file @password --cache-dir @cache");
        run("forget --allow-empty latest:vol" + HERE);
        inABucket(List.of("snapshots", "snapshots --json", "volumes", "stats", "show latest:vol"));
    }

    /// Amazon's client is large, and the JVM reads most of it at the first request.
    private void inABucket(List<String> commands) throws IOException {
        System.setProperty("aws.accessKeyId", "rehearsal");
        System.setProperty("aws.secretAccessKey", "rehearsal");
        try (RehearsalBucket bucket = new RehearsalBucket()) {
            String there = HERE.replace("@repository", bucket.url());
            run("init" + there);
            run("backup" + there + " vol @image");
            for (String command : commands) {
                run(command + there);
            }
        }
    }

    private void hashing() throws IOException {
        run("init" + HERE);
        for (int round = 0; round < HASHING_ROUNDS; round++) {
            Files.deleteIfExists(stage.resolve("restored"));
            run("backup --json --parent none" + HERE + " vol" + round + " @image");
            run("backup --json" + HERE + " vol" + round + " @image");
            run("backup" + HERE + " vol" + round + " @image-2");
            changes(round);
            run("restore" + HERE + " latest:vol" + round + " @restored");
            run("restore --json --delta" + HERE + " vol" + round + "@2100-01-01T00:00Z @restored");
        }
        run("verify --json --read-data" + HERE);
        run("verify" + HERE);
        inABucket(List.of("restore latest:vol @from-bucket", "verify"));
    }

    /// A backup that is told what changed.
    private void changes(int round) throws IOException {
        Files.writeString(
                stage.resolve("changes"),
                "{\"size\":%d,\"extents\":[{\"offset\":0,\"length\":8192},{\"offset\":1048576,\"length\":4096}]}"
                        .formatted(IMAGE_BYTES));
        String volume = "vol" + round;
        run(
                "backup --json --changed-extents @changes --parent latest:%s%s %s @image-2"
                        .formatted(volume, HERE, volume));
    }

    private void run(String line) {
        int exitCode = Main.run(outside, line.replace(" @", " " + stage + "/").split(" "));
        if (exitCode != 0) {
            System.err.println("exit code " + exitCode + ": " + line);
        }
    }

    private static void clear(Path stage) throws IOException {
        try (Stream<Path> files = Files.walk(stage)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
