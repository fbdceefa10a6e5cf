package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ContentDigestTest {
    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(new byte[32]));
    private final TestChunks chunks = new TestChunks(new Random(5));
    private final RegionMap one = new RegionMap();
    private final RegionMap other = new RegionMap();

    @Test
    void doesNotDependOnPlacesAndSplits() {
        ChunkRef ref = chunks.next(40 * 4096);
        one.overlay(7, 40, one.addChunk(ref), 0);
        other.overlay(7, 20, other.addChunk(TestChunks.at(ref, 3, 64)), 0);
        other.overlay(27, 20, other.addChunk(ref), 20);

        assertThat(one.extentCount()).isNotEqualTo(other.extentCount());
        assertThat(one.contentDigest(hasher)).isEqualTo(other.contentDigest(hasher));
    }

    @Test
    void doesNotDependOnTheTailOfHoles() {
        ChunkRef ref = chunks.next(4096);
        one.clear(4096, 4096);
        one.overlay(0, 1, one.addChunk(ref), 0);
        other.overlay(0, 1, other.addChunk(ref), 0);

        assertThat(one.contentDigest(hasher)).isEqualTo(other.contentDigest(hasher));
    }

    @Test
    void dependsOnChunkPlaceLengthAndSkip() {
        ChunkRef ref = chunks.next(8 * 4096);
        int slot = one.addChunk(ref);
        one.overlay(0, 4, slot, 0);
        ContentDigest first = one.contentDigest(hasher);

        one.overlay(0, 4, slot, 1);
        assertThat(one.contentDigest(hasher)).isNotEqualTo(first);
        one.overlay(0, 4, slot, 0);
        assertThat(one.contentDigest(hasher)).isEqualTo(first);
        one.overlay(3, 1, one.addChunk(chunks.next(4096)), 0);
        assertThat(one.contentDigest(hasher)).isNotEqualTo(first);
        one.overlayHole(3, 1);
        assertThat(one.contentDigest(hasher)).isNotEqualTo(first);
    }

    @Test
    void isTheKeyedDigestOfRowsOf44Bytes() {
        for (int i = 0; i < 300; i++) {
            one.overlay(2 * i, 1, one.addChunk(chunks.next(4096)), 0);
        }
        KeyedHasher plain = new KeyedHasher(DigestKey.of(new byte[32]));
        plain.updateByte(0x50);
        byte[] row = new byte[44];
        for (int i = 0; i < 300; i++) {
            int start = 2 * i * 4096;
            for (int b = 0; b < 4; b++) {
                row[b] = (byte) (start >>> (8 * b));
                row[4 + b] = (byte) (4096 >>> (8 * b));
            }
            one.chunks().id(i).write(MemorySegment.ofArray(row), 12);
            plain.update(row, 0, row.length);
        }
        ContentDigest expected = ContentDigest.read(MemorySegment.ofArray(plain.finish()), 0);

        assertThat(one.contentDigest(hasher)).isEqualTo(expected);
        assertThat(expected.toString()).hasSize(64);
    }
}
