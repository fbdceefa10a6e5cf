package io.godwit.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FixedChunkerTest {
    private final FixedChunker chunker = new FixedChunker(new ChunkerSpec.Fixed(8192));

    @Test
    void cutsEverySoManyBytesWhateverTheFeeding() {
        Random random = new Random(1);
        byte[] data = new byte[100_000];
        for (int round = 0; round < 50; round++) {
            int most = 1 + random.nextInt(30_000);
            assertThat(Feeding.dataPieces(chunker, data, () -> 1 + random.nextInt(most)))
                    .hasSize(13)
                    .startsWith(8192, 8192)
                    .endsWith(8192, 100_000 - 12 * 8192);
        }
    }

    @Test
    void emptyRunHasNoPieces() {
        chunker.begin();
        assertThat(chunker.next(true)).isZero();
    }
}
