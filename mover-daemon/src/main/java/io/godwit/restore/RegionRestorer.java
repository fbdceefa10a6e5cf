package io.godwit.restore;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackKeysCache;
import io.godwit.pack.PackNames;
import io.godwit.pack.RecordOpener;
import io.godwit.pack.RecordRef;
import io.godwit.repository.Repository;
import io.godwit.seal.PackKeys;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.ChunkTable;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Relocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Fetches, opens, checks and writes one region after the other.
///
/// Records are fetched in the order in which they stand in packs, neighbours with one request;
/// every chunk is hashed against its id before a byte of it is written; writes that continue each
/// other are joined. What cannot be read in its place is looked for in others; what stands nowhere
/// does not stop the rest: its extents are noted. Owned by one worker thread.
final class RegionRestorer implements AutoCloseable {
    /// One request fetches at most this much; larger ones gain nothing on disks or object storage.
    private static final int FETCH_BYTES = 4 << 20;

    /// What is fetched begins and ends at multiples of this: a store that is a disk then reads
    /// without a copy.
    private static final int ALIGNMENT = 4096;

    /// Bytes fetched in vain are cheaper than another request, up to about this many.
    private static final int GAP_BYTES = 128 << 10;

    /// Decompressed bytes that wait for being written together.
    private static final int PLAIN_BYTES = 4 << 20;

    private final Store store;
    private final PackKeysCache keys;
    private final Function<ChunkRef, List<ChunkRef>> elsewhere;
    private final ChunkHasher hasher;
    private final RestoreCounters counters;
    private final Relocation relocation;
    private final RecordOpener opener = new RecordOpener();
    private final RecordOrder order = new RecordOrder();
    private MemorySegment fetched = Arena.ofAuto().allocate(FETCH_BYTES + 2 * ALIGNMENT, ALIGNMENT);
    private MemorySegment plain = Arena.ofAuto().allocate(PLAIN_BYTES, ALIGNMENT);
    private MemorySegment digests =
            Arena.ofAuto().allocate(ChunkHasher.digestsBytes(PLAIN_BYTES) + 64);

    private RegionMap map = new RegionMap();
    private final TargetWindow window;
    private long regionOffset;
    private @Nullable BitSet wanted;

    private int plainUsed;
    private long joinedOffset;
    private int joinedAt;
    private int joinedLength;
    private int provenSlot;

    /// Extents that could not be read, and may stand elsewhere.
    private final List<Missed> missed = new ArrayList<>();

    /// Other places of chunks that could not be read: those that were not tried yet.
    private final Map<ChunkId, Deque<ChunkRef>> untried = new HashMap<>();

    /// An extent of the region, in units of its map.
    private record Missed(ChunkId chunk, int start, int length, int skip) {}

    RegionRestorer(
            Repository repository,
            ChunkHasher hasher,
            TargetWindow window,
            RestoreCounters counters) {
        this.store = repository.store();
        this.keys = repository.packKeys();
        this.relocation = repository.relocation();
        this.elsewhere = repository::elsewhere;
        this.hasher = hasher;
        this.window = window;
        this.counters = counters;
    }

    /// Restores the data of a region; holes are the caller's.
    ///
    /// @param units of the map that are wanted, null for all
    void restore(RegionMap regionMap, long offset, @Nullable BitSet units) {
        regionOffset = offset;
        wanted = units;
        untried.clear();
        restoreFrom(regionMap);
        while (!missed.isEmpty()) {
            restoreFrom(elsewhere(regionMap));
        }
    }

    /// The extents that were missed, in the next places of their chunks.
    private RegionMap elsewhere(RegionMap regionMap) {
        RegionMap others = new RegionMap();
        others.clear(regionMap.regionLength(), regionMap.grain());
        Map<ChunkId, Integer> slots = new HashMap<>();
        for (Missed each : missed) {
            int slot =
                    slots.computeIfAbsent(
                            each.chunk(),
                            id -> others.addChunk(required(untried.get(id)).removeFirst()));
            others.overlay(each.start(), each.length(), slot, each.skip());
        }
        missed.clear();
        return others;
    }

    private static Deque<ChunkRef> required(@Nullable Deque<ChunkRef> places) {
        return Objects.requireNonNull(places);
    }

    private void restoreFrom(RegionMap places) {
        map = places;
        map.relocate(relocation);
        order.clear();
        for (int extent = 0; extent < map.extentCount(); extent++) {
            if (map.slot(extent) != RegionMap.HOLE && isWanted(extent)) {
                order.add(map, extent);
            }
        }
        order.sort();
        for (int first = 0; first < order.count(); ) {
            first = fetch(first);
        }
        writeJoined();
        plainUsed = 0;
    }

    private boolean isWanted(int extent) {
        long start = regionOffset + map.startBytes(extent);
        boolean inWindow = start < window.to() && start + map.lengthBytes(extent) > window.from();
        if (!inWindow || wanted == null) {
            return inWindow;
        }
        int next = wanted.nextSetBit(map.start(extent));
        return next >= 0 && next < map.start(extent) + map.length(extent);
    }

    /// Fetches the record of entry `first` and those behind it that are near; returns the first
    /// entry left.
    private int fetch(int first) {
        ChunkTable chunks = map.chunks();
        int slot = map.slot(order.extent(first));
        int pack = chunks.packOf(slot);
        int from = chunks.offset(slot);
        int to = endOf(slot);
        int behind = first + 1;
        for (; behind < order.count(); behind++) {
            int next = map.slot(order.extent(behind));
            boolean near =
                    chunks.packOf(next) == pack
                            && chunks.offset(next) - to <= GAP_BYTES
                            && endOf(next) - from <= FETCH_BYTES;
            if (!near) {
                break;
            }
            to = Math.max(to, endOf(next));
        }
        try {
            PackKeys packKeys = keys.keys(chunks.pack(pack), chunks.isMetadata(pack));
            int start = from & -ALIGNMENT;
            int end = to + ALIGNMENT - 1 & -ALIGNMENT;
            int length = read(chunks.ref(slot).record(), start, end - start);
            openAll(packKeys, first, behind, start, length);
        } catch (GodwitException e) {
            if (isMoved(e, first)) {
                return reorder(first);
            }
            int alone = endOfRecord(first, behind);
            if (alone < behind && e.kind() == FailureKind.CORRUPT) {
                return fetchAlone(first, alone);
            }
            giveUp(e, first, behind);
        }
        return behind;
    }

    /// Whether the pack of an entry is gone because it was repacked; then the map says where its
    /// chunks lie now.
    private boolean isMoved(GodwitException e, int entry) {
        if (e.kind() != FailureKind.NOT_FOUND) {
            return false;
        }
        ChunkTable chunks = map.chunks();
        PackId missing = chunks.pack(chunks.packOf(map.slot(order.extent(entry))));
        return relocation.learn(missing) && map.relocate(relocation);
    }

    /// Orders the entries from `first` on anew, and returns the first of them.
    private int reorder(int first) {
        int[] left = new int[order.count() - first];
        for (int i = 0; i < left.length; i++) {
            left[i] = order.extent(first + i);
        }
        order.clear();
        for (int extent : left) {
            order.add(map, extent);
        }
        order.sort();
        return 0;
    }

    /// The records of a request that failed as a whole are asked for one by one: one bad sector is
    /// one record's.
    private int fetchAlone(int first, int behind) {
        int slot = map.slot(order.extent(first));
        RecordRef record = map.chunks().ref(slot).record();
        try {
            PackKeys packKeys = keys.keys(record.pack(), record.metadata());
            int length = read(record, record.offset(), RecordOpener.storedLength(record));
            openAll(packKeys, first, behind, record.offset(), length);
        } catch (GodwitException e) {
            giveUp(e, first, behind);
        }
        return behind;
    }

    private int endOfRecord(int first, int limit) {
        int end = first + 1;
        while (end < limit && order.sameRecord(first, end)) {
            end++;
        }
        return end;
    }

    private int endOf(int slot) {
        return map.chunks().offset(slot)
                + RecordOpener.storedLength(map.chunks().ref(slot).record());
    }

    private int read(RecordRef record, int from, int length) {
        if (fetched.byteSize() < length) {
            fetched = Arena.ofAuto().allocate(length, ALIGNMENT);
        }
        ObjectKey name = PackNames.key(record.pack(), record.metadata());
        long read = store.read(name, from, fetched.asSlice(0, length));
        if (read < 0) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such pack: object=" + name)
                    .withObject(name.value());
        }
        counters.fetchedBytes.add(read);
        return (int) read;
    }

    /// Notes extents that cannot be had, unless the failure is one that a later try may cure.
    private void giveUp(GodwitException e, int first, int behind) {
        switch (e.kind()) {
            case CORRUPT, NOT_FOUND, PARTIAL -> {
                for (int i = first; i < behind; i++) {
                    miss(order.extent(i), String.valueOf(e.getMessage()));
                }
            }
            case INVALID, FENCED, DENIED, UNAVAILABLE, INDETERMINATE, INTERRUPTED, INTERNAL ->
                    throw e;
        }
    }

    private void miss(int extent, String reason) {
        int slot = map.slot(extent);
        ChunkRef chunk = map.chunks().ref(slot);
        Deque<ChunkRef> places =
                untried.computeIfAbsent(chunk.id(), _ -> new ArrayDeque<>(elsewhere.apply(chunk)));
        if (places.isEmpty()) {
            forEachWanted(extent, (offset, _, length) -> window.bad(offset, length, reason));
        } else {
            missed.add(
                    new Missed(
                            chunk.id(), map.start(extent), map.length(extent), map.skip(extent)));
        }
    }

    private void openAll(PackKeys packKeys, int first, int behind, int from, int length) {
        MemorySegment source = fetched.asSlice(0, length);
        int entry = first;
        while (entry < behind) {
            int end = endOfRecord(entry, behind);
            try {
                openRecord(packKeys, entry, end, source, from);
            } catch (GodwitException e) {
                giveUp(e, entry, end);
            }
            entry = end;
        }
    }

    private void openRecord(PackKeys packKeys, int entry, int end, MemorySegment source, int from) {
        ChunkRef ref = map.chunks().ref(map.slot(order.extent(entry)));
        RecordRef record = ref.record();
        int at = roomFor(record.plainLength());
        ChunkId id = ref.alone() ? ref.id() : ChunkId.NONE;
        opener.open(packKeys, record, id, source, record.offset() - from, plain, at);
        plainUsed = at + record.plainLength();
        provenSlot = -1;
        for (int i = entry; i < end; i++) {
            int extent = order.extent(i);
            try {
                prove(map.slot(extent), at);
                write(extent, at);
            } catch (GodwitException e) {
                giveUp(e, i, i + 1);
            }
        }
    }

    /// Where in the plain buffer so many bytes fit; what waits there is written when they would
    /// not.
    private int roomFor(int length) {
        if (plainUsed + length > plain.byteSize()) {
            writeJoined();
            plainUsed = 0;
            if (length > plain.byteSize()) {
                plain = Arena.ofAuto().allocate(length, ALIGNMENT);
                digests = Arena.ofAuto().allocate(ChunkHasher.digestsBytes(length) + 64);
            }
        }
        return plainUsed;
    }

    private void prove(int slot, int recordAt) {
        if (slot == provenSlot) {
            return;
        }
        ChunkTable chunks = map.chunks();
        int length = chunks.length(slot);
        int at = recordAt + chunks.plainOffset(slot);
        ChunkId found = hasher.hash(ChunkType.DATA, plain, at, length, digests, 0);
        if (!found.equals(chunks.id(slot))) {
            ChunkRef ref = chunks.ref(slot);
            throw new GodwitException(
                            FailureKind.CORRUPT,
                            "chunk is not what was stored: pack=%s offset=%d expected=%s found=%s"
                                    .formatted(
                                            ref.record().pack(),
                                            ref.record().offset(),
                                            ref.id(),
                                            found))
                    .withOffset(ref.record().offset());
        }
        provenSlot = slot;
    }

    private void write(int extent, int recordAt) {
        int slot = map.slot(extent);
        int source = recordAt + map.chunks().plainOffset(slot) + map.skip(extent) * map.grain();
        forEachWanted(extent, (offset, skipped, length) -> join(offset, source + skipped, length));
    }

    /// A part of an extent.
    private interface PartVisitor {
        /// @param offset in the volume
        /// @param skipped bytes of the extent before the part
        void part(long offset, int skipped, int length);
    }

    private void forEachWanted(int extent, PartVisitor visitor) {
        int start = map.startBytes(extent);
        int length = map.lengthBytes(extent);
        BitSet units = wanted;
        if (units == null) {
            visitor.part(regionOffset + start, 0, length);
            return;
        }
        int grain = map.grain();
        int last = map.start(extent) + map.length(extent);
        int from = units.nextSetBit(map.start(extent));
        while (from >= 0 && from < last) {
            int to = Math.min(units.nextClearBit(from), last);
            int skipped = from * grain - start;
            int end = Math.min(to * grain - start, length);
            visitor.part(regionOffset + start + skipped, skipped, end - skipped);
            from = units.nextSetBit(to);
        }
    }

    private void join(long offset, int at, int length) {
        boolean continues =
                joinedLength > 0
                        && offset == joinedOffset + joinedLength
                        && at == joinedAt + joinedLength;
        if (continues) {
            joinedLength += length;
            return;
        }
        writeJoined();
        joinedOffset = offset;
        joinedAt = at;
        joinedLength = length;
    }

    private void writeJoined() {
        if (joinedLength > 0) {
            window.write(joinedOffset, plain, joinedAt, joinedLength);
            joinedLength = 0;
        }
    }

    @Override
    public void close() {
        opener.close();
    }
}
