package io.godwit.pipeline;

import static io.godwit.digest.LeafHasher.DIGEST_BYTES;
import static io.godwit.digest.LeafHasher.LEAF_BYTES;
import static io.godwit.pipeline.RegionPlan.REGION_BYTES;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkType;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.Repository;
import io.godwit.volume.LeafExpectation;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.RegionMap;
import io.godwit.volume.TreeReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Set;
import java.util.TreeSet;

/// Reads random blocks that a list of changes calls unchanged, and compares them with the base's
/// leaf lists.
///
/// When a fraction f of the blocks that the list leaves out did change, N samples miss all of them
/// with probability (1 - f)^N. Used by one thread.
final class ChangeAudit implements AutoCloseable {
    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    /// Random positions that fall on listed blocks are drawn again, this many times for each
    /// sample.
    private static final int DRAWS = 20;

    private final Repository repository;
    private final MoverSettings settings;
    private final VolumeReader source;
    private final RunCounters counters;
    private final ChunkHasher hasher;
    private final ChunkReader metadata;
    private final ChunkReader data;
    private final LeafExpectation expected;
    private final MemorySegment zeros = MemorySegment.ofArray(new byte[LEAF_BYTES]);
    private final RegionMap map = new RegionMap();
    private final MemorySegment block = Arena.ofAuto().allocate(LEAF_BYTES, LEAF_BYTES);
    private final MemorySegment digest = Arena.ofAuto().allocate(2L * DIGEST_BYTES);

    ChangeAudit(
            Repository repository,
            MoverSettings settings,
            VolumeReader source,
            RunCounters counters) {
        this.repository = repository;
        this.settings = settings;
        this.source = source;
        this.counters = counters;
        this.hasher = repository.newHasher(settings.kernel());
        this.metadata = repository.newReader(hasher, ChunkType.META);
        this.data = repository.newReader(hasher, ChunkType.DATA);
        this.expected = new LeafExpectation(repository.newLeafLists());
        hasher.zeroLeafDigest(digest, DIGEST_BYTES);
    }

    /// The base as it is, or without trust in the list when a sample was found to have changed.
    BackupBase check(BackupRequest request, BackupBase base, RunListener listener) {
        if (request.auditBlocks() == 0 || !(base.scope() instanceof ReadScope.Changed changed)) {
            return base;
        }
        long lie = firstLie(samples(request.auditBlocks(), base, changed.extents()), base);
        if (lie < 0) {
            return base;
        }
        repository.distrustChanges(request.volume());
        listener.warning(
                "cbt-mismatch",
                "changed extents leave out a block that changed; everything is read: volume=%s offset=%d"
                        .formatted(request.volume(), lie));
        return base.distrusting();
    }

    private Set<Long> samples(int count, BackupBase base, ExtentSet listed) {
        Set<Long> offsets = new TreeSet<>();
        long volumeBytes = Math.min(source.source().size(), base.tree().volumeBytes());
        long blocks = volumeBytes / LEAF_BYTES;
        for (long draw = 0; draw < (long) count * DRAWS && offsets.size() < count; draw++) {
            if (blocks == 0) {
                break;
            }
            long offset = settings.random().nextLong(blocks) * LEAF_BYTES;
            if (!listed.contains(offset)) {
                offsets.add(offset);
            }
        }
        return offsets;
    }

    private long firstLie(Set<Long> offsets, BackupBase base) {
        TreeReader tree = new TreeReader(metadata);
        PageLoader pages = new PageLoader(metadata);
        long loaded = -1;
        for (long offset : offsets) {
            long region = offset / REGION_BYTES;
            if (region != loaded) {
                PageRef page = tree.page(base.tree(), region);
                if (page == null) {
                    long left = base.tree().volumeBytes() - region * REGION_BYTES;
                    map.clear((int) Math.min(REGION_BYTES, left), LEAF_BYTES);
                } else {
                    pages.load(page.chunk(), map);
                }
                expected.lay(map);
                loaded = region;
            }
            counters.auditedBlocks.increment();
            if (differs(offset, (int) (offset % REGION_BYTES / LEAF_BYTES))) {
                return offset;
            }
        }
        return -1;
    }

    private boolean differs(long offset, int leaf) {
        source.read(offset, block, 0, LEAF_BYTES);
        hasher.leaves().hashLeaves(block, 0, 1, digest, 0);
        if (expected.isHole(leaf)) {
            return MemorySegment.mismatch(digest, 0, 16, digest, DIGEST_BYTES, DIGEST_BYTES + 16)
                    >= 0;
        }
        return expected.isKnown(leaf)
                ? expected.word0(leaf) != digest.get(WORD, 0)
                        || expected.word1(leaf) != digest.get(WORD, 8)
                : differsFromData(leaf * LEAF_BYTES);
    }

    /// Where no leaf list tells, as where chunks are not cut on leaves, what was stored is read.
    private boolean differsFromData(int from) {
        int end = from + LEAF_BYTES;
        for (int extent = map.find(from / map.grain()); extent < map.extentCount(); extent++) {
            int start = Math.max(from, map.startBytes(extent));
            int stop = Math.min(end, map.startBytes(extent) + map.lengthBytes(extent));
            if (start >= stop) {
                return false;
            }
            if (differsFromData(extent, start, stop, block, start - from)) {
                return true;
            }
        }
        return false;
    }

    private boolean differsFromData(int extent, int start, int stop, MemorySegment found, int at) {
        int slot = map.slot(extent);
        int length = stop - start;
        MemorySegment expectedBytes = zeros;
        long inChunk = 0;
        if (slot != RegionMap.HOLE) {
            expectedBytes = data.read(map.chunks().ref(slot));
            inChunk = (long) map.skip(extent) * map.grain() + start - map.startBytes(extent);
        }
        return MemorySegment.mismatch(
                        found, at, at + length, expectedBytes, inChunk, inChunk + length)
                >= 0;
    }

    @Override
    public void close() {
        metadata.close();
        data.close();
    }
}
