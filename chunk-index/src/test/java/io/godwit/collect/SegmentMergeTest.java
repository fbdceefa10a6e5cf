package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkId;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.IndexShards;
import io.godwit.commit.Session;
import io.godwit.format.ObjectKind;
import io.godwit.index.SegmentReader;
import io.godwit.index.SegmentWriter;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.store.ObjectKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SegmentMergeTest extends CollectorFixture {
    private static final int TOGETHER = 4;

    private final Map<PackId, Set<ChunkId>> written = new HashMap<>();
    private final Set<PackId> living = new HashSet<>();

    /// A session that stored one pack with these chunks, and a segment of it.
    private PackId segment(int... chunks) {
        try (Session session = writers.open();
                SegmentWriter writer = new SegmentWriter()) {
            PackId pack = session.nextPackId();
            Set<ChunkId> ids = new HashSet<>();
            for (int i = 0; i < chunks.length; i++) {
                ChunkId id = new ChunkId(chunks[i], 2, 3, 4);
                ids.add(id);
                RecordRef record = new RecordRef(pack, false, i, 64 + 100 * i, 80, 4096);
                writer.add(new ChunkRef(id, record, 0, 4096));
            }
            session.putIndexSegment(writer.finish());
            written.put(pack, ids);
            living.add(pack);
            return pack;
        }
    }

    private int merge(long round, long floor) {
        return new SegmentMerge(writers, SegmentListing.read(writers), round, living, TOGETHER)
                .merge(round, floor);
    }

    /// All rows that a node would take in, by pack.
    private Map<PackId, Set<ChunkId>> rows() {
        Map<PackId, Set<ChunkId>> rows = new HashMap<>();
        Set<String> names = new HashSet<>(names(CommitKeys.INDEX_SEGMENTS));
        names.addAll(names(CommitKeys.INDEX_SHARDS));
        for (String name : names) {
            ObjectKey key = new ObjectKey(name);
            byte[] object = memory.get(key, 1 << 24).orElseThrow();
            SegmentReader segment =
                    new SegmentReader(
                            name, writers.sealing().open(ObjectKind.INDEX_SEGMENT, key, object));
            while (segment.next()) {
                ChunkRef row = segment.ref();
                rows.computeIfAbsent(row.record().pack(), _ -> new HashSet<>()).add(row.id());
            }
        }
        return rows;
    }

    @Test
    void makesOneOfManyAndLosesNoRow() {
        for (int i = 0; i < TOGETHER; i++) {
            segment(10 * i, 10 * i + 1, 10 * i + 2);
        }
        assertThat(merge(1, 1)).isEqualTo(TOGETHER);
        assertThat(names(CommitKeys.INDEX_SEGMENTS)).isEmpty();
        assertThat(names(CommitKeys.INDEX_SHARDS)).hasSize(1);
        assertThat(rows()).isEqualTo(written);
    }

    @Test
    void leavesFewAsTheyAre() {
        for (int i = 1; i < TOGETHER; i++) {
            segment(i);
        }
        assertThat(merge(1, 1)).isZero();
        assertThat(names(CommitKeys.INDEX_SEGMENTS)).hasSize(TOGETHER - 1);
    }

    @Test
    void leavesSegmentsOfSessionsThatMayBeOpen() {
        for (int i = 0; i < TOGETHER; i++) {
            segment(i);
        }
        assertThat(merge(1, 0)).isZero();
        assertThat(names(CommitKeys.INDEX_SEGMENTS)).hasSize(TOGETHER);
    }

    @Test
    void dropsRowsOfPacksThatAreGone() {
        PackId gone = segment(1, 2);
        for (int i = 1; i < TOGETHER; i++) {
            segment(10 * i);
        }
        living.remove(gone);
        written.remove(gone);
        assertThat(merge(1, 1)).isEqualTo(TOGETHER);
        assertThat(rows()).isEqualTo(written);
    }

    /// One segment cannot say that a chunk stands twice; both packs keep all their rows.
    @Test
    void aChunkInTwoPacksKeepsBothPlaces() {
        segment(1, 2, 3);
        segment(3, 4, 5);
        segment(6);
        segment(7);
        assertThat(merge(1, 1)).isEqualTo(3);
        assertThat(names(CommitKeys.INDEX_SEGMENTS)).hasSize(1);
        assertThat(rows()).isEqualTo(written);
    }

    /// Its maker died between storing it and deleting what it was made of.
    @Test
    void aShardBesideItsSourcesIsMergedWithThem() {
        for (int i = 0; i < TOGETHER; i++) {
            segment(i, 100 + i);
        }
        String source = names(CommitKeys.INDEX_SEGMENTS).iterator().next();
        ObjectKey key = new ObjectKey(source);
        byte[] plain =
                writers.sealing()
                        .open(
                                ObjectKind.INDEX_SEGMENT,
                                key,
                                memory.get(key, 1 << 24).orElseThrow());
        assertThat(new IndexShards(writers, 1).put(plain).value())
                .startsWith(CommitKeys.INDEX_SHARDS);
        assertThat(merge(2, 1)).isEqualTo(TOGETHER + 1);
        assertThat(rows()).isEqualTo(written);
        assertThat(names(CommitKeys.INDEX_SHARDS)).hasSize(1);
    }
}
