package io.godwit.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
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

/// Packs of any shape are read back; whatever else is read as a pack is refused, and nothing but
/// refused.
class FormatProperties {
    private static final int TILE = 1 << 18;
    private static final PackId PACK = SmallPack.PACK;

    private final Arena arena = Arena.ofAuto();
    private final KeyRing ring = KeyRing.fresh(new RepositoryId(5, 6), new SeededSecureRandom(1));

    @Test
    void packsOfAnyShapeAreReadBack() {
        for (int seed = 0; seed < 60; seed++) {
            readsBack(seed);
        }
    }

    private void readsBack(int seed) {
        Random random = new Random(seed);
        MemorySegment tile = tile(random);
        MemorySegment digests = arena.allocate(TILE / 16);
        Codec[] codecs = {new Codec.Zstd(1), new Codec.Zstd(-3), new Codec.Lz4(), new Codec.None()};
        List<WriteCheck> checks = List.of(WriteCheck.FULL, WriteCheck.SAMPLED, WriteCheck.NONE);
        List<RecordRef> refs = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        MemorySegment buffer = arena.allocate(1 << 20);
        byte[] pack;
        try (RecordSealer sealer =
                new RecordSealer(codecs[random.nextInt(4)], checks.get(random.nextInt(3)))) {
            PackWriter writer = new PackWriter(ring, PACK, false, buffer, sealer);
            int wanted = 1 + random.nextInt(20);
            while (refs.size() < wanted) {
                ChunkGroup group = group(random);
                if (!writer.hasRoomFor(group.plainLength())) {
                    break;
                }
                int offset = random.nextInt(TILE - group.plainLength() + 1);
                ChunkType type = random.nextInt(4) == 0 ? ChunkType.META : ChunkType.DATA;
                refs.add(writer.append(type, group, tile, offset, digests, 0));
                offsets.add(offset);
            }
            pack = writer.finish().toArray(ValueLayout.JAVA_BYTE);
        }
        compare(seed, tile, refs, offsets, pack);
    }

    private void compare(
            int seed,
            MemorySegment tile,
            List<RecordRef> refs,
            List<Integer> offsets,
            byte[] pack) {
        MemorySegment whole = MemorySegment.ofArray(pack);
        PackReader.Opened opened =
                new PackReader(new MemoryStore(), ring).openWhole(PACK, false, whole);
        MemorySegment out = arena.allocate(TILE);
        try (RecordOpener opener = new RecordOpener()) {
            for (int i = 0; i < refs.size(); i++) {
                PackFooter.Entry entry = opened.footer().entries().get(i);
                RecordRef ref = opened.footer().record(entry);
                assertThat(ref).as("seed %d", seed).isEqualTo(refs.get(i));
                ChunkId id = entry.type().single() ? entry.chunks().get(0).id() : ChunkId.NONE;
                opener.open(opened.keys(), ref, id, whole, ref.offset(), out, 0);
                int from = offsets.get(i);
                assertThat(
                                MemorySegment.mismatch(
                                        out,
                                        0,
                                        ref.plainLength(),
                                        tile,
                                        from,
                                        from + (long) ref.plainLength()))
                        .as("seed %d", seed)
                        .isEqualTo(-1);
            }
        }
    }

    private static ChunkGroup group(Random random) {
        ChunkGroup group = new ChunkGroup();
        int count = random.nextBoolean() ? 1 : 1 + random.nextInt(5);
        for (int i = 0; i < count; i++) {
            ChunkId id = new ChunkId(random.nextLong(), 1, 2, 3);
            group.add(id, 1 + random.nextInt(random.nextBoolean() ? 40_000 : 10));
        }
        return group;
    }

    private MemorySegment tile(Random random) {
        MemorySegment tile = arena.allocate(TILE);
        int noise = 1 + random.nextInt(255);
        for (int i = 0; i < TILE; i++) {
            tile.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt(noise));
        }
        return tile;
    }

    @Test
    void damageOfAnySizeIsRefusedAndNothingElse() {
        SmallPack good = new SmallPack(1, PACK);
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] damaged = good.bytes.clone();
            int from = random.nextInt(damaged.length);
            int length = 1 + random.nextInt(Math.min(64, damaged.length - from));
            byte[] noise = new byte[length];
            random.nextBytes(noise);
            System.arraycopy(noise, 0, damaged, from, length);
            MemorySegment whole = MemorySegment.ofArray(damaged);
            boolean same = java.util.Arrays.equals(damaged, good.bytes);
            int end = damaged.length - 92;
            boolean endIsGood = from + length <= end || from >= damaged.length - 8;
            assertThat(refused(() -> tail(good, whole)) || endIsGood || same)
                    .as("seed %d", seed)
                    .isTrue();
            assertThat(refused(() -> header(good, whole)) || from >= 140 || same)
                    .as("seed %d", seed)
                    .isTrue();
            assertThat(refused(() -> SmallPack.readAll(good, PACK, good.ring, damaged)) || same)
                    .as("seed %d", seed)
                    .isTrue();
        }
    }

    private static void header(SmallPack good, MemorySegment whole) {
        PackKeys keys = PackHeader.read(PACK, false, whole).keys(good.ring, PACK, false);
        assertThat(keys.generation()).isEqualTo(1);
    }

    private void tail(SmallPack good, MemorySegment whole) {
        MemoryStore store = new MemoryStore();
        store.putIfAbsent(PackNames.key(PACK, false), whole);
        new PackReader(store, good.ring).open(PACK, false, arena.allocate(300));
    }

    /// Any failure but a clean refusal passes through and fails the test.
    private static boolean refused(Runnable read) {
        try {
            read.run();
            return false;
        } catch (GodwitException e) {
            assertThat(e.kind()).isIn(FailureKind.CORRUPT, FailureKind.INVALID, FailureKind.DENIED);
            return true;
        }
    }
}
