package io.godwit.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.digest.DigestKey;
import io.godwit.digest.Kernel;
import io.godwit.digest.KeyedHasher;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ChunkHasherTest {
    private static final DigestKey LEAF = key(1);
    private static final DigestKey DATA = key(2);
    private static final DigestKey META = key(3);

    private final ChunkHasher hasher = new ChunkHasher(LEAF, DATA, META, Kernel.SCALAR);

    @Test
    void idIsOverTypeLengthAndLeafDigests() {
        byte[] content = Patterns.randomBytes(3 * 4096 + 100);
        MemorySegment digests = MemorySegment.ofArray(new byte[4 * 32]);
        ChunkId id =
                hasher.hash(
                        ChunkType.DATA,
                        MemorySegment.ofArray(content),
                        0,
                        content.length,
                        digests,
                        0);

        KeyedHasher leaf = new KeyedHasher(LEAF);
        KeyedHasher expected = new KeyedHasher(DATA);
        expected.updateByte(1);
        expected.updateLong(content.length);
        for (int at = 0; at < content.length; at += 4096) {
            leaf.reset();
            leaf.update(content, at, Math.min(4096, content.length - at));
            expected.update(leaf.finish(), 0, 32);
        }
        assertThat(id).isEqualTo(ChunkId.read(MemorySegment.ofArray(expected.finish()), 0));
        assertThat(hasher.id(ChunkType.DATA, content.length, digests, 0)).isEqualTo(id);
    }

    @Test
    void typeAndLengthTellChunksApart() {
        MemorySegment digests = MemorySegment.ofArray(Patterns.randomBytes(64));
        ChunkId data = hasher.id(ChunkType.DATA, 8192, digests, 0);
        assertThat(hasher.id(ChunkType.META, 8192, digests, 0)).isNotEqualTo(data);
        assertThat(hasher.id(ChunkType.DATA, 8191, digests, 0)).isNotEqualTo(data);
        assertThat(hasher.id(ChunkType.DATA, 8192, digests, 0)).isEqualTo(data);
    }

    @Test
    void knowsTheZeroLeaf() {
        MemorySegment zero = MemorySegment.ofArray(new byte[40]);
        hasher.zeroLeafDigest(zero, 8);
        KeyedHasher leaf = new KeyedHasher(LEAF);
        leaf.update(new byte[4096], 0, 4096);
        assertThat(zero.asSlice(8).mismatch(MemorySegment.ofArray(leaf.finish()))).isEqualTo(-1);
    }

    @Test
    void refusesAnEmptyChunk() {
        MemorySegment none = MemorySegment.ofArray(new byte[0]);
        assertThatThrownBy(() -> hasher.id(ChunkType.DATA, 0, none, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static DigestKey key(int fill) {
        byte[] secret = new byte[DigestKey.BYTES];
        Arrays.fill(secret, (byte) fill);
        return DigestKey.of(secret);
    }
}
