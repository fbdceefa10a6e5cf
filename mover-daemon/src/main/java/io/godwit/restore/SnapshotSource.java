package io.godwit.restore;

import io.godwit.commit.CatalogueEntry;
import io.godwit.device.BlockSource;
import io.godwit.device.SourceFacts;
import io.godwit.digest.Kernel;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackNames;
import io.godwit.repository.Repository;
import io.godwit.volume.ChunkTable;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.Relocation;
import io.godwit.volume.Root;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A stored snapshot, read as if it were a volume: by position, from any number of threads, and
/// with its holes known.
///
/// Whatever is delivered was opened with the repository's keys and hashed against its id. What
/// cannot be had fails the read: there are no bad blocks to go on behind, since who reads a
/// snapshot wants what was stored or nothing. Takes at most [#MEMORY_BYTES] beside the heap.
public final class SnapshotSource implements BlockSource {
    /// Opened records, and the buffers of a dozen readers.
    public static final long MEMORY_BYTES = 48L << 20;

    private final Repository repository;
    private final Kernel kernel;
    private final SourceFacts facts;
    private final RegionMaps maps;
    private final RecordCache records = new RecordCache();
    private final Deque<RangeReader> idle = new ArrayDeque<>();
    private final AtomicReference<@Nullable GodwitException> damage = new AtomicReference<>();

    /// @param kind how to treat it: a stream's chunks may stand anywhere
    public SnapshotSource(
            Repository repository,
            Kernel kernel,
            CatalogueEntry entry,
            Root root,
            SourceFacts.Kind kind) {
        this.repository = repository;
        this.kernel = kernel;
        String id = HexFormat.of().formatHex(repository.keys().repositoryId());
        this.facts =
                new SourceFacts(
                        kind,
                        "snapshot:" + id + "/" + entry.snapshot(),
                        root.volumeBytes(),
                        root.blockBytes(),
                        0,
                        0,
                        Instant.EPOCH);
        this.maps = new RegionMaps(repository, root.tree());
    }

    @Override
    public SourceFacts facts() {
        return facts;
    }

    @Override
    public long size() {
        return facts.sizeBytes();
    }

    @Override
    public boolean distant() {
        return repository.store().traits().distant();
    }

    /// The first failure of a read because of what is stored, or is not there any more.
    public Optional<GodwitException> damage() {
        return Optional.ofNullable(damage.get());
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        target.asSlice(targetOffset, length).fill((byte) 0);
        long end = Math.min(offset + length, size());
        RangeReader reader = take();
        try {
            for (long at = offset; at < end; at = behindRegion(at)) {
                long to = Math.min(end, behindRegion(at));
                readRegion(reader, at, to, target, targetOffset + at - offset);
            }
        } catch (GodwitException e) {
            throw noted(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GodwitException(
                    FailureKind.INTERRUPTED, "interrupted while a snapshot was read", e);
        } finally {
            giveBack(reader);
        }
    }

    /// A pack that was repacked while its region's map was in use is found through a new one.
    private void readRegion(
            RangeReader reader, long from, long to, MemorySegment target, long targetOffset)
            throws InterruptedException {
        long region = from / Regions.REGION_BYTES;
        int start = (int) (from - region * Regions.REGION_BYTES);
        int end = (int) (to - region * Regions.REGION_BYTES);
        for (RegionMap map = map(from); map != null; ) {
            try {
                reader.read(map, start, end, target, targetOffset);
                return;
            } catch (GodwitException e) {
                maps.forget(region, map);
                RegionMap next = isMoved(e, map) ? map(from) : null;
                if (next == null) {
                    throw e;
                }
                map = next;
            }
        }
    }

    /// Whether something of the map was repacked since it was read.
    private boolean isMoved(GodwitException e, RegionMap map) {
        if (e.kind() != FailureKind.NOT_FOUND) {
            return false;
        }
        Relocation relocation = repository.relocation();
        ChunkTable chunks = map.chunks();
        for (int pack = 0; pack < chunks.packCount(); pack++) {
            boolean missing =
                    repository
                                    .store()
                                    .read(
                                            PackNames.key(
                                                    chunks.pack(pack), chunks.isMetadata(pack)),
                                            0,
                                            MemorySegment.ofArray(new byte[1]))
                            < 0;
            if (missing && relocation.learn(chunks.pack(pack))) {
                return true;
            }
        }
        return false;
    }

    private static long behindRegion(long offset) {
        return offset - offset % Regions.REGION_BYTES + Regions.REGION_BYTES;
    }

    private @Nullable RegionMap map(long offset) {
        try {
            return maps.map(offset / Regions.REGION_BYTES);
        } catch (GodwitException e) {
            throw noted(e);
        }
    }

    private GodwitException noted(GodwitException e) {
        if (e.kind() == FailureKind.CORRUPT || e.kind() == FailureKind.NOT_FOUND) {
            damage.compareAndSet(null, e);
        }
        return e;
    }

    private RangeReader take() {
        synchronized (idle) {
            RangeReader reader = idle.poll();
            return reader != null ? reader : new RangeReader(repository, kernel, records);
        }
    }

    private void giveBack(RangeReader reader) {
        synchronized (idle) {
            idle.push(reader);
        }
    }

    @Override
    public long nextData(long from) {
        for (long at = from; at < size(); at = behindRegion(at)) {
            RegionMap map = map(at);
            if (map != null) {
                long start = at - at % Regions.REGION_BYTES;
                int extent = map.find((int) (at - start) / map.grain());
                while (extent < map.extentCount() && map.slot(extent) == RegionMap.HOLE) {
                    extent++;
                }
                if (extent < map.extentCount()) {
                    long data = start + map.startBytes(extent);
                    return Math.max(at, data & -BLOCK_BYTES);
                }
            }
        }
        return size();
    }

    @Override
    public long nextHole(long from) {
        for (long at = from; at < size(); at = behindRegion(at)) {
            RegionMap map = map(at);
            if (map == null) {
                return at;
            }
            long hole = hole(map, at);
            if (hole >= 0) {
                return hole;
            }
        }
        return size();
    }

    /// The first whole block of a region at or behind `from` that is a hole, or -1.
    private static long hole(RegionMap map, long from) {
        long start = from - from % Regions.REGION_BYTES;
        int extents = map.extentCount();
        for (int extent = map.find((int) (from - start) / map.grain());
                extent < extents;
                extent++) {
            int at = Math.max((int) (from - start), roundUp(map.startBytes(extent)));
            int end = map.startBytes(extent) + map.lengthBytes(extent);
            int block = Math.min(BLOCK_BYTES, map.regionLength() - at);
            if (map.slot(extent) == RegionMap.HOLE && block > 0 && end - at >= block) {
                return start + at;
            }
        }
        return -1;
    }

    private static int roundUp(int bytes) {
        return (bytes + BLOCK_BYTES - 1) & -BLOCK_BYTES;
    }

    @Override
    public void checkUnchanged() {}

    @Override
    public boolean modified() {
        return false;
    }

    @Override
    public void close() {
        synchronized (idle) {
            idle.forEach(RangeReader::close);
            idle.clear();
        }
        records.close();
        maps.close();
    }
}
