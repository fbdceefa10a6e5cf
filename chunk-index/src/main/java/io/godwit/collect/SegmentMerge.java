package io.godwit.collect;

import io.godwit.chunk.ChunkId;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.IndexShards;
import io.godwit.commit.RepositoryAccess;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.index.SegmentFormat;
import io.godwit.index.SegmentReader;
import io.godwit.index.SegmentWriter;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Makes few index segments of many small ones, without the rows of packs that are gone. Used once,
/// by one thread.
///
/// A merged one, a shard, is a segment like any other: it says all about the packs that it names.
/// So nothing says which ones count; all do, and one that stands beside what it was made of,
/// because its maker died, says the same twice. It is stored before they are deleted.
final class SegmentMerge {
    /// So many small segments are made one: fewer are no burden for a node that reads them all.
    static final int TOGETHER = 64;

    /// Of one round at most; the rest waits for the next one.
    private static final int AT_ONCE = 4096;

    /// What is longer is left as it is. A sixteenth of the longest, so that each row is copied
    /// about twice in its life.
    private static final long SMALL_BYTES = SegmentFormat.MAX_BYTES / 16;

    /// Long shards are looked through for rows of dead packs every so many rounds: all of them are
    /// fetched for that.
    private static final int LOOK_THROUGH = 16;

    private final RepositoryAccess access;
    private final SegmentListing listing;
    private final IndexShards shards;
    private final Set<PackId> living;
    private final int together;
    private final Map<ChunkId, ChunkRef> rows = new HashMap<>();
    private final List<ObjectKey> merged = new ArrayList<>();
    private int deleted;

    /// @param living the packs that stand, listed after the segments
    SegmentMerge(
            RepositoryAccess access,
            SegmentListing listing,
            long round,
            Set<PackId> living,
            int together) {
        this.access = access;
        this.listing = listing;
        this.shards = new IndexShards(access, round);
        this.living = living;
        this.together = together;
    }

    /// Merges what is small and of sessions that have ended; returns how many segments went.
    int merge(long round, long floor) {
        List<ObjectKey> sources = sources(round, floor);
        if (sources.size() < together) {
            return 0;
        }
        try (SegmentWriter writer = new SegmentWriter()) {
            for (ObjectKey source : sources.subList(0, Math.min(AT_ONCE, sources.size()))) {
                read(source).ifPresent(found -> take(source, found, writer));
            }
            put(writer);
        }
        return deleted;
    }

    private List<ObjectKey> sources(long round, long floor) {
        List<ObjectKey> sources = new ArrayList<>();
        for (Store.Listed segment : listing.segments()) {
            Optional<SessionId> owner = CommitKeys.indexSegmentOwner(segment.key());
            if (owner.isPresent()
                    && owner.get().plan() < floor
                    && segment.length() <= SMALL_BYTES) {
                sources.add(segment.key());
            }
        }
        for (Store.Listed shard : listing.shards()) {
            if (shard.length() <= SMALL_BYTES
                    || (round % LOOK_THROUGH == 0 && isWorn(shard.key()))) {
                sources.add(shard.key());
            }
        }
        return sources;
    }

    private boolean isWorn(ObjectKey shard) {
        return read(shard)
                .filter(
                        found ->
                                2 * found.packs().stream().filter(living::contains).count()
                                        <= found.packs().size())
                .isPresent();
    }

    /// Empty when it has gone, or cannot be read: then it stays.
    private Optional<SegmentReader> read(ObjectKey key) {
        try {
            return access.store()
                    .get(key, SegmentFormat.MAX_OBJECT_BYTES)
                    .map(object -> access.sealing().open(ObjectKind.INDEX_SEGMENT, key, object))
                    .map(plain -> new SegmentReader(key.value(), plain));
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void take(ObjectKey source, SegmentReader segment, SegmentWriter writer) {
        List<ChunkRef> found = new ArrayList<>();
        try {
            while (segment.next()) {
                ChunkRef row = segment.ref();
                if (living.contains(row.record().pack())) {
                    found.add(row);
                }
            }
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return;
        }
        if (!writer.hasRoomFor(found.size())) {
            put(writer);
        }
        // A chunk that stands in two packs: one segment cannot say so.
        boolean contradicts =
                found.stream().anyMatch(row -> !rows.getOrDefault(row.id(), row).equals(row));
        if (contradicts) {
            return;
        }
        for (ChunkRef row : found) {
            if (rows.put(row.id(), row) == null) {
                writer.add(row);
            }
        }
        merged.add(source);
    }

    private void put(SegmentWriter writer) {
        if (!writer.isEmpty()) {
            ObjectKey _ = shards.put(writer.finish());
        }
        rows.clear();
        access.fanOut()
                .map(
                        List.copyOf(merged),
                        key -> {
                            access.store().delete(key);
                            return key;
                        });
        deleted += merged.size();
        merged.clear();
    }
}
