package io.godwit.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WarmingLeafHasherTest extends LeafHasherContract {
    private static final MemorySegment SOURCE =
            MemorySegment.ofArray(KeyedGolden.input(LeafHasher.LEAF_BYTES));

    /// Times that the clock shows at its next looks; after them it stands still.
    private final Queue<Long> times = new ArrayDeque<>();

    private long now;

    @BeforeEach
    void needsVectors() {
        assumeThat(LeafHashers.vectorOffered()).isTrue();
    }

    @Override
    LeafHasher create(DigestKey key) {
        return new WarmingLeafHasher(key, this::clock);
    }

    @Test
    void staysWithScalarsAsLongAsTheyAreFaster() {
        WarmingLeafHasher hasher = new WarmingLeafHasher(KeyedGolden.KEY, this::clock);
        // A leaf in 5 microseconds, an exercise in two: half compiled at best.
        times.addAll(List.of(0L, 5_000L, 6_000L, 8_000L, 10_000L));
        byte[] digest = hash(hasher);
        assertThat(hasher.warm()).isFalse();
        assertThat(digest).isEqualTo(oracle());
    }

    @Test
    void goesOverToVectorsOnceTheyAreFaster() {
        WarmingLeafHasher hasher = new WarmingLeafHasher(KeyedGolden.KEY, this::clock);
        // A leaf in 5 microseconds, an exercise in a tenth of one.
        times.addAll(List.of(0L, 5_000L, 6_000L, 8_000L, 8_100L));
        assertThat(hash(hasher)).isEqualTo(oracle());
        assertThat(hasher.warm()).isTrue();
        assertThat(hash(hasher)).isEqualTo(oracle());
    }

    @Test
    void givesUpWhereTheKernelIsNeverCompiled() {
        WarmingLeafHasher hasher = new WarmingLeafHasher(KeyedGolden.KEY, this::clock);
        times.addAll(List.of(0L, 5_000L, 6_000L, 8_000L, 3_000_000_000L));
        hash(hasher);
        // Exercise would be fast now, but there is none any more: two looks a call.
        times.addAll(List.of(3_000_000_000L, 3_000_005_000L, 3_000_006_000L, 3_000_011_000L));
        hash(hasher);
        hash(hasher);
        assertThat(times).isEmpty();
        assertThat(hasher.warm()).isFalse();
    }

    private long clock() {
        Long next = times.poll();
        now = next == null ? now : next;
        return now;
    }

    private static byte[] hash(LeafHasher hasher) {
        byte[] digest = new byte[LeafHasher.DIGEST_BYTES];
        hasher.hashLeaves(SOURCE, 0, 1, MemorySegment.ofArray(digest), 0);
        return digest;
    }

    private static byte[] oracle() {
        return hash(new ScalarLeafHasher(KeyedGolden.KEY));
    }
}
