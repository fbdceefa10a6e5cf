package io.godwit.cli;

import io.godwit.error.SuppressForbidden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A real small run, from which the JVM learns what to put into an AOT cache.
///
/// The launcher runs it after a build, once as `plain` (commands that hash nothing) and once as `hashing`. Nothing
/// depends on what the commands answer: a cache that knows less only saves less.
@SuppressForbidden("a process of its own, like Main")
final class Rehearsal {
    private static final int IMAGE_BYTES = 8 << 20;

    private Rehearsal() {}

    public static void main(String[] args) throws IOException {
        StandardError.takeBack();
        Path stage = Files.createTempDirectory("godwit-rehearsal");
        try {
            boolean hashing = args.length > 0 && args[0].equals("hashing");
            prepare(stage);
            for (String line : hashing ? hashing() : plain()) {
                Main.run(line.replace("@", stage + "/").split(" "));
            }
        } finally {
            clear(stage);
        }
        System.exit(0);
    }

    private static void prepare(Path stage) throws IOException {
        byte[] image = new byte[IMAGE_BYTES];
        long state = 42;
        for (int i = IMAGE_BYTES / 4; i < IMAGE_BYTES; i++) {
            state = state * 6364136223846793005L + 1442695040888963407L;
            image[i] = (byte) (state >>> 56);
        }
        Files.write(stage.resolve("image"), image);
        Files.writeString(stage.resolve("password"), "rehearsal");
    }

    private static List<String> plain() {
        return List.of(
                "--version",
                "--help",
                "init -r @repository --password-file @password --cache-dir @cache",
                "snapshots -r @repository --password-file @password --cache-dir @cache",
                "snapshots --json -r @repository --password-file @password --cache-dir @cache",
                "stats -r @repository --password-file @password --cache-dir @cache");
    }

    private static List<String> hashing() {
        return List.of(
                "init -r @repository --password-file @password --cache-dir @cache",
                "backup --json -r @repository --password-file @password --cache-dir @cache vol @image",
                "backup -r @repository --password-file @password --cache-dir @cache vol @image",
                "restore -r @repository --password-file @password --cache-dir @cache latest:vol @restored",
                "verify --read-data -r @repository --password-file @password --cache-dir @cache");
    }

    private static void clear(Path stage) throws IOException {
        try (Stream<Path> files = Files.walk(stage)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
