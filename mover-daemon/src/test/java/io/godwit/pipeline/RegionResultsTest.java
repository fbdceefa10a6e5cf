package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import io.godwit.volume.ContentDigest;
import io.godwit.volume.PageRef;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RegionResultsTest {
    private final RunCounters counters = new RunCounters(new RunProgress());
    private final RegionResults results = new RegionResults(counters);
    private final SessionId session = new SessionId(1, 2, 3);

    @AfterEach
    void end() {
        results.close();
    }

    private PageRef page(int number) {
        RecordRef record =
                new RecordRef(
                        new PackId(session, number % 7),
                        number % 2 == 0,
                        number,
                        number * 3,
                        number + 1,
                        number + 9);
        ChunkId id = new ChunkId(number, -number, Long.MIN_VALUE, Long.MAX_VALUE);
        ContentDigest content = new ContentDigest(-1, number, 5, ~number);
        return new PageRef(new ChunkRef(id, record, 2, number + 3), content);
    }

    private Map<Long, @Nullable PageRef> pages() {
        Map<Long, @Nullable PageRef> pages = new LinkedHashMap<>();
        results.forEachPage(pages::put);
        return pages;
    }

    @Test
    void givesBackWhatWasPutInTheOrderOfRegions() {
        long far = 1L << 40;
        results.put(far, page(4), Set.of());
        results.put(127, page(1), Set.of());
        results.put(128, null, Set.of());
        results.put(0, page(Integer.MAX_VALUE / 4), Set.of());
        assertThat(pages().keySet()).containsExactly(0L, 127L, 128L, far);
        assertThat(pages())
                .containsEntry(far, page(4))
                .containsEntry(127L, page(1))
                .containsEntry(128L, null)
                .containsEntry(0L, page(Integer.MAX_VALUE / 4));
        assertThat(results.has(128)).isTrue();
        assertThat(results.has(129)).isFalse();
    }

    @Test
    void theLastWordOnARegionCounts() {
        results.put(5, page(1), Set.of());
        results.put(5, page(2), Set.of());
        assertThat(pages()).containsExactly(Map.entry(5L, page(2)));
        results.put(5, null, Set.of());
        assertThat(pages()).containsEntry(5L, null);
        results.keep(5);
        assertThat(pages()).isEmpty();
    }

    @Test
    void countsARegionOnceHoweverOftenItIsDone() {
        results.found(9, 64 << 20, 0);
        results.found(10, 1, 2);
        results.found(9, 4096, 8192);
        results.keep(9);
        assertThat(counters.progress.changedBytes.sum()).isEqualTo(4097);
        assertThat(counters.holesBytes.sum()).isEqualTo(8194);
    }

    @Test
    void findsTheRegionsThatReferToAPack() {
        PackId foreign = new PackId(new SessionId(7, 7, 7), 1);
        results.put(3, page(3), Set.of(foreign));
        results.put(4, page(4), Set.of());
        assertThat(results.referringTo(Set.of(foreign))).containsExactly(3L);
        results.put(3, page(5), Set.of());
        assertThat(results.foreignPacks()).isEmpty();
    }

    /// A volume of 16 TiB has 262144 regions; the heap is 96 MiB for everything.
    @Test
    void largeVolumesLeaveTheHeapAlone() {
        PageRef page = page(1);
        long before = used();
        for (long region = 0; region < 262_144; region++) {
            results.found(region, 4096, 0);
            results.put(region, page, Set.of());
        }
        assertThat(used() - before).isLessThan(8L << 20);
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
