package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.Store.Listed;
import io.godwit.store.Store.Page;
import io.godwit.store.Store.Put;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What every store promises, to be run against each implementation and each decorator.
public abstract class StoreContract {
    private Store store;

    /// A new and empty store, closed by the suite.
    protected abstract Store create() throws Exception;

    @BeforeEach
    final void openStore() throws Exception {
        store = create();
    }

    @AfterEach
    final void closeStore() {
        store.close();
    }

    @Test
    void putsOnceAndNeverReplaces() {
        assertThat(put("config", "first")).isEqualTo(Put.CREATED);
        assertThat(put("config", "second")).isEqualTo(Put.EXISTS);
        assertThat(put("config", "first")).isEqualTo(Put.EXISTS);
        assertThat(text("config")).contains("first");
    }

    @Test
    void holdsEmptyObjects() {
        assertThat(put("s/a/open", "")).isEqualTo(Put.CREATED);
        assertThat(text("s/a/open")).contains("");
        assertThat(put("s/a/open", "x")).isEqualTo(Put.EXISTS);
        assertThat(read("s/a/open", 0, 16)).isEmpty();
        assertThat(store.readTail(key("s/a/open"), MemorySegment.ofArray(new byte[4])))
                .contains(new Store.Tail(0, 0));
        assertThat(store.list("", "", 10).objects()).containsExactly(listed("s/a/open", 0));
    }

    @Test
    void keepsOffHeapAndHeapContentOfAnyAlignment() {
        byte[] content = new byte[3 * 1024 * 1024 + 4711];
        new Random(7).nextBytes(content);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment slab = arena.allocate(content.length + 8192L, 4096);
            for (int shift : new int[] {0, 1, 512, 4096}) {
                MemorySegment part = slab.asSlice(shift, content.length);
                MemorySegment.copy(MemorySegment.ofArray(content), 0, part, 0, content.length);
                assertThat(store.putIfAbsent(key("p/00/" + shift), part)).isEqualTo(Put.CREATED);
                assertThat(store.get(key("p/00/" + shift), content.length)).contains(content);
            }
            MemorySegment target = arena.allocate(1000);
            assertThat(store.read(key("p/00/1"), 2_000_001, target)).isEqualTo(1000);
            assertThat(target.toArray(ValueLayout.JAVA_BYTE))
                    .isEqualTo(java.util.Arrays.copyOfRange(content, 2_000_001, 2_001_001));
        }
    }

    @Test
    void copiesWhatItWasGiven() {
        byte[] mine = {1, 2, 3};
        store.putIfAbsent(key("a"), MemorySegment.ofArray(mine));
        mine[0] = 9;
        store.get(key("a"), 3).orElseThrow()[1] = 9;
        assertThat(store.get(key("a"), 3)).contains(new byte[] {1, 2, 3});
    }

    @Test
    void missingIsNotEmpty() {
        put("s/a/open", "x");
        for (String missing : List.of("t", "s/a/outcome", "s/b/open", "s", "s/a")) {
            assertThat(text(missing)).isEmpty();
            assertThat(store.read(key(missing), 0, MemorySegment.ofArray(new byte[1])))
                    .isEqualTo(-1);
            assertThat(store.read(key(missing), 0, MemorySegment.ofArray(new byte[0])))
                    .isEqualTo(-1);
            assertThat(store.readTail(key(missing), MemorySegment.ofArray(new byte[1]))).isEmpty();
            store.delete(key(missing));
        }
        assertThat(text("s/a/open")).contains("x");
    }

    @Test
    void belowAnObjectIsNothing() {
        put("a", "x");
        assertThat(text("a/b")).isEmpty();
        assertThat(store.read(key("a/b/c"), 0, MemorySegment.ofArray(new byte[1]))).isEqualTo(-1);
        assertThat(store.list("a/", "", 10)).isEqualTo(new Page(List.of(), false));
        store.delete(key("a/b"));
        assertThat(text("a")).contains("x");
    }

    @Test
    void refusesToReadMoreThanAsked() {
        put("a", "12345");
        assertThatThrownBy(() -> store.get(key("a"), 4))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT);
                            assertThat(e.object()).contains("a");
                        });
        assertThat(store.get(key("a"), 5)).isPresent();
    }

    @Test
    void readsRanges() {
        put("a", "0123456789");
        assertThat(read("a", 0, 4)).isEqualTo("0123");
        assertThat(read("a", 7, 3)).isEqualTo("789");
        assertThat(read("a", 7, 100)).isEqualTo("789");
        assertThat(read("a", 10, 5)).isEmpty();
        assertThat(read("a", 11, 5)).isEmpty();
        assertThat(read("a", Long.MAX_VALUE - 10, 5)).isEmpty();
        assertThatThrownBy(() -> read("a", -1, 5)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void readsTheTail() {
        put("a", "0123456789");
        byte[] target = new byte[6];
        assertThat(store.readTail(key("a"), MemorySegment.ofArray(target).asSlice(0, 4)))
                .contains(new Store.Tail(10, 4));
        assertThat(new String(target, StandardCharsets.UTF_8)).isEqualTo("6789\0\0");
        byte[] more = new byte[12];
        assertThat(store.readTail(key("a"), MemorySegment.ofArray(more)))
                .contains(new Store.Tail(10, 10));
        assertThat(new String(more, StandardCharsets.UTF_8)).isEqualTo("0123456789\0\0");
        assertThat(store.readTail(key("a"), MemorySegment.ofArray(new byte[0])))
                .contains(new Store.Tail(10, 0));
    }

    @Test
    void deletesAndForgets() {
        put("s/a/open", "x");
        put("s/a/outcome", "y");
        store.delete(key("s/a/open"));
        store.delete(key("s/a/open"));
        assertThat(text("s/a/open")).isEmpty();
        assertThat(keys(store.list("", "", 10))).containsExactly("s/a/outcome");
        assertThat(put("s/a/open", "again")).isEqualTo(Put.CREATED);
        assertThat(text("s/a/open")).contains("again");
    }

    @Test
    void listsInTheOrderOfKeys() {
        List<String> keys =
                List.of(
                        "a-b", "a.b", "a/1", "a/2/x", "a/2/y", "a/2-z", "a0", "b", "b0/1", "b-1/x",
                        "b.x/y", "m/ff/1", "p/00/1", "p/0a/1", "p/a/1", "config", "tmp/x");
        TreeMap<String, Long> sorted = new TreeMap<>();
        for (String key : keys) {
            put(key, "x".repeat(key.length()));
            sorted.put(key, (long) key.length());
        }
        Page all = store.list("", "", 100);
        assertThat(all.more()).isFalse();
        assertThat(keys(all)).containsExactlyElementsOf(sorted.keySet());
        assertThat(all.objects())
                .allSatisfy(o -> assertThat(o.length()).isEqualTo(sorted.get(o.key().value())));
        assertEveryPageAgrees(new ArrayList<>(sorted.keySet()));
    }

    private void assertEveryPageAgrees(List<String> sorted) {
        List<String> marks = new ArrayList<>(sorted);
        marks.addAll(
                List.of("", "a", "a/", "a/2", "a/2/", "a/2-", "b-", "b.x/", "b.x/z", "p/0", "zz"));
        Set<String> prefixes = new HashSet<>(marks);
        for (String prefix : prefixes) {
            for (String after : marks) {
                List<String> expected =
                        sorted.stream()
                                .filter(k -> k.startsWith(prefix) && k.compareTo(after) > 0)
                                .toList();
                for (int limit : new int[] {1, 2, 100}) {
                    Page page = store.list(prefix, after, limit);
                    assertThat(keys(page))
                            .as("list prefix=%s after=%s limit=%d", prefix, after, limit)
                            .isEqualTo(expected.subList(0, Math.min(limit, expected.size())));
                    assertThat(page.more()).isEqualTo(expected.size() > limit);
                }
            }
        }
    }

    @Test
    void pagesThroughManyObjects() {
        Set<String> expected = new HashSet<>();
        for (int i = 0; i < 300; i++) {
            String key = "idx/l0/%03x-%d".formatted(i * 7 % 300, i);
            put(key, "x");
            expected.add(key);
        }
        List<String> seen = new ArrayList<>();
        String after = "";
        Page page;
        do {
            page = store.list("idx/l0/", after, 37);
            seen.addAll(keys(page));
            after = seen.getLast();
            assertThat(page.objects().size()).isLessThanOrEqualTo(37);
        } while (page.more());
        assertThat(seen).isSorted().hasSize(300).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void refusesALimitBelowOne() {
        assertThatThrownBy(() -> store.list("", "", 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void listsNothingOutside() {
        put("a/b", "x");
        for (String prefix :
                List.of("..", "../", "./", "/", "//", "a/../", "a//", ".tmp/", "\0", "A")) {
            assertThat(store.list(prefix, "", 10)).as(prefix).isEqualTo(new Page(List.of(), false));
        }
    }

    @Test
    void listsWhatWasPutAtOnce() {
        for (int i = 0; i < 50; i++) {
            String key = "gc/%016x/plan".formatted(i);
            put(key, "x");
            assertThat(keys(store.list("gc/", "", 100))).hasSize(i + 1).contains(key);
        }
    }

    @Test
    void letsOneOfManyPutsWin() throws Exception {
        int contenders = 32;
        try (ExecutorService threads = Executors.newFixedThreadPool(contenders)) {
            for (int round = 0; round < 4; round++) {
                ObjectKey key = key("s/%d/outcome".formatted(round));
                CyclicBarrier start = new CyclicBarrier(contenders);
                List<Future<Put>> results = new ArrayList<>();
                for (int i = 0; i < contenders; i++) {
                    MemorySegment content = MemorySegment.ofArray(contender(i));
                    results.add(threads.submit(race(start, key, content)));
                }
                int winner = onlyWinner(results);
                assertThat(store.get(key, 1 << 20)).contains(contender(winner));
            }
        }
    }

    private Callable<Put> race(CyclicBarrier start, ObjectKey key, MemorySegment content) {
        return () -> {
            start.await();
            Put put = putOrLook(key, content);
            assertThat(store.get(key, 1 << 20))
                    .as("whole as soon as known")
                    .hasValueSatisfying(seen -> assertThat(seen).isEqualTo(contender(seen[0])));
            return put;
        };
    }

    /// A busy server may leave a put in doubt; then the content decides, never the status.
    private Put putOrLook(ObjectKey key, MemorySegment content) {
        try {
            return store.putIfAbsent(key, content);
        } catch (GodwitException doubt) {
            if (doubt.kind() != FailureKind.INDETERMINATE) {
                throw doubt;
            }
            boolean mine =
                    store.get(key, 1 << 20)
                            .map(MemorySegment::ofArray)
                            .filter(found -> found.mismatch(content) < 0)
                            .isPresent();
            return mine ? Put.CREATED : Put.EXISTS;
        }
    }

    private static byte[] contender(int number) {
        byte[] content = new byte[10_000 + number];
        java.util.Arrays.fill(content, (byte) number);
        return content;
    }

    private static int onlyWinner(List<Future<Put>> results) throws Exception {
        int winner = -1;
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).get() == Put.CREATED) {
                assertThat(winner).as("a second winner").isEqualTo(-1);
                winner = i;
            }
        }
        assertThat(winner).as("a winner").isNotNegative();
        return winner;
    }

    @Test
    void showsObjectsWholeOrNotAtAll() throws Exception {
        int count = 12;
        MemorySegment content = MemorySegment.ofArray(new byte[2 << 20]);
        AtomicBoolean done = new AtomicBoolean();
        try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
            Future<?> writer =
                    threads.submit(
                            () -> {
                                for (int i = 0; i < count; i++) {
                                    store.putIfAbsent(key("p/0/" + i), content);
                                }
                                done.set(true);
                            });
            Set<Long> lengths = new HashSet<>();
            Set<Long> ends = new HashSet<>();
            while (!done.get() && !writer.isDone()) {
                store.list("p/0/", "", count).objects().forEach(o -> lengths.add(o.length()));
                for (int i = 0; i < count; i++) {
                    store.readTail(key("p/0/" + i), MemorySegment.ofArray(new byte[1]))
                            .ifPresent(tail -> ends.add(tail.objectLength()));
                }
            }
            writer.get();
            store.list("p/0/", "", count).objects().forEach(o -> lengths.add(o.length()));
            assertThat(lengths).containsExactly(content.byteSize());
            assertThat(ends).isSubsetOf(content.byteSize());
        }
    }

    @Test
    void describesItself() {
        assertThat(store.describe()).isNotBlank().doesNotContain("\n");
        assertThat(store.traits().medium()).isNotBlank();
    }

    private Put put(String key, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        return store.putIfAbsent(key(key), MemorySegment.ofArray(bytes));
    }

    private Optional<String> text(String key) {
        return store.get(key(key), 1 << 20).map(b -> new String(b, StandardCharsets.UTF_8));
    }

    private String read(String key, long offset, int length) {
        byte[] target = new byte[length];
        long count = store.read(key(key), offset, MemorySegment.ofArray(target));
        return new String(target, 0, (int) count, StandardCharsets.UTF_8);
    }

    private static ObjectKey key(String text) {
        return new ObjectKey(text);
    }

    private static Listed listed(String key, long length) {
        return new Listed(key(key), length);
    }

    private static List<String> keys(Page page) {
        return page.objects().stream().map(o -> o.key().value()).toList();
    }
}
