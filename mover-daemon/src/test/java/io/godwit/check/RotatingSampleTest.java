package io.godwit.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RotatingSampleTest {
    @TempDir Path directory;
    private final SplittableRandom random = new SplittableRandom(11);

    private NavigableMap<PackId, Long> packs(int count, long bytes) {
        NavigableMap<PackId, Long> packs = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            SessionId session = new SessionId(0, random.nextLong(), random.nextInt());
            packs.put(new PackId(session, i), bytes);
        }
        return packs;
    }

    private RotatingSample sample(NavigableMap<PackId, Long> packs, double percent) {
        return new RotatingSample(directory.resolve("verify"), packs, percent, random);
    }

    private static void readAll(RotatingSample sample) {
        for (int i = 0; i < sample.chosen().size(); i++) {
            sample.read(i);
        }
        sample.note();
    }

    @Test
    void twentyRunsOfFivePercentReadEverything() {
        NavigableMap<PackId, Long> packs = packs(400, 16 << 20);
        Set<PackId> seen = new HashSet<>();
        for (int run = 0; run < 20; run++) {
            RotatingSample sample = sample(packs, 5);
            assertThat(sample.chosen()).hasSize(20);
            seen.addAll(sample.chosen());
            readAll(sample);
        }
        assertThat(seen).isEqualTo(packs.keySet());
    }

    @Test
    void aPartIsAPartOfTheBytes() {
        NavigableMap<PackId, Long> packs = packs(100, 1 << 20);
        PackId large = packs.firstKey();
        packs.put(large, 900L << 20);
        for (int run = 0; run < 20; run++) {
            RotatingSample sample = sample(packs, 10);
            long bytes =
                    sample.chosen().stream().mapToLong(pack -> packs.getOrDefault(pack, 0L)).sum();
            assertThat(bytes).isBetween(99L << 20, 999L << 20);
            readAll(sample);
        }
    }

    @Test
    void anInterruptedRunGoesOnWhereItStopped() {
        NavigableMap<PackId, Long> packs = packs(40, 1000);
        RotatingSample first = sample(packs, 50);
        first.read(0);
        first.read(1);
        first.read(3);
        first.note();
        RotatingSample second = sample(packs, 50);
        assertThat(second.chosen().getFirst()).isEqualTo(first.chosen().get(2));
    }

    @Test
    void keepsThePlaceWhileItReads() {
        NavigableMap<PackId, Long> packs = packs(400, 1000);
        RotatingSample killed = sample(packs, 50);
        for (int i = 0; i < 100; i++) {
            killed.read(i);
        }
        RotatingSample next = sample(packs, 50);
        assertThat(next.chosen().getFirst()).isEqualTo(killed.chosen().get(64));
    }

    @Test
    void packsMayComeAndGoInBetween() {
        NavigableMap<PackId, Long> packs = packs(50, 1000);
        RotatingSample first = sample(packs, 20);
        readAll(first);
        packs.remove(first.chosen().getLast());
        packs.putAll(packs(50, 1000));
        List<PackId> rest = new ArrayList<>(packs.keySet());
        Set<PackId> seen = new HashSet<>(first.chosen());
        for (int run = 0; run < 5; run++) {
            RotatingSample sample = sample(packs, 20);
            seen.addAll(sample.chosen());
            readAll(sample);
        }
        assertThat(seen).containsAll(rest);
    }

    @Test
    void everythingLeavesThePlaceAlone() {
        NavigableMap<PackId, Long> packs = packs(10, 1000);
        RotatingSample whole = sample(packs, 100);
        assertThat(whole.chosen()).containsExactlyElementsOf(packs.keySet());
        readAll(whole);
        assertThat(directory.resolve("verify")).doesNotExist();
    }

    @Test
    void aFileOfNonsenseCountsAsNone() throws IOException {
        Files.writeString(directory.resolve("verify"), "../../etc/passwd\n");
        assertThat(sample(packs(10, 1000), 30).chosen()).hasSize(3);
        assertThat(sample(packs(0, 0), 30).chosen()).isEmpty();
    }

    @Test
    void saysWhereThePlaceCannotBeKept() throws IOException {
        Files.createDirectories(directory.resolve("verify/in-the-way"));
        RotatingSample sample = sample(packs(10, 1000), 30);
        RotatingSample.prepare(directory.resolve("verify"));
        sample.read(0);
        assertThat(sample.failure()).isEmpty();
        sample.note();
        assertThat(sample.failure().orElseThrow()).hasMessageContaining("verify");
    }

    @Test
    void failsBeforehandWhereNoPlaceCanBeKept() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");
        Path below = file.resolve("verify");
        assertThatThrownBy(() -> RotatingSample.prepare(below))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("cannot note");
    }
}
