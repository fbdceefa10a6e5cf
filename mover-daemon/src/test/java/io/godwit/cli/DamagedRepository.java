package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// A repository with one object of every kind and more, made once, and copies of it that tests may
/// damage.
///
/// Volume `big` fills a data pack, a metadata pack and an index segment; what changes of it later,
/// and all of volume `small`, goes into mixed packs. The last snapshot of `small` is forgotten.
final class DamagedRepository {
    private static final int BIG = 1_300_000;
    private static final int SMALL = 200_000;

    final Path directory;
    final Map<String, byte[]> contents = new LinkedHashMap<>();
    final Map<String, String> volumes = new LinkedHashMap<>();

    /// Also what was forgotten.
    final List<String> everBackedUp = new ArrayList<>();

    private final Cli original;

    private DamagedRepository(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.original = new Cli(directory);
    }

    static DamagedRepository make(Path directory, long seed) throws IOException {
        DamagedRepository made = new DamagedRepository(directory);
        assertThat(made.original.run("init").exitCode()).isZero();
        made.backUp("big", BIG, seed, 0);
        made.backUp("small", SMALL, seed + 1, 0);
        made.backUp("big", BIG, seed, 1);
        made.backUp("small", SMALL, seed + 1, 1);
        String forgotten = made.backUp("small", SMALL, seed + 1, 2);
        assertThat(made.original.run("forget", forgotten).exitCode()).isZero();
        made.contents.remove(forgotten);
        return made;
    }

    private String backUp(String volume, int size, long seed, int day) throws IOException {
        byte[] content = content(size, seed, day);
        Path image = Files.write(directory.resolve(volume), content);
        Answer answer = original.run("backup", volume, image.toString(), "--quiet");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        String id = answer.out().strip();
        contents.put(id, content);
        volumes.put(id, volume);
        everBackedUp.add(id);
        return id;
    }

    /// Each day changes one block.
    static byte[] content(int size, long seed, int day) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        for (int i = 1; i <= day; i++) {
            content[i * 20_000]++;
        }
        return content;
    }

    /// What a volume holds on the day after.
    static byte[] nextDay(String volume, long seed) {
        return volume.equals("big") ? content(BIG, seed, 3) : content(SMALL, seed + 1, 3);
    }

    /// A copy with a cache as warm as the original's, which shares unchanged files with it.
    Cli copy(Path to) throws IOException {
        Cli copy = new Cli(Files.createDirectories(to));
        link(original.repository, copy.repository);
        copyTree(directory.resolve(".cache"), to.resolve(".cache"));
        return copy;
    }

    private static void link(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.createLink(target, file);
                }
            }
        }
    }

    static void copyTree(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.toList().reversed()) {
                Files.delete(file);
            }
        }
    }

    /// Objects of the repository in a directory, in the order of their names.
    static List<String> objects(Path repository, Predicate<String> which) throws IOException {
        try (Stream<Path> files = Files.walk(repository)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> repository.relativize(file).toString())
                    .filter(which)
                    .sorted()
                    .toList();
        }
    }

    Path repository() {
        return original.repository;
    }

    /// Whether the file has what the snapshot has, but for the extents that the restore listed.
    boolean holds(Path file, String id, JsonNode badExtents) throws IOException {
        return holds(file, Objects.requireNonNull(contents.get(id)), badExtents);
    }

    /// Whether the file has the content, but for the extents that the restore listed.
    static boolean holds(Path file, byte[] content, JsonNode badExtents) throws IOException {
        byte[] found = Files.readAllBytes(file);
        if (found.length != content.length) {
            return false;
        }
        boolean[] bad = new boolean[content.length];
        for (JsonNode extent : badExtents) {
            int offset = (int) extent.get("offset").asLong();
            int end = (int) Math.min(content.length, offset + extent.get("length").asLong());
            Arrays.fill(bad, offset, end, true);
        }
        for (int i = 0; i < content.length; i++) {
            if (!bad[i] && found[i] != content[i]) {
                return false;
            }
        }
        return true;
    }
}
