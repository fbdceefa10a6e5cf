package io.godwit.pipeline;

import static io.godwit.digest.LeafHasher.DIGEST_BYTES;
import static io.godwit.digest.LeafHasher.LEAF_BYTES;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.index.ChunkIndex;
import io.godwit.index.LookupBatch;
import io.godwit.index.LookupBatch.Answer;
import io.godwit.index.LookupGate;
import io.godwit.index.SessionIndex;
import io.godwit.pack.ChunkGroup;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.volume.RegionChanges;
import io.godwit.volume.RegionMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Gives every piece of one region its place: a chunk that is stored already, or a new record in
/// the worker's pack. New pieces that are neighbours in memory share a record, since bigger frames
/// compress better.
///
/// Owned by the region's worker. Pieces queue up for one batched look-up; [#flush] must be called
/// before the memory they lie in is given back.
final class PieceSealer implements RunCutter.Sink {
    /// Plain bytes that one record may hold: four of the largest pieces. Twice as much gains no
    /// measurable space and makes a single chunk dearer to read back.
    static final int RECORD_BYTES = 256 << 10;

    private static final int QUEUE = 64;

    private final ChunkHasher hasher;
    private final ChunkIndex stored;
    private final SessionIndex session;
    private final WorkerPacks packs;
    private final Predicate<PackId> own;
    private final MemorySegment digests;
    private final RunCounters counters;
    private final LookupBatch batch = new LookupBatch(QUEUE);
    private final int[] from = new int[QUEUE];
    private final int[] bytes = new int[QUEUE];
    private final long[] at = new long[QUEUE];
    private final long[] digestsAt = new long[QUEUE];

    private final ChunkGroup group = new ChunkGroup();
    private final List<ChunkRef> places = new ArrayList<>();

    /// The digests of a group one after the other, wherever its pieces lie in the region.
    private MemorySegment groupDigests =
            Arena.ofAuto().allocate(ChunkHasher.digestsBytes(RECORD_BYTES) + LEAF_BYTES);

    private MemorySegment data = MemorySegment.NULL;
    private long regionStartAt;
    private long digestsUsed;
    private long changedBytes;
    private RegionMap map = new RegionMap();
    private final RegionChanges changes = new RegionChanges();
    private Set<PackId> foreign = Set.of();

    /// @param own tells the packs of this session and of those it adopted
    /// @param digests of the region's leaves, 32 bytes each; off the leaf grain, room for those of
    ///     its pieces
    PieceSealer(
            ChunkHasher hasher,
            ChunkIndex stored,
            SessionIndex session,
            WorkerPacks packs,
            Predicate<PackId> own,
            MemorySegment digests,
            RunCounters counters) {
        this.hasher = hasher;
        this.stored = stored;
        this.session = session;
        this.packs = packs;
        this.own = own;
        this.digests = digests;
        this.counters = counters;
    }

    /// Starts a region.
    ///
    /// @param newMap whose chunk slots the changes name
    /// @param newForeign gathers the packs of others that new references name
    void begin(RegionMap newMap, Set<PackId> newForeign) {
        map = newMap;
        foreign = newForeign;
        changes.clear();
        batch.clear();
        digestsUsed = 0;
        changedBytes = 0;
    }

    /// Starts another pass over the same region.
    void restart() {
        changes.clear();
        digestsUsed = 0;
    }

    /// Bytes of pieces and holes that the map did not have as they are, complete after [#flush]:
    /// what there is to say about changes where leaves are not compared.
    long changedBytes() {
        return changedBytes;
    }

    /// What has changed in the region, complete after [#flush].
    RegionChanges changes() {
        return changes;
    }

    /// Says where the next pieces' bytes are: byte `position` of the region at `newData[offset]`.
    void place(MemorySegment newData, long offset, int position) {
        data = newData;
        regionStartAt = offset - position;
    }

    @Override
    public void hole(int position, int length) {
        int extent = map.find(position / map.grain());
        boolean already =
                map.slot(extent) == RegionMap.HOLE
                        && map.startBytes(extent) + map.lengthBytes(extent) >= position + length;
        if (already) {
            return;
        }
        changes.addHole(position / map.grain(), units(length));
        for (int i = extent; i < map.extentCount() && map.startBytes(i) < position + length; i++) {
            if (map.slot(i) != RegionMap.HOLE) {
                int start = Math.max(position, map.startBytes(i));
                int end = Math.min(position + length, map.startBytes(i) + map.lengthBytes(i));
                changedBytes += end - start;
            }
        }
    }

    @Override
    public void piece(int position, int length) {
        int i = batch.size();
        from[i] = position;
        bytes[i] = length;
        at[i] = regionStartAt + position;
        batch.add(id(i));
        if (batch.isFull()) {
            flush();
        }
    }

    /// On the leaf grain the digests are there already; else the piece's own leaves are hashed now.
    private ChunkId id(int i) {
        if (map.grain() == LEAF_BYTES) {
            digestsAt[i] = (long) (from[i] / LEAF_BYTES) * DIGEST_BYTES;
            return hasher.id(ChunkType.DATA, bytes[i], digests, digestsAt[i]);
        }
        digestsAt[i] = digestsUsed;
        digestsUsed += ChunkHasher.digestsBytes(bytes[i]);
        return hasher.hash(ChunkType.DATA, data, at[i], bytes[i], digests, digestsAt[i]);
    }

    /// Looks up what is queued, stores what is new, and notes the places.
    void flush() {
        int count = batch.size();
        if (count == 0) {
            return;
        }
        try (LookupGate.Use _ = stored.use()) {
            stored.find(batch);
            session.findOrClaim(batch);
            for (int i = 0; i < count; i++) {
                if (batch.answer(i) == Answer.FOUND) {
                    reuse(i, batch.ref(i));
                }
            }
        }
        int i = 0;
        while (i < count) {
            i = batch.answer(i) == Answer.CLAIMED ? store(i, count) : i + 1;
        }
        for (int j = 0; j < count; j++) {
            if (batch.answer(j) == Answer.PENDING) {
                await(j);
            }
        }
        counters.chunks.add(count);
        batch.clear();
    }

    private void reuse(int i, ChunkRef ref) {
        PackId pack = ref.record().pack();
        if (!own.test(pack)) {
            foreign.add(pack);
        }
        note(i, ref);
    }

    private void note(int i, ChunkRef ref) {
        if (map.grain() != LEAF_BYTES && !hasInPlace(i)) {
            changedBytes += bytes[i];
        }
        changes.add(from[i] / map.grain(), units(bytes[i]), map.addChunk(ref), 0);
    }

    private boolean hasInPlace(int i) {
        int extent = map.find(from[i] / map.grain());
        int slot = map.slot(extent);
        return slot != RegionMap.HOLE
                && map.startBytes(extent) == from[i]
                && map.lengthBytes(extent) == bytes[i]
                && map.skip(extent) == 0
                && map.chunks().id(slot).equals(batch.id(i));
    }

    private int units(int length) {
        return (length + map.grain() - 1) / map.grain();
    }

    /// Another worker was storing the chunk; if it gave up, it is ours to store.
    private void await(int i) {
        ChunkRef ref = session.awaitPlaced(batch.id(i));
        if (ref == null) {
            store(i, i + 1);
        } else {
            note(i, ref);
        }
    }

    /// Stores piece `first` and the new neighbours that fit into its record; returns the first one
    /// left.
    private int store(int first, int count) {
        int end = first;
        group.clear();
        long digestsEnd = 0;
        do {
            long length = ChunkHasher.digestsBytes(bytes[end]);
            if (digestsEnd + length > groupDigests.byteSize()) {
                groupDigests = Arena.ofAuto().allocate(digestsEnd + length);
            }
            MemorySegment.copy(digests, digestsAt[end], groupDigests, digestsEnd, length);
            digestsEnd += length;
            group.add(batch.id(end), bytes[end]);
            end++;
        } while (end < count
                && batch.answer(end) == Answer.CLAIMED
                && at[end] == at[end - 1] + bytes[end - 1]
                && group.plainLength() + bytes[end] <= RECORD_BYTES);
        places.clear();
        packs.append(group, data, at[first], groupDigests, places);
        session.placed(places);
        for (int i = first; i < end; i++) {
            note(i, places.get(i - first));
        }
        counters.newChunks.add(end - first);
        counters.progress.newBytes.add(group.plainLength());
        return end;
    }
}
