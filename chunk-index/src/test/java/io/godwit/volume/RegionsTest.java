package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class RegionsTest {
    private static final long REGION = 64L << 20;

    @Test
    void theLastRegionEndsWithTheVolume() {
        assertThat(Regions.count(0)).isZero();
        assertThat(Regions.count(1)).isEqualTo(1);
        assertThat(Regions.count(REGION)).isEqualTo(1);
        assertThat(Regions.count(REGION + 1)).isEqualTo(2);
        assertThat(Regions.count(Long.MAX_VALUE)).isEqualTo(1L << 37);
        assertThat(Regions.length(REGION + 1, 0)).isEqualTo(64 << 20);
        assertThat(Regions.length(REGION + 1, 1)).isEqualTo(1);
        assertThatThrownBy(() -> Regions.length(REGION, 1)).hasMessageContaining("region=1");
    }

    @Test
    void theTreeIsAsHighAsItMust() {
        assertThat(Regions.height(0)).isZero();
        assertThat(Regions.height(1)).isEqualTo(1);
        assertThat(Regions.height(128)).isEqualTo(1);
        assertThat(Regions.height(129)).isEqualTo(2);
        assertThat(Regions.height(16384)).isEqualTo(2);
        assertThat(Regions.height(1L << 37)).isEqualTo(6);
    }
}
