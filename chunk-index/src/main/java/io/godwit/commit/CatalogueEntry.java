package io.godwit.commit;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.SessionId;
import io.godwit.volume.VolumeName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// One committed snapshot as the catalogue knows it: what a COMMIT is made of, what `snap/` holds,
/// and enough to start a restore without anything else.
///
/// @param time of the snapshot, whole milliseconds between 1970 and 9999; the constructor cuts off
///     the rest
/// @param root where the snapshot's root stands
/// @param retainUntil before which nobody deletes it
/// @param tags sorted by key, at most 16 KiB of text in all
/// @param changedBytes blocks that differ from the parent
/// @param storedBytes everything the run wrote to the store
/// @param changeId what the source calls this state, for the next delta
/// @param chunker in its canonical text
/// @param session who committed it
/// @param siblings how many entries that session's COMMIT holds, itself included
/// @param extensions what a newer program added
public record CatalogueEntry(
        SnapshotId snapshot,
        VolumeName volume,
        Instant time,
        long sizeBytes,
        ChunkRef root,
        Lineage lineage,
        Optional<Instant> retainUntil,
        SortedMap<String, String> tags,
        long changedBytes,
        long storedBytes,
        Optional<String> changeId,
        String chunker,
        SessionId session,
        Optional<RestorePoint> restorePoint,
        int siblings,
        Extensions extensions) {
    public static final int TAG_BYTES_MAX = 16 << 10;
    public static final int SIBLINGS_MAX = 4096;
    static final int CHANGE_ID_BYTES_MAX = 4096;
    static final int CHUNKER_BYTES_MAX = 64;
    static final Instant TIME_MAX = Instant.parse("9999-12-31T23:59:59.999Z");

    public CatalogueEntry {
        time = wholeMillis(time);
        retainUntil = retainUntil.map(CatalogueEntry::wholeMillis);
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        if (sizeBytes < 0 || changedBytes < 0 || storedBytes < 0) {
            throw new IllegalArgumentException(
                    "negative size: size=%d changed=%d stored=%d"
                            .formatted(sizeBytes, changedBytes, storedBytes));
        }
        if (siblings < 1 || siblings > SIBLINGS_MAX) {
            throw new IllegalArgumentException("siblings out of range: " + siblings);
        }
        if (tagBytes(tags) > TAG_BYTES_MAX) {
            throw new IllegalArgumentException("tags too long: limit=" + TAG_BYTES_MAX);
        }
        if (changeId.isPresent() && bytes(changeId.get()) > CHANGE_ID_BYTES_MAX) {
            throw new IllegalArgumentException("change id too long: limit=" + CHANGE_ID_BYTES_MAX);
        }
        if (chunker.isEmpty() || bytes(chunker) > CHUNKER_BYTES_MAX) {
            throw new IllegalArgumentException("not a chunker: " + chunker);
        }
    }

    private static Instant wholeMillis(Instant time) {
        if (time.isBefore(Instant.EPOCH) || time.isAfter(TIME_MAX.plusMillis(1).minusNanos(1))) {
            throw new IllegalArgumentException("time out of range: " + time);
        }
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    private static long tagBytes(Map<String, String> tags) {
        long total = 0;
        for (Map.Entry<String, String> tag : tags.entrySet()) {
            total += bytes(tag.getKey()) + (long) bytes(tag.getValue());
        }
        return total;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    public Optional<SnapshotId> parent() {
        return lineage.parent();
    }

    public long counter() {
        return lineage.counter();
    }

    CatalogueEntry withSiblings(int count) {
        return new CatalogueEntry(
                snapshot,
                volume,
                time,
                sizeBytes,
                root,
                lineage,
                retainUntil,
                tags,
                changedBytes,
                storedBytes,
                changeId,
                chunker,
                session,
                restorePoint,
                count,
                extensions);
    }
}
