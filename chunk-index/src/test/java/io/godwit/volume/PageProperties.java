package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.SessionId;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Long histories of one region: whatever the chain of patches, it reads as the full page would.
final class PageProperties {
    private static final int GENERATIONS = 120;

    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(new byte[32]));
    private final FakeRecords records = new FakeRecords(1);
    private final PageWriter writer = new PageWriter();
    private final PageWriter fullWriter = new PageWriter();
    private final PageLoader loader = new PageLoader(records);
    private final PageChain chain = new PageChain();
    private final RegionMap now = new RegionMap();
    private final RegionMap read = new RegionMap();
    private final RegionMap readFull = new RegionMap();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aChainReadsAsTheFullPage(long seed) {
        Random random = new Random(seed);
        TestChunks chunks = new TestChunks(random);
        boolean large = seed % 2 == 0;
        int regionLength = large ? Regions.REGION_BYTES : 3_000 * 4096 + 99;
        now.clear(regionLength, 4096);
        chunks.fill(now);
        ChunkRef page = put(writer.encode(now, null));
        int deepest = 0;
        int fulls = 0;
        for (int generation = 1; generation <= GENERATIONS; generation++) {
            loader.load(page, now, chain);
            TestChunks session = new TestChunks(random, new SessionId(7, random.nextLong(), 3));
            int changes = random.nextInt(4) == 0 ? random.nextInt(60) : 1 + random.nextInt(2);
            session.change(now, changes, 6);
            MemorySegment encoded = writer.encode(now, chain);
            if (writer.outcome() != PageWriter.Outcome.UNCHANGED) {
                page = put(encoded);
            }
            fulls += writer.outcome() == PageWriter.Outcome.FULL ? 1 : 0;
            deepest = Math.max(deepest, requireSame(page));
        }
        assertThat(deepest).isBetween(2, PageFormat.MAX_DEPTH);
        assertThat(fulls).isBetween(large ? 0 : 1, GENERATIONS / 4);
    }

    /// Checks a page against its full form and the rules of chains; returns its depth.
    private int requireSame(ChunkRef page) {
        loader.load(page, read, chain);
        read.validate();
        assertThat(read.sameReferences(now)).isTrue();
        MemorySegment encoded = fullWriter.encode(read, null);
        loader.load(put(encoded), readFull);
        assertThat(readFull.sameReferences(now)).isTrue();
        assertThat(readFull.contentDigest(hasher)).isEqualTo(read.contentDigest(hasher));
        loader.load(page, read, chain);

        long patches = 0;
        for (int depth = 1; depth <= chain.depth(); depth++) {
            patches += chain.length(depth);
            if (depth > 1) {
                assertThat(chain.length(depth - 1)).isGreaterThan(2 * chain.length(depth));
            }
        }
        assertThat(patches).isLessThanOrEqualTo(encoded.byteSize() / 2);
        return chain.depth();
    }

    private ChunkRef put(MemorySegment page) {
        return records.put(page, (int) page.byteSize());
    }
}
