package io.godwit.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.format.RepositoryId;
import io.godwit.seal.KeyRing;
import io.godwit.seal.PackKeys;
import io.godwit.seal.SeededSecureRandom;
import io.godwit.store.MemoryStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PackWriterTest {
    private static final PackId PACK = new PackId(new SessionId(1, 2, 3), 4);
    private static final PackId NEXT = new PackId(new SessionId(1, 2, 3), 5);
    private static final int TILE = 1 << 20;

    private final Arena arena = Arena.ofAuto();
    private final KeyRing ring = KeyRing.fresh(new RepositoryId(5, 6), new SeededSecureRandom(1));
    private final MemorySegment tile = tile();
    private final MemorySegment digests = arena.allocate(TILE / 4096 * 32);
    private final MemorySegment buffer = arena.allocate(PackWriter.bufferBytes(4 << 20, TILE));

    /// Compressible text, then noise.
    private MemorySegment tile() {
        byte[] bytes = new byte[TILE];
        Random random = new Random(9);
        random.nextBytes(bytes);
        for (int i = 0; i < TILE / 2; i++) {
            bytes[i] = (byte) ('a' + (i / 7 + (bytes[i] & 3)) % 20);
        }
        MemorySegment segment = arena.allocate(TILE);
        MemorySegment.copy(bytes, 0, segment, ValueLayout.JAVA_BYTE, 0, TILE);
        return segment;
    }

    @ParameterizedTest
    @ValueSource(strings = {"zstd:1", "zstd:-5", "zstd:9", "lz4", "none"})
    void everyRecordOpensAgain(String codec) {
        for (long i = 0; i < digests.byteSize(); i++) {
            digests.set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + i / 32));
        }
        try (RecordSealer sealer = new RecordSealer(Codec.parse(codec));
                RecordOpener opener = new RecordOpener()) {
            PackWriter writer = new PackWriter(ring, PACK, false, buffer, sealer);
            RecordRef first = writer.append(id(1), tile, 0, 65536, digests, 0);
            ChunkGroup group = new ChunkGroup().add(id(2), 32768).add(id(3), 5000).add(id(4), 1);
            RecordRef grouped = writer.append(ChunkType.DATA, group, tile, 4096, digests, 512);
            RecordRef noise = writer.append(id(5), tile, TILE - 9000, 9000, digests, 1024);
            RecordRef meta = writer.appendMeta(id(6), MemorySegment.ofArray(new byte[300]), 0, 300);
            assertThat(writer.chunkCount()).isEqualTo(6);
            assertThat(writer.plainBytes()).isEqualTo(65536 + 37769 + 9000 + 300);
            byte[] pack = writer.finish().toArray(ValueLayout.JAVA_BYTE);

            MemorySegment whole = MemorySegment.ofArray(pack);
            PackKeys keys = PackHeader.read(PACK, false, whole).keys(ring, PACK, false);
            MemorySegment plain = arena.allocate(TILE);
            opener.open(keys, first, id(1), whole, first.offset(), plain, 0);
            assertThat(same(plain, 0, 0, 65536)).isTrue();
            opener.open(keys, grouped, ChunkId.NONE, whole, grouped.offset(), plain, 7);
            assertThat(same(plain, 7, 4096, 37769)).isTrue();
            opener.open(keys, noise, id(5), whole, noise.offset(), plain, 0);
            assertThat(same(plain, 0, TILE - 9000, 9000)).isTrue();
            opener.open(keys, meta, id(6), whole, meta.offset(), plain, 0);
            assertThat(plain.asSlice(0, 300).toArray(ValueLayout.JAVA_BYTE)).containsOnly(0);

            PackFooter footer =
                    new PackReader(store(pack), ring).openWhole(PACK, false, whole).footer();
            checkFooter(footer, List.of(first, grouped, noise, meta));
            RecordRef list = footer.leafList().orElseThrow();
            checkLeaves(opener.openLeafList(keys, list, whole, list.offset()), footer);
        }
    }

    private static void checkFooter(PackFooter footer, List<RecordRef> refs) {
        List<RecordRef> found = new ArrayList<>();
        List<ChunkId> ids = new ArrayList<>();
        for (PackFooter.Entry entry : footer.entries()) {
            found.add(footer.record(entry));
            entry.chunks().forEach(chunk -> ids.add(footer.ref(entry, chunk).id()));
        }
        assertThat(found).startsWith(refs.toArray(RecordRef[]::new)).hasSize(5);
        assertThat(ids).containsExactly(id(1), id(2), id(3), id(4), id(5), id(6));
    }

    private void checkLeaves(LeafList leaves, PackFooter footer) {
        assertThat(leaves.chunkCount()).isEqualTo(5);
        assertThat(leaves.leafCount()).isEqualTo(16 + 8 + 2 + 1 + 3);
        int entry = leaves.find(1, 32768);
        assertThat(leaves.leafCount(entry)).isEqualTo(2);
        MemorySegment out = arena.allocate(32);
        leaves.copyDigests(entry, 1, 1, out, 16);
        assertThat(MemorySegment.mismatch(out, 16, 32, digests, 512 + 9 * 32, 512 + 9 * 32 + 16))
                .isEqualTo(-1);
        assertThat(leaves.find(1, 1)).isEqualTo(-1);
        assertThat(leaves.find(9, 0)).isEqualTo(-1);
        assertThat(footer.pack()).isEqualTo(PACK);
        assertThatThrownBy(() -> leaves.copyDigests(entry, 1, 2, out, 0))
                .isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void opensFromItsTail() {
        try (RecordSealer sealer = new RecordSealer(new Codec.Zstd(1));
                RecordOpener opener = new RecordOpener()) {
            PackWriter writer = new PackWriter(ring, PACK, true, buffer, sealer);
            writer.append(id(1), tile, 0, TILE, digests, 0);
            byte[] pack = writer.finish().toArray(ValueLayout.JAVA_BYTE);
            PackReader reader = new PackReader(store(pack), ring);
            for (int tail : new int[] {92, 100, 4096, TILE, 2 * TILE}) {
                PackReader.Opened opened =
                        reader.open(PACK, true, arena.allocate(tail)).orElseThrow();
                assertThat(opened.footer().entries()).hasSize(2);
                RecordRef list = opened.footer().leafList().orElseThrow();
                assertThat(opened.holds(list)).isEqualTo(tail >= 8192);
                if (opened.holds(list)) {
                    long at = list.offset() - opened.tailOffset();
                    LeafList leaves = opener.openLeafList(opened.keys(), list, opened.tail(), at);
                    assertThat(leaves.leafCount()).isEqualTo(256);
                }
            }
            assertThat(reader.open(NEXT, true, arena.allocate(92))).isEmpty();
        }
    }

    @Test
    void isReusedWithFreshKeys() {
        try (RecordSealer sealer = new RecordSealer(new Codec.None())) {
            PackWriter writer = new PackWriter(ring, PACK, false, buffer, sealer);
            writer.append(id(1), tile, 0, 4096, digests, 0);
            byte[] one = writer.finish().toArray(ValueLayout.JAVA_BYTE);
            writer.begin(NEXT, false, buffer);
            assertThat(writer.isEmpty()).isTrue();
            writer.append(id(1), tile, 0, 4096, digests, 0);
            byte[] two = writer.finish().toArray(ValueLayout.JAVA_BYTE);
            assertThat(two).hasSameSizeAs(one);
            assertThat(java.util.Arrays.copyOfRange(two, 156, 4252))
                    .isNotEqualTo(java.util.Arrays.copyOfRange(one, 156, 4252));
            assertThat(
                            new PackReader(store(two), ring)
                                    .openWhole(NEXT, false, MemorySegment.ofArray(two))
                                    .footer()
                                    .entries())
                    .hasSize(2);
        }
    }

    @Test
    void saysWhenThereIsNoRoom() {
        try (RecordSealer sealer = new RecordSealer(new Codec.None())) {
            MemorySegment small = arena.allocate(40000);
            PackWriter writer = new PackWriter(ring, PACK, false, small, sealer);
            int records = 0;
            while (writer.hasRoomFor(4096)) {
                writer.append(id(++records), tile, 0, 4096, digests, 0);
            }
            assertThat(records).isBetween(7, 9);
            assertThatThrownBy(() -> writer.append(id(0), tile, 0, 8192, digests, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(writer.finish().byteSize()).isLessThanOrEqualTo(40000);
            assertThatThrownBy(() -> writer.append(id(0), tile, 0, 4096, digests, 0))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(writer::finish).isInstanceOf(IllegalStateException.class);
        }
    }

    private boolean same(MemorySegment found, long at, long tileOffset, int length) {
        return MemorySegment.mismatch(found, at, at + length, tile, tileOffset, tileOffset + length)
                == -1;
    }

    private static MemoryStore store(byte[] pack) {
        MemoryStore store = new MemoryStore();
        store.putIfAbsent(PackNames.key(PACK, true), MemorySegment.ofArray(pack));
        return store;
    }

    private static ChunkId id(int n) {
        return new ChunkId(n, -n, 17, n * 7L);
    }
}
