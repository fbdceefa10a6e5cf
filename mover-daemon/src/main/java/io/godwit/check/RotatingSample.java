package io.godwit.check;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Which packs a verification of a part reads: those that follow, in the circle of their names,
/// where the last one stopped. So runs of N % have read everything after 100/N of them, however
/// often they were interrupted.
///
/// Where the last one stopped stands in a small file below the state directory. Without it, the
/// first run begins anywhere. Any thread may say what was read.
final class RotatingSample {
    static final double ALL = 100;

    /// So many packs are read between two notes: about a gigabyte is read again after a crash.
    private static final int NOTE_EVERY = 64;

    private final Path file;
    private final List<PackId> chosen;
    private final boolean rotates;
    private final BitSet read = new BitSet();
    private int noted;
    private Optional<GodwitException> failure = Optional.empty();

    /// @param file that keeps the place; made when something was read
    /// @param sealedBytes of the packs to choose from
    /// @param percent of these bytes, above 0
    RotatingSample(
            Path file,
            NavigableMap<PackId, Long> sealedBytes,
            double percent,
            RandomGenerator random) {
        this.file = file;
        this.rotates = percent < ALL;
        this.chosen =
                rotates ? choose(sealedBytes, percent, random) : List.copyOf(sealedBytes.keySet());
    }

    private List<PackId> choose(
            NavigableMap<PackId, Long> sealedBytes, double percent, RandomGenerator random) {
        List<PackId> circle = new ArrayList<>(sealedBytes.keySet());
        int first =
                lastRead()
                        .map(last -> sealedBytes.headMap(last, true).size())
                        .orElseGet(() -> random.nextInt(Math.max(1, circle.size())));
        Collections.rotate(circle, -first);
        double wanted =
                percent / ALL * sealedBytes.values().stream().mapToLong(Long::longValue).sum();
        int count = 0;
        while (count < circle.size() && wanted > 0) {
            wanted -= sealedBytes.getOrDefault(circle.get(count++), 0L);
        }
        return List.copyOf(circle.subList(0, count));
    }

    private Optional<PackId> lastRead() {
        try {
            return Optional.of(PackId.parse(Files.readString(file).strip()));
        } catch (IOException | IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    /// Fails before anything is read where it can be seen that a place cannot be kept.
    ///
    /// @throws GodwitException `UNAVAILABLE`
    static void prepare(Path file) {
        Path directory = directory(file);
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw cannotNote(file, e);
        }
        if (!Files.isWritable(directory)) {
            throw cannotNote(file, new AccessDeniedException(directory.toString()));
        }
    }

    private static Path directory(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }

    /// In the order in which they are to be read.
    List<PackId> chosen() {
        return chosen;
    }

    /// The pack at this place of [#chosen] was read.
    synchronized void read(int place) {
        read.set(place);
        if (read.nextClearBit(0) - noted >= NOTE_EVERY) {
            note();
        }
    }

    /// Keeps the place up to which everything was read. That it cannot be kept is no reason to
    /// conceal what was found: see [#failure].
    synchronized void note() {
        int done = read.nextClearBit(0);
        if (!rotates || done == noted) {
            return;
        }
        Path next = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(directory(file));
            Files.writeString(next, chosen.get(done - 1) + "\n");
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            failure = Optional.of(cannotNote(file, e));
        }
        noted = done;
    }

    /// Why the place was not kept; the next run would read the same again.
    synchronized Optional<GodwitException> failure() {
        return failure;
    }

    private static GodwitException cannotNote(Path file, IOException reason) {
        return new GodwitException(
                        FailureKind.UNAVAILABLE,
                        "cannot note what was verified: path=%s reason=%s".formatted(file, reason),
                        reason)
                .withHint("point --state-dir to a place that can be written");
    }
}
