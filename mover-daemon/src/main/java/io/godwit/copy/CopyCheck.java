package io.godwit.copy;

import io.godwit.commit.CatalogueEntry;
import io.godwit.device.Extent;
import io.godwit.device.SourceFacts;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.ExtentCollector;
import io.godwit.pipeline.ExtentSet;
import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.WorkerCrew;
import io.godwit.repository.PackLeafLists;
import io.godwit.repository.Repository;
import io.godwit.restore.SnapshotSource;
import io.godwit.volume.Root;
import io.godwit.volume.TreeDiff;
import io.godwit.volume.VolumeTree;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Looks at a copy as the target has it, and compares it with its original.
///
/// The structure is always looked at, as far as it is new: all of it can be read, and it differs
/// from what it was built on nowhere but where the original does. Where it seems to, and at some
/// places by chance, the bytes themselves are compared; on demand, all that were copied.
final class CopyCheck {
    /// Places that are compared at random, and bytes of each: a few requests for each snapshot.
    private static final int PLACES = 4;

    private static final long PLACE_BYTES = 64 << 10;
    private static final int PART_BYTES = 1 << 20;

    private final Repository source;
    private final Repository target;
    private final MoverSettings settings;
    private final CatalogueEntry original;
    private final CatalogueEntry copy;
    private final Root originalRoot;
    private final Set<GodwitException> ofOriginal = ConcurrentHashMap.newKeySet();

    CopyCheck(
            Repository source,
            Repository target,
            MoverSettings settings,
            CatalogueEntry original,
            Root originalRoot,
            CatalogueEntry copy) {
        this.source = source;
        this.target = target;
        this.settings = settings;
        this.original = original;
        this.originalRoot = originalRoot;
        this.copy = copy;
    }

    /// @param base what the copy was built on, in the target; one hole of the same size for none
    /// @param changed where it may differ from that
    /// @param everything whether to compare all of `changed`
    /// @throws GodwitException `CORRUPT` when it is not what it should be
    void check(VolumeTree base, ExtentSet changed, boolean everything) throws InterruptedException {
        Root root = target.readRoot(copy);
        if (root.volumeBytes() != originalRoot.volumeBytes()) {
            throw different(Math.min(root.volumeBytes(), originalRoot.volumeBytes()));
        }
        ExtentSet doubtful = difference(base, root.tree()).minus(changed);
        compare(root, doubtful.union(everything ? changed : sample(changed)));
    }

    /// Whether this failure is about the original, and says nothing about the copy.
    boolean isOfOriginal(GodwitException failure) {
        return ofOriginal.contains(failure);
    }

    private ExtentSet difference(VolumeTree base, VolumeTree tree) {
        ExtentCollector extents = new ExtentCollector(SnapshotCopy.EXTENTS);
        try (PackLeafLists lists = target.newLeafLists()) {
            return target.withMetadata(
                    metadata -> {
                        new TreeDiff(metadata, lists).diff(base, tree, extents::add);
                        return extents.build();
                    });
        }
    }

    private ExtentSet sample(ExtentSet extents) {
        ExtentSet.Builder places = new ExtentSet.Builder();
        long bytes = extents.bytes();
        for (int i = 0; i < PLACES && bytes > 0; i++) {
            long left = settings.random().nextLong(bytes);
            int at = 0;
            while (left >= extents.end(at) - extents.start(at)) {
                left -= extents.end(at) - extents.start(at);
                at++;
            }
            long from = extents.start(at) + left;
            places.add(from, Math.min(PLACE_BYTES, extents.end(at) - from));
        }
        return places.build();
    }

    private void compare(Root root, ExtentSet extents) throws InterruptedException {
        try (SnapshotSource one = open(source, original, originalRoot);
                SnapshotSource other = open(target, copy, root)) {
            Parts parts = new Parts(extents, root.volumeBytes());
            new WorkerCrew(settings.threadFactory(), () -> {})
                    .run(settings.threads(), () -> compare(one, other, parts));
        }
    }

    private SnapshotSource open(Repository repository, CatalogueEntry entry, Root root) {
        return new SnapshotSource(
                repository, settings.kernel(), entry, root, SourceFacts.Kind.FILE);
    }

    private void compare(SnapshotSource one, SnapshotSource other, Parts parts)
            throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment expected = arena.allocate(PART_BYTES, 4096);
            MemorySegment found = arena.allocate(PART_BYTES, 4096);
            for (Optional<Extent> part = parts.next(); part.isPresent(); part = parts.next()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                long offset = part.get().offset();
                int length = (int) part.get().length();
                readOriginal(one, offset, expected, length);
                other.read(offset, found, 0, length);
                long mismatch = MemorySegment.mismatch(expected, 0, length, found, 0, length);
                if (mismatch >= 0) {
                    throw different(offset + mismatch);
                }
            }
        }
    }

    private void readOriginal(SnapshotSource one, long offset, MemorySegment into, int length) {
        try {
            one.read(offset, into, 0, length);
        } catch (GodwitException e) {
            ofOriginal.add(e);
            throw e;
        }
    }

    private GodwitException different(long offset) {
        return new GodwitException(
                        FailureKind.CORRUPT,
                        "copy differs from its original: source=%s target=%s offset=%d"
                                .formatted(original.snapshot(), copy.snapshot(), offset))
                .withOffset(offset);
    }

    /// Hands extents out in parts that fit the buffers. Any thread may ask.
    private static final class Parts {
        private final ExtentSet extents;
        private final long volumeBytes;
        private int next;
        private long at;

        Parts(ExtentSet extents, long volumeBytes) {
            this.extents = extents;
            this.volumeBytes = volumeBytes;
        }

        synchronized Optional<Extent> next() {
            while (next < extents.size()) {
                long from = Math.max(at, extents.start(next));
                long end = Math.min(extents.end(next), volumeBytes);
                if (from < end) {
                    at = Math.min(end, from + PART_BYTES);
                    return Optional.of(new Extent(from, at - from));
                }
                next++;
            }
            return Optional.empty();
        }
    }
}
