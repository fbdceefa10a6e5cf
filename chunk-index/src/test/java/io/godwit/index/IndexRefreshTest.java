package io.godwit.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.IndexRefresh.Sweep;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IndexRefreshTest {
    private static final byte[] REPOSITORY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir Path directory;
    private final List<String> warnings = new ArrayList<>();
    private final MemoryStore store = new MemoryStore();
    private final AtomicInteger opened = new AtomicInteger();
    private LocalCache cache = LocalCache.inMemory();
    private IndexRefresh refresh = refresh();

    @BeforeEach
    void open() {
        cache = LocalCache.open(directory, REPOSITORY, warnings::add);
        refresh = refresh();
    }

    @AfterEach
    void close() {
        cache.close();
    }

    private void reopen() {
        close();
        open();
    }

    private IndexRefresh refresh() {
        return new IndexRefresh(cache, store, (name, object) -> opened(object), warnings::add);
    }

    private byte[] opened(byte[] object) {
        opened.incrementAndGet();
        return object;
    }

    @Test
    void takesEachSegmentOnce() {
        List<ChunkRef> first = put("a", new Rows(1).refs(100, 2));
        List<ChunkRef> large = put("b", new Rows(2).refs(RocksTier.INGEST_FROM_ROWS, 2));
        assertThat(refresh.takeSegments()).isEqualTo(first.size() + large.size());
        reopen();
        assertThat(refresh.takeSegments()).isZero();
        List<ChunkRef> late = put("0", new Rows(3).refs(10, 1));
        assertThat(refresh.takeSegments()).isEqualTo(late.size());
        assertThat(opened).hasValue(3);
        for (List<ChunkRef> refs : List.of(first, large, late)) {
            LocalCacheTest.assertFinds(cache, refs);
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void leavesItsOwnSegmentsAlone() {
        put("mine", new Rows(1).refs(10, 1));
        cache.noteSegment(new ObjectKey("idx/l0/mine"));
        assertThat(refresh.takeSegments()).isZero();
    }

    @Test
    void forgetsTheNamesOfSegmentsThatAreGone() {
        put("a", new Rows(1).refs(10, 1));
        refresh.takeSegments();
        store.delete(new ObjectKey("idx/l0/a"));
        refresh.takeSegments();
        assertThat(cache.fact(FactKeys.segment("idx/l0/a"))).isNull();
    }

    @Test
    void fetchesAheadWithOthersThreads() {
        List<List<ChunkRef>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(put("s" + i, new Rows(i).refs(50, 2)));
        }
        try (ExecutorService fetchers = Executors.newFixedThreadPool(4)) {
            IndexRefresh parallel =
                    new IndexRefresh(cache, store, (n, object) -> object, warnings::add, fetchers);
            assertThat(parallel.takeSegments()).isEqualTo(60 * 50);
        }
        all.forEach(refs -> LocalCacheTest.assertFinds(cache, refs));
    }

    @Test
    void aDamagedSegmentIsLeftOutWithAWarning() {
        store.putIfAbsent(new ObjectKey("idx/l0/bad"), MemorySegment.ofArray(new byte[] {1, 2, 3}));
        List<ChunkRef> good = put("good", new Rows(1).refs(10, 1));
        assertThat(refresh.takeSegments()).isEqualTo(10);
        LocalCacheTest.assertFinds(cache, good);
        assertThat(warnings).hasSize(1).first().asString().contains("idx/l0/bad");
    }

    @Test
    void failuresOfTheStorePassThrough() {
        put("a", new Rows(1).refs(10, 1));
        IndexRefresh broken =
                new IndexRefresh(
                        cache,
                        store,
                        (name, object) -> {
                            throw new GodwitException(FailureKind.DENIED, "no");
                        },
                        warnings::add);
        assertThatThrownBy(broken::takeSegments).isInstanceOf(GodwitException.class);
        assertThat(refresh.takeSegments()).isEqualTo(10);
    }

    @Test
    void sweptPacksStayGoneEvenWhenASegmentNamesThemLater() {
        Rows rows = new Rows(1);
        List<ChunkRef> refs = rows.refs(100, 2);
        refresh.bringTo(4, List.of(new Sweep(3, Set.of(rows.pack(0)))), Set.of());
        put("late", refs);
        refresh.takeSegments();
        assertThat(cache.watermark()).isEqualTo(3);
        assertThat(cache.find(refs.get(0).id())).isNull();
        assertThat(cache.find(refs.get(1).id())).isEqualTo(refs.get(1));
    }

    @Test
    void aCrashBetweenSweepAndWatermarkRepeatsTheSweep() {
        Rows rows = new Rows(1);
        cache.add(rows.refs(10, 2));
        cache.deny(Set.of(rows.pack(0)), 1);
        reopen();
        assertThat(cache.watermark()).isZero();
        refresh.bringTo(1, List.of(new Sweep(1, Set.of(rows.pack(0)))), Set.of());
        assertThat(cache.watermark()).isEqualTo(1);
    }

    @Test
    void whatWasCondemnedAndSparedCanBeUsedAgain() {
        Rows rows = new Rows(1);
        List<ChunkRef> refs = rows.refs(10, 2);
        cache.add(refs);
        refresh.bringTo(1, List.of(), Set.of(rows.pack(0), rows.pack(1)));
        assertThat(cache.find(refs.get(0).id())).isNull();
        assertThat(cache.find(refs.get(1).id())).isNull();
        refresh.bringTo(1, List.of(new Sweep(1, Set.of(rows.pack(1)))), Set.of());
        assertThat(cache.find(refs.get(0).id())).isEqualTo(refs.get(0));
        assertThat(cache.find(refs.get(1).id())).isNull();
    }

    @Test
    void aCacheNewerThanItsStoreIsDiscarded() {
        List<ChunkRef> refs = put("a", new Rows(1).refs(10, 1));
        refresh.takeSegments();
        refresh.bringTo(9, List.of(new Sweep(9, Set.of(new Rows(2).pack(1)))), Set.of());
        refresh.bringTo(8, List.of(), Set.of());
        assertThat(warnings).hasSize(1).first().asString().contains("went back");
        assertThat(cache.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
        assertThat(cache.watermark()).isZero();
        assertThat(cache.find(refs.getFirst().id())).isNull();
        assertThat(refresh.takeSegments()).isEqualTo(10);
        reopen();
        LocalCacheTest.assertFinds(cache, refs);
        assertThat(warnings).hasSize(1);
    }

    @Test
    void rebuildsFromFooters() {
        Rows rows = new Rows(1);
        List<ChunkRef> refs = rows.refs(40, 2);
        List<PackId> packs = List.of(rows.pack(0), rows.pack(1), rows.pack(2));
        assertThat(refresh.takePacks(packs, pack -> footer(refs, pack))).isEqualTo(40);
        assertThat(warnings).hasSize(1);
        LocalCacheTest.assertFinds(cache, refs);
        assertThat(refresh.takePacks(packs, pack -> footer(refs, pack))).isZero();
    }

    private static List<ChunkRef> footer(List<ChunkRef> refs, PackId pack) {
        if (pack.counter() == 2) {
            throw new GodwitException(FailureKind.CORRUPT, "footer checksum mismatch");
        }
        return refs.stream().filter(ref -> ref.record().pack().equals(pack)).toList();
    }

    private List<ChunkRef> put(String name, List<ChunkRef> refs) {
        store.putIfAbsent(
                new ObjectKey("idx/l0/" + name),
                MemorySegment.ofArray(SegmentFormatTest.write(refs)));
        return refs;
    }
}
