package io.godwit.pack;

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
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// A pack of a compressed chunk, a group, noise and metadata, small enough to damage in every
/// place.
final class SmallPack {
    static final PackId PACK = new PackId(new SessionId(1, 2, 3), 4);
    static final RepositoryId REPOSITORY = new RepositoryId(5, 6);

    final KeyRing ring;
    final PackId id;
    final byte[] bytes;
    final List<RecordRef> records = new ArrayList<>();
    final List<ChunkId> ids = List.of(chunk(1), ChunkId.NONE, chunk(4), chunk(5));
    final List<byte[]> plain = new ArrayList<>();

    SmallPack(long seed, PackId id) {
        this.id = id;
        ring = KeyRing.fresh(REPOSITORY, new SeededSecureRandom(seed));
        bytes = write();
    }

    private byte[] write() {
        MemorySegment tile = Arena.ofAuto().allocate(2000);
        new Random(11).ints(1000).forEach(i -> tile.set(ValueLayout.JAVA_BYTE, i & 511, (byte) i));
        MemorySegment digests = Arena.ofAuto().allocate(96);
        digests.fill((byte) 0x5a);
        MemorySegment buffer = Arena.ofAuto().allocate(1 << 16);
        try (RecordSealer sealer = new RecordSealer(new Codec.Zstd(1))) {
            PackWriter writer = new PackWriter(ring, id, false, buffer, sealer);
            records.add(writer.append(chunk(1), tile, 600, 1000, digests, 0));
            ChunkGroup group = new ChunkGroup().add(chunk(2), 300).add(chunk(3), 20);
            records.add(writer.append(ChunkType.DATA, group, tile, 1000, digests, 32));
            records.add(writer.append(chunk(4), tile, 0, 500, digests, 0));
            records.add(writer.appendMeta(chunk(5), tile, 400, 200));
            keep(tile, 600, 1000);
            keep(tile, 1000, 320);
            keep(tile, 0, 500);
            keep(tile, 400, 200);
            return writer.finish().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private void keep(MemorySegment tile, int offset, int length) {
        plain.add(tile.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
    }

    static ChunkId chunk(int n) {
        return new ChunkId(n, -n, 17, n * 7L);
    }

    /// Reads everything as restore and index rebuild do, and compares it.
    static void readAll(SmallPack expected, PackId id, KeyRing ring, byte[] bytes) {
        MemorySegment whole = MemorySegment.ofArray(bytes);
        PackReader.Opened opened =
                new PackReader(new MemoryStore(), ring).openWhole(id, false, whole);
        PackKeys keys = opened.keys();
        try (RecordOpener opener = new RecordOpener()) {
            MemorySegment out = Arena.ofAuto().allocate(2000);
            for (int i = 0; i < expected.records.size(); i++) {
                RecordRef old = expected.records.get(i);
                RecordRef ref =
                        new RecordRef(
                                id,
                                false,
                                old.ordinal(),
                                old.offset(),
                                old.sealedLength(),
                                old.plainLength());
                opener.open(keys, ref, expected.ids.get(i), whole, ref.offset(), out, 0);
                byte[] found = out.asSlice(0, ref.plainLength()).toArray(ValueLayout.JAVA_BYTE);
                if (!Arrays.equals(found, expected.plain.get(i))) {
                    throw new AssertionError("other bytes in record " + i);
                }
            }
            RecordRef list = opened.footer().leafList().orElseThrow();
            opener.openLeafList(keys, list, whole, list.offset());
        }
    }
}
