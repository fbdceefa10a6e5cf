package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RateLimitedStoreTest extends StoreContract {
    private final ManualTime time = new ManualTime();
    private final MemoryStore memory = new MemoryStore();

    @Override
    protected Store create() {
        return limited(1 << 20, 1 << 20);
    }

    private Store limited(long up, long down) {
        return new RateLimitedStore(memory, up, down, time, time);
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 1_000_000, 50_000_000})
    void keepsTheRateOfUploadsInTheLongRun(long rate) {
        Store store = limited(rate, 0);
        Random random = new Random(rate);
        long bytes = 0;
        int count = 0;
        while (bytes < rate * 20) {
            MemorySegment content = blank(random.nextInt((int) Math.min(rate, 8 << 20)));
            store.putIfAbsent(new ObjectKey("p/" + count++), content);
            store.delete(new ObjectKey("p/" + (count - 1)));
            bytes += content.byteSize();
            time.pass(Duration.ofNanos((long) (0.9e9 * content.byteSize() / rate)));
        }
        assertThat(seconds()).isCloseTo((double) bytes / rate, within(0.05 * bytes / rate));
    }

    @Test
    void keepsTheRateOfReadsAndCountsWhatCame() {
        memory.putIfAbsent(new ObjectKey("a"), blank(100_000));
        Store store = limited(0, 1_000_000);
        for (int i = 0; i < 100; i++) {
            store.read(new ObjectKey("a"), 50_000, blank(1_000_000));
            store.readTail(new ObjectKey("a"), blank(50_000));
            store.get(new ObjectKey("a"), 100_000);
            store.read(new ObjectKey("missing"), 0, blank(1_000_000));
        }
        assertThat(seconds()).isCloseTo(20, within(1.0));
    }

    @Test
    void sendsAnObjectOfManySeconds() {
        Store store = limited(1000, 0);
        store.putIfAbsent(new ObjectKey("a"), blank(100_000));
        assertThat(seconds()).isCloseTo(100, within(1.5));
        assertThat(memory.get(new ObjectKey("a"), 100_000)).isPresent();
    }

    @Test
    void letsSmallOnesPassALargeOne() throws Exception {
        TokenBucket bucket = new TokenBucket(1000, time);
        for (int slice = 0; slice < 5; slice++) {
            assertThat(bucket.reserve(100)).isLessThanOrEqualTo(500_000_000L);
        }
        Store store = limited(1000, 0);
        Thread large =
                Thread.ofPlatform().start(() -> store.putIfAbsent(key("p/large"), blank(50_000)));
        store.putIfAbsent(key("p/small"), blank(10));
        large.join();
        assertThat(memory.get(key("p/small"), 10)).isPresent();
        assertThat(memory.get(key("p/large"), 50_000)).isPresent();
    }

    /// Two that pay by turns would both be done at the end, and their senders idle together.
    @Test
    void largeOnesPayOneAfterTheOther() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        List<Thread> slices = new CopyOnWriteArrayList<>();
        Sleeper sleeper =
                wait -> {
                    slices.add(Thread.currentThread());
                    first.countDown();
                    time.sleep(wait);
                    Thread.sleep(1);
                };
        Store store = new RateLimitedStore(memory, 1000, 0, time, sleeper);
        Thread one = Thread.ofPlatform().start(() -> store.putIfAbsent(key("p/1"), blank(20_000)));
        first.await();
        Thread two = Thread.ofPlatform().start(() -> store.putIfAbsent(key("p/2"), blank(20_000)));
        one.join();
        two.join();
        assertThat(slices.subList(0, 150)).containsOnly(slices.getFirst());
        assertThat(slices.subList(250, 350)).doesNotContain(slices.getFirst());
    }

    @Test
    void neverHoldsUpARegister() {
        Store store = limited(1000, 0);
        store.putIfAbsent(key("p/a"), blank(10_000));
        Duration before = time.slept();
        store.putIfAbsent(key("s/x/ack/1"), blank(900));
        store.putIfAbsent(key("gc/1/plan"), blank(900));
        assertThat(time.slept()).isEqualTo(before);
        store.putIfAbsent(key("p/b"), blank(100));
        assertThat(time.slept().minus(before)).isGreaterThan(Duration.ofMillis(1700));
    }

    @Test
    void creditsLittleOfAnIdleTime() {
        Store store = limited(1000, 0);
        time.pass(Duration.ofHours(1));
        store.putIfAbsent(key("a"), blank(10_000));
        assertThat(time.slept()).isBetween(Duration.ofMillis(8800), Duration.ofSeconds(9));
    }

    @Test
    void hasNoLimitAtZero() {
        Store store = limited(0, 0);
        store.putIfAbsent(key("a"), blank(10_000_000));
        store.get(key("a"), 10_000_000);
        assertThat(time.slept()).isZero();
        assertThatThrownBy(() -> limited(-1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private double seconds() {
        return time.getAsLong() / 1e9;
    }

    private static ObjectKey key(String text) {
        return new ObjectKey(text);
    }

    private static MemorySegment blank(int length) {
        return MemorySegment.ofArray(new byte[length]);
    }
}
