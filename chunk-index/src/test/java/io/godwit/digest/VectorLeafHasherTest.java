package io.godwit.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VectorLeafHasherTest extends LeafHasherContract {
    @BeforeEach
    void needsVectors() {
        assumeThat(LeafHashers.vectorOffered()).isTrue();
    }

    @Override
    LeafHasher create(DigestKey key) {
        return LeafHashers.create(key, Kernel.VECTOR);
    }

    @Test
    void saysWhatItIs() {
        assertThat(create(KeyedGolden.KEY).kernel()).isIn("vector-512", "vector-256");
    }
}
