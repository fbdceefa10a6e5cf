package io.godwit.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.s3.FaultProxy.Fault;
import io.godwit.store.AdaptiveStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.RetryPolicy;
import io.godwit.store.RetryingStore;
import io.godwit.store.Sleeper;
import io.godwit.store.Store;
import io.godwit.store.Store.Listed;
import io.godwit.store.Store.Put;
import io.godwit.store.StoreOptions;
import io.godwit.store.StoreUrl;
import io.godwit.store.Stores;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A real server behind a network that loses, breaks, delays and lies: what the port promises still
/// holds.
@Timeout(60)
final class FaultyNetworkTest {
    private static final Patience SHORT =
            new Patience(
                    Duration.ofSeconds(2), Duration.ofMillis(500), Duration.ofSeconds(3), 1 << 20);
    private static final RetryPolicy QUICK =
            new RetryPolicy(25, Duration.ofMillis(2), Duration.ofMillis(20));

    @TempDir static Path directory;
    private static @Nullable S3Server server;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.versitygw(directory);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static FaultProxy proxy(long seed) throws Exception {
        return new FaultProxy(Objects.requireNonNull(server).port(), seed);
    }

    private static S3Store bare(int port, String prefix) {
        StoreUrl.S3 url = (StoreUrl.S3) StoreUrl.parse(S3Server.url(port, prefix));
        return S3Store.open(url, SHORT, InstantSource.system(), S3Server::daemon);
    }

    private static Store retried(Store store, long seed) {
        return new RetryingStore(
                new AdaptiveStore(store, System::nanoTime), QUICK, Thread::sleep, new Random(seed));
    }

    private static Store direct(String prefix) {
        return Objects.requireNonNull(server).open(prefix);
    }

    private static byte[] content(String name, int length) {
        byte[] content = new byte[length];
        new Random(name.hashCode()).nextBytes(content);
        return content;
    }

    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"STALL_REQUEST", "STALL_ANSWER", "LATE_LIST", "LOST", "LATE_PUT"},
            mode = EnumSource.Mode.EXCLUDE)
    void eachFaultIsPassedOver(Fault fault) throws Exception {
        String prefix = "one-" + fault;
        try (FaultProxy proxy = proxy(7);
                Store store = retried(bare(proxy.port(), prefix), 7);
                Store direct = direct(prefix)) {
            proxy.with(fault, 0.4);
            List<String> keys = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                String key = "p/%02d".formatted(i);
                byte[] content = content(key, 1000 + 30_000 * i);
                putMine(store, key, content);
                assertThat(store.get(new ObjectKey(key), 1 << 20)).contains(content);
                byte[] part = new byte[500];
                store.read(new ObjectKey(key), 300, MemorySegment.ofArray(part));
                assertThat(part).isEqualTo(java.util.Arrays.copyOfRange(content, 300, 800));
                keys.add(key);
            }
            assertThat(names(store)).isEqualTo(keys).isEqualTo(names(direct));
            assertThat(proxy.hits).as("the fault was planted").containsKey(fault);
        }
    }

    /// A name that is taken is mine when it holds what I sent.
    private static void putMine(Store store, String key, byte[] content) {
        Put put = store.putIfAbsent(new ObjectKey(key), MemorySegment.ofArray(content));
        if (put == Put.EXISTS) {
            assertThat(store.get(new ObjectKey(key), 1 << 20)).contains(content);
        }
    }

    private static List<String> names(Store store) {
        List<String> names = new ArrayList<>();
        Store.Page page;
        do {
            page = store.list("p/", names.isEmpty() ? "" : names.getLast(), 5);
            page.objects().stream().map(Listed::key).map(ObjectKey::value).forEach(names::add);
        } while (page.more());
        return names;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void registersAreDecidedOnceWhateverHappens(long seed) throws Exception {
        String prefix = "race-" + seed;
        int contenders = 8;
        try (FaultProxy proxy = everything(proxy(seed), 0.08);
                Store store = retried(bare(proxy.port(), prefix), seed);
                Store direct = direct(prefix);
                ExecutorService threads = Executors.newFixedThreadPool(contenders)) {
            for (int round = 0; round < 10; round++) {
                ObjectKey key = new ObjectKey("s/%d/outcome".formatted(round));
                CyclicBarrier start = new CyclicBarrier(contenders);
                List<Future<String>> says = new ArrayList<>();
                for (int i = 0; i < contenders; i++) {
                    String name = "contender " + i;
                    says.add(
                            threads.submit(
                                    () -> {
                                        start.await();
                                        return contend(store, key, name);
                                    }));
                }
                judge(says, key, direct);
            }
        }
    }

    private static String contend(Store store, ObjectKey key, String name) {
        byte[] content = name.getBytes(StandardCharsets.UTF_8);
        try {
            return store.putIfAbsent(key, MemorySegment.ofArray(content)) == Put.CREATED
                    ? name
                    : "exists";
        } catch (GodwitException e) {
            assertThat(e.kind()).isIn(FailureKind.INDETERMINATE, FailureKind.UNAVAILABLE);
            return e.kind() == FailureKind.INDETERMINATE ? "doubt" : "none";
        }
    }

    private static void judge(List<Future<String>> says, ObjectKey key, Store direct)
            throws Exception {
        List<String> answers = new ArrayList<>();
        for (Future<String> one : says) {
            answers.add(one.get());
        }
        List<String> winners = answers.stream().filter(a -> a.startsWith("contender")).toList();
        assertThat(winners).as("winners of %s", answers).hasSizeLessThanOrEqualTo(1);
        String there =
                direct.get(key, 100).map(b -> new String(b, StandardCharsets.UTF_8)).orElse("");
        if (!winners.isEmpty()) {
            assertThat(there).isEqualTo(winners.getFirst());
        } else if (answers.contains("exists")) {
            assertThat(there).startsWith("contender");
        } else {
            assertThat(answers).as("nobody knows: %s", there).contains("doubt");
        }
    }

    /// Or a login page would be a bucket without objects, and a plan to delete would go unseen.
    @Test
    void whatIsNoListIsNotAnEmptyOne() throws Exception {
        try (FaultProxy proxy = proxy(1).with(Fault.OTHER_BODY, 1);
                Store store = bare(proxy.port(), "login")) {
            assertThatThrownBy(() -> store.list("gc/", "", 10))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.UNAVAILABLE))
                    .hasMessageContaining("answer is not the store's, it is no list: doing=list");
        }
    }

    private static FaultProxy everything(FaultProxy proxy, double chance) {
        Fault.PASSING.forEach(fault -> proxy.with(fault, chance));
        return proxy;
    }

    @Test
    void aRegisterInDoubtIsSentOnce() throws Exception {
        for (Fault fault :
                List.of(
                        Fault.ANSWER_LOST,
                        Fault.ERROR_500,
                        Fault.CONFLICT,
                        Fault.RESET_REQUEST,
                        Fault.SLOW_DOWN,
                        Fault.OTHER_BODY)) {
            try (FaultProxy proxy = proxy(1).with(fault, 1);
                    Store store = retried(bare(proxy.port(), "doubt-" + fault), 1)) {
                assertThatThrownBy(
                                () ->
                                        store.putIfAbsent(
                                                new ObjectKey("s/x/open"),
                                                MemorySegment.ofArray(new byte[64])))
                        .isInstanceOfSatisfying(
                                GodwitException.class,
                                e -> {
                                    assertThat(e.kind()).isEqualTo(FailureKind.INDETERMINATE);
                                    assertThat(e.object()).contains("s/x/open");
                                    assertThat(e).hasMessageContaining("s3://backup/doubt-");
                                });
                assertThat(proxy.sent("PUT ")).isEqualTo(1);
            }
        }
    }

    @Test
    void stalledBodiesEnd() throws Exception {
        try (FaultProxy proxy = proxy(1);
                Store store = bare(proxy.port(), "stall");
                Arena arena = Arena.ofShared()) {
            MemorySegment large = arena.allocate(24 << 20);
            ObjectKey key = new ObjectKey("p/large");
            assertThat(store.putIfAbsent(key, large)).isEqualTo(Put.CREATED);
            proxy.with(Fault.STALL_REQUEST, 1);
            long start = System.nanoTime();
            assertKind(
                    FailureKind.INDETERMINATE,
                    () -> store.putIfAbsent(new ObjectKey("p/other"), large));
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(3));
            proxy.heal();
            proxy.with(Fault.STALL_ANSWER, 1);
            start = System.nanoTime();
            assertKind(FailureKind.UNAVAILABLE, () -> store.read(key, 0, large));
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isLessThan(Duration.ofSeconds(3));
        }
    }

    @Test
    void damageOnTheWayIsSeen() throws Exception {
        try (Store store = direct("damage")) {
            ObjectKey key = new ObjectKey("config");
            byte[] content = content("config", 5000);
            store.putIfAbsent(key, MemorySegment.ofArray(content));
            Path file = directory.resolve("s3/backup/damage/config");
            byte[] damaged = content.clone();
            damaged[77] ^= 1;
            java.nio.file.Files.write(file, damaged);
            assertKind(FailureKind.CORRUPT, () -> store.get(key, 1 << 20));
        }
    }

    /// What is sent again is paid for again; the line is what has a limit.
    @Test
    void theUploadLimitHoldsOnTheWire() throws Exception {
        int length = 500_000;
        AtomicLong nanos = new AtomicLong();
        Sleeper sleeper = wait -> nanos.addAndGet(wait.toNanos());
        StoreOptions options =
                new StoreOptions(
                        length, 0, QUICK, Instant::now, nanos::get, sleeper, new Random(1));
        try (FaultProxy proxy = proxy(5).with(Fault.SLOW_DOWN, 0.2)) {
            StoreUrl url = StoreUrl.parse(S3Server.url(proxy.port(), "limit"));
            try (Store store = Stores.open(url, options, s3 -> bare(proxy.port(), "limit"))) {
                for (int i = 0; i < 60; i++) {
                    putMine(store, "p/" + i, content("p", length));
                }
            }
            long sent = proxy.sent("PUT ");
            assertThat(sent).isGreaterThan(60);
            assertThat(nanos.get() / 1e9).isCloseTo((double) sent, withinPercentage(5));
        }
    }

    private static void assertKind(FailureKind kind, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind));
    }

    @Test
    void takesSegmentsOfOneThread() throws Exception {
        try (Store store = direct("confined");
                Arena arena = Arena.ofConfined()) {
            MemorySegment content = arena.allocate(100_000);
            content.fill((byte) 7);
            assertThat(store.putIfAbsent(new ObjectKey("a"), content)).isEqualTo(Put.CREATED);
            MemorySegment target = arena.allocate(100_000);
            assertThat(store.read(new ObjectKey("a"), 0, target)).isEqualTo(100_000);
            assertThat(target.get(ValueLayout.JAVA_BYTE, 99_999)).isEqualTo((byte) 7);
        }
    }
}
