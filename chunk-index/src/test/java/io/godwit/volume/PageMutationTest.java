package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.format.ByteReader;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.SessionId;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Damaged pages are refused, or read as some valid map; never anything else.
final class PageMutationTest {
    private static final int ROUNDS = 6_000;

    private final FakeRecords records = new FakeRecords(3);
    private final PageWriter writer = new PageWriter();
    private final PageLoader loader = new PageLoader(records);
    private final PageFormat format = new PageFormat();
    private final RegionMap map = new RegionMap();

    @Test
    void damagedFullPages() {
        byte[] page = encode(null);
        int refused = new Mutations(1).refused(page, ROUNDS, bytes -> decode(bytes, null));
        assertThat(refused).isGreaterThan(ROUNDS / 4);
    }

    @Test
    void damagedPatches() {
        byte[] full = encode(null);
        ChunkRef parent = records.put(MemorySegment.ofArray(full), full.length);
        PageChain chain = new PageChain();
        loader.load(parent, map, chain);
        RegionMap base = new RegionMap();
        base.copyFrom(map);
        TestChunks session = new TestChunks(new Random(4), new SessionId(9, 9, 9));
        session.change(map, 5, 5);
        byte[] patch = encode(chain);
        assertThat(writer.outcome()).isEqualTo(PageWriter.Outcome.PATCH);

        int refused = new Mutations(2).refused(patch, ROUNDS, bytes -> decode(bytes, base));
        assertThat(refused).isGreaterThan(ROUNDS / 4);
    }

    private byte[] encode(@Nullable PageChain chain) {
        if (chain == null) {
            map.clear(300 * 4096 + 7, 4096);
            TestChunks chunks = new TestChunks(new Random(5));
            chunks.fill(map);
            chunks.change(map, 30, 9);
        }
        return writer.encode(map, chain).toArray(ValueLayout.JAVA_BYTE);
    }

    private void decode(byte[] bytes, @Nullable RegionMap base) {
        RegionMap read = new RegionMap();
        ByteReader in = new ByteReader(bytes, "page");
        PageHeader header = format.readHeader(in);
        if (base != null && header.isPatch()) {
            read.copyFrom(base);
        }
        format.readBody(header, in, read);
        read.validate();
    }
}
