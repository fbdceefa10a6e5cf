package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.SessionId;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What a small change of a large volume writes: the product promises less than 64 KiB, data
/// included.
final class StoredSizeTest {
    private static final long TIB = 1L << 40;
    private static final int DATA_BYTES = 16 << 10;

    private final Random random = new Random(31);
    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(new byte[32]));
    private final FakeRecords records = new FakeRecords(32);
    private final PageWriter writer = new PageWriter();
    private final PageLoader loader = new PageLoader(records);
    private final PageChain chain = new PageChain();
    private final RegionMap map = new RegionMap();

    @Test
    void oneChangeInADenseTebibyte() {
        VolumeTree tree = dense(TIB);
        PageRef parent = new TreeReader(records).page(tree, 7_777);
        assertThat(parent).isNotNull();

        long metadata = parent == null ? 0 : change(tree, parent, 7_777, random.nextLong());

        assertThat(metadata).isLessThan(24 << 10);
        assertThat(metadata + DATA_BYTES).isLessThan(64 << 10);
    }

    @Test
    void oneChangeAfterEveryRegionWasChangedByARunOfItsOwn() {
        VolumeTree tree = dense(TIB);
        TreeWriter scattered = new TreeWriter(tree, TIB, records, records, hasher);
        for (long region = 7_700; region < 7_828; region++) {
            scattered.set(region, pageRef(new SessionId(9, random.nextLong(), 1)));
        }
        PageRef page = fullPage();
        scattered.set(7_828, page);
        VolumeTree worn = scattered.finish();

        long metadata = change(worn, page, 7_828, random.nextLong());
        assertThat(metadata + DATA_BYTES).isLessThan(64 << 10);
    }

    private long change(VolumeTree tree, PageRef parent, long region, long session) {
        loader.load(parent.chunk(), map, chain);
        records.resetCounts();
        TestChunks chunks = new TestChunks(random, new SessionId(9, session, 2));
        map.overlay(8_000, 4, map.addChunk(chunks.next(DATA_BYTES)), 0);
        MemorySegment page = writer.encode(map, chain);
        assertThat(writer.outcome()).isEqualTo(PageWriter.Outcome.PATCH);
        assertThat(page.byteSize()).isLessThan(200);

        TreeWriter writing = new TreeWriter(tree, TIB, records, records, hasher);
        ChunkRef written = records.put(page, (int) page.byteSize());
        writing.set(region, new PageRef(written, map.contentDigest(hasher)));
        byte[] root = RootFormat.encode(root(writing.finish()));
        records.put(MemorySegment.ofArray(root), root.length);
        return records.putBytes;
    }

    /// A volume with a page in every region, one of which is real.
    private VolumeTree dense(long bytes) {
        TreeWriter writing = new TreeWriter(VolumeTree.hole(0), bytes, records, records, hasher);
        for (long region = 0; region < Regions.count(bytes); region++) {
            writing.set(region, region == 7_777 ? fullPage() : pageRef(TestChunks.SESSION));
        }
        return writing.finish();
    }

    private PageRef fullPage() {
        map.clear(Regions.REGION_BYTES, Regions.LEAF_BYTES);
        new TestChunks(random).fill(map);
        MemorySegment page = writer.encode(map, null);
        ChunkRef chunk = records.put(page, (int) page.byteSize());
        return new PageRef(chunk, map.contentDigest(hasher));
    }

    private PageRef pageRef(SessionId session) {
        ChunkRef chunk = new TestChunks(random, session).next(44_000, true);
        return new PageRef(chunk, new ContentDigest(random.nextLong(), 1, 2, 3));
    }

    private static Root root(VolumeTree tree) {
        return new Root(
                new VolumeKey("a".repeat(26)),
                new VolumeName("shop/db"),
                tree,
                512,
                4096,
                0,
                "leaf",
                new SourceOrigin("rbd.csi.ceph.com", "0001-rook-ceph", "snap-17", "ext4"),
                "0".repeat(32),
                Instant.EPOCH,
                RunStatistics.NONE,
                new TreeMap<>(),
                List.of());
    }
}
