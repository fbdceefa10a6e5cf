package io.godwit.digest;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScalarLeafHasherTest extends LeafHasherContract {
    @Override
    LeafHasher create(DigestKey key) {
        return LeafHashers.create(key, Kernel.SCALAR);
    }

    @Test
    void saysWhatItIs() {
        assertThat(create(KeyedGolden.KEY).kernel()).isEqualTo("scalar");
    }
}
