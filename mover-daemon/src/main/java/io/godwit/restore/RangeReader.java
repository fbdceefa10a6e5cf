package io.godwit.restore;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.digest.Kernel;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackKeysCache;
import io.godwit.pack.PackNames;
import io.godwit.pack.RecordOpener;
import io.godwit.pack.RecordRef;
import io.godwit.repository.Repository;
import io.godwit.restore.RecordCache.Opened;
import io.godwit.seal.PackKeys;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.RegionMap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Reads ranges of a snapshot into memory, whatever records they lie in.
///
/// Records are fetched in the order in which they stand in packs, neighbours with one request, and
/// shared with other readers; every chunk is hashed against its id before a byte of it is used. For
/// one thread at a time.
final class RangeReader implements AutoCloseable {
    /// A tile's records, and those that begin before it or end behind it.
    private static final int FETCH_BYTES = 2 << 20;

    /// What is fetched begins and ends at multiples of this: a store that is a disk then reads
    /// without a copy.
    private static final int ALIGNMENT = 4096;

    /// Bytes fetched in vain are cheaper than another request, up to about this many.
    private static final int GAP_BYTES = 128 << 10;

    private final Store store;
    private final PackKeysCache keys;
    private final ChunkHasher hasher;
    private final RecordCache records;
    private final Function<ChunkRef, List<ChunkRef>> elsewhere;
    private final RecordOpener opener = new RecordOpener();
    private final RecordOrder order = new RecordOrder();
    private MemorySegment fetched = Arena.ofAuto().allocate(FETCH_BYTES + 2 * ALIGNMENT, ALIGNMENT);
    private MemorySegment digests = Arena.ofAuto().allocate(ChunkHasher.digestsBytes(FETCH_BYTES));

    private RegionMap map = new RegionMap();
    private MemorySegment target = MemorySegment.NULL;
    private long targetAt;
    private int from;
    private int to;

    RangeReader(Repository repository, Kernel kernel, RecordCache records) {
        this.store = repository.store();
        this.keys = repository.packKeys();
        this.elsewhere = repository::elsewhere;
        this.hasher = repository.newHasher(kernel);
        this.records = records;
    }

    /// Reads bytes `[start, end)` of a region to `into[at]`; holes are left as they are.
    ///
    /// @throws GodwitException `CORRUPT` when it is not what was stored, `NOT_FOUND` when a pack is
    ///     gone
    void read(RegionMap regionMap, int start, int end, MemorySegment into, long at)
            throws InterruptedException {
        try {
            readInPlace(regionMap, start, end, into, at);
        } catch (GodwitException e) {
            requireLoss(e);
            readApart(regionMap, start, end, into, at);
        }
    }

    /// Extent by extent, those that cannot be read in their places from others.
    private void readApart(RegionMap regionMap, int start, int end, MemorySegment into, long at)
            throws InterruptedException {
        int extents = regionMap.extentCount();
        for (int extent = regionMap.find(start / regionMap.grain());
                extent < extents && regionMap.startBytes(extent) < end;
                extent++) {
            int extentAt = regionMap.startBytes(extent);
            int first = Math.max(start, extentAt);
            int behind = Math.min(end, extentAt + regionMap.lengthBytes(extent));
            if (regionMap.slot(extent) != RegionMap.HOLE) {
                readExtent(regionMap, extent, first, behind, into, at + first - start);
            }
        }
    }

    private void readExtent(
            RegionMap regionMap, int extent, int start, int end, MemorySegment into, long at)
            throws InterruptedException {
        try {
            readInPlace(regionMap, start, end, into, at);
            return;
        } catch (GodwitException e) {
            requireLoss(e);
            for (ChunkRef place : elsewhere.apply(regionMap.chunks().ref(regionMap.slot(extent)))) {
                if (readFrom(place, regionMap, extent, start, end, into, at)) {
                    return;
                }
            }
            throw e;
        }
    }

    private boolean readFrom(
            ChunkRef place,
            RegionMap regionMap,
            int extent,
            int start,
            int end,
            MemorySegment into,
            long at)
            throws InterruptedException {
        RegionMap other = new RegionMap();
        other.copyFrom(regionMap);
        other.overlay(
                regionMap.start(extent),
                regionMap.length(extent),
                other.addChunk(place),
                regionMap.skip(extent));
        try {
            readInPlace(other, start, end, into, at);
            return true;
        } catch (GodwitException e) {
            requireLoss(e);
            return false;
        }
    }

    private static void requireLoss(GodwitException e) {
        if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.NOT_FOUND) {
            throw e;
        }
    }

    private void readInPlace(RegionMap regionMap, int start, int end, MemorySegment into, long at)
            throws InterruptedException {
        map = regionMap;
        from = start;
        to = end;
        target = into;
        targetAt = at;
        order.clear();
        int extents = map.extentCount();
        for (int extent = map.find(from / map.grain());
                extent < extents && map.startBytes(extent) < to;
                extent++) {
            if (map.slot(extent) != RegionMap.HOLE) {
                order.add(map, extent);
            }
        }
        order.sort();
        for (int first = 0; first < order.count(); ) {
            first = deliver(first);
        }
    }

    /// Delivers what lies in the record of entry `first`, and in those behind it that are fetched
    /// with it; returns the first entry left.
    private int deliver(int first) throws InterruptedException {
        RecordRef record = record(first);
        Opened opened = records.find(record);
        if (opened == null) {
            opened = records.claim(record);
        }
        if (opened == null) {
            // Somebody else was quicker: look again.
            return first;
        }
        if (opened.isFilled()) {
            return use(opened, first);
        }
        return fetch(opened, first);
    }

    private int use(Opened opened, int first) {
        try {
            int end = endOfRecord(first);
            for (int entry = first; entry < end; entry++) {
                copy(opened, order.extent(entry));
            }
            return end;
        } finally {
            records.release(opened);
        }
    }

    private int fetch(Opened claimed, int first) {
        List<Opened> run = new ArrayList<>(List.of(claimed));
        try {
            int behind = addNear(run, endOfRecord(first));
            RecordRef start = run.getFirst().record();
            RecordRef last = run.getLast().record();
            int begin = start.offset() & -ALIGNMENT;
            int end = last.offset() + RecordOpener.storedLength(last) + ALIGNMENT - 1 & -ALIGNMENT;
            MemorySegment bytes = fetch(start, begin, end - begin);
            PackKeys packKeys = keys.keys(start.pack(), start.metadata());
            int entry = first;
            for (Opened opened : List.copyOf(run)) {
                ChunkRef chunk = map.chunks().ref(map.slot(order.extent(entry)));
                open(packKeys, chunk, bytes, begin, opened);
                run.remove(opened);
                entry = use(opened, entry);
            }
            return behind;
        } finally {
            run.forEach(records::release);
        }
    }

    /// Claims the records from an entry on that one request brings too; returns the first entry
    /// that is not in them.
    private int addNear(List<Opened> run, int entry) {
        RecordRef start = run.getFirst().record();
        int behind = entry;
        while (behind < order.count()) {
            RecordRef last = run.getLast().record();
            RecordRef next = record(behind);
            int end = last.offset() + RecordOpener.storedLength(last);
            boolean near =
                    next.pack().equals(start.pack())
                            && next.offset() - end <= GAP_BYTES
                            && next.offset() + RecordOpener.storedLength(next) - start.offset()
                                    <= FETCH_BYTES;
            Opened claimed = near ? records.claim(next) : null;
            if (claimed == null) {
                break;
            }
            run.add(claimed);
            behind = endOfRecord(behind);
        }
        return behind;
    }

    private void open(
            PackKeys packKeys, ChunkRef chunk, MemorySegment bytes, int begin, Opened opened) {
        RecordRef record = opened.record();
        ChunkId id = chunk.alone() ? chunk.id() : ChunkId.NONE;
        opener.open(packKeys, record, id, bytes, record.offset() - begin, opened.plain, 0);
        records.filled(opened);
    }

    private MemorySegment fetch(RecordRef record, int begin, int length) {
        if (fetched.byteSize() < length) {
            fetched = Arena.ofAuto().allocate(length, ALIGNMENT);
        }
        ObjectKey name = PackNames.key(record.pack(), record.metadata());
        long read = store.read(name, begin, fetched.asSlice(0, length));
        if (read < 0) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such pack: object=" + name)
                    .withObject(name.value());
        }
        return fetched.asSlice(0, read);
    }

    /// Copies what of an extent lies in the range.
    private void copy(Opened opened, int extent) {
        int slot = map.slot(extent);
        int chunkAt = map.chunks().plainOffset(slot);
        if (!opened.isProven(chunkAt)) {
            prove(opened, map.chunks().ref(slot));
        }
        int extentAt = map.startBytes(extent);
        int start = Math.max(extentAt, from);
        int end = Math.min(extentAt + map.lengthBytes(extent), to);
        long at = chunkAt + (long) map.skip(extent) * map.grain() + start - extentAt;
        MemorySegment.copy(opened.plain, at, target, targetAt + start - from, end - start);
    }

    private void prove(Opened opened, ChunkRef chunk) {
        long room = ChunkHasher.digestsBytes(chunk.length());
        if (digests.byteSize() < room) {
            digests = Arena.ofAuto().allocate(room);
        }
        ChunkId found =
                hasher.hash(
                        ChunkType.DATA,
                        opened.plain,
                        chunk.plainOffset(),
                        chunk.length(),
                        digests,
                        0);
        if (!found.equals(chunk.id())) {
            RecordRef record = opened.record();
            throw new GodwitException(
                            FailureKind.CORRUPT,
                            "chunk is not what was stored: pack=%s offset=%d expected=%s found=%s"
                                    .formatted(record.pack(), record.offset(), chunk.id(), found))
                    .withObject(PackNames.key(record.pack(), record.metadata()).value())
                    .withOffset(record.offset());
        }
        opened.prove(chunk.plainOffset());
    }

    private RecordRef record(int entry) {
        return map.chunks().ref(map.slot(order.extent(entry))).record();
    }

    private int endOfRecord(int first) {
        int end = first + 1;
        while (end < order.count() && order.sameRecord(first, end)) {
            end++;
        }
        return end;
    }

    @Override
    public void close() {
        opener.close();
    }
}
