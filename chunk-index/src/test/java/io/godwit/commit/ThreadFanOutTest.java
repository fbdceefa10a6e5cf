package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ThreadFanOutTest {
    private static final int WINDOW = 4;

    private final FanOut fanOut = new ThreadFanOut(Thread.ofVirtual().factory(), WINDOW);
    private final List<Integer> numbers = IntStream.range(0, 500).boxed().toList();

    @Test
    void keepsTheOrder() {
        assertThat(fanOut.map(numbers, number -> number * 2))
                .isEqualTo(numbers.stream().map(number -> number * 2).toList());
        assertThat(fanOut.map(List.of(), number -> number)).isEmpty();
    }

    @Test
    void keepsTheWindow() {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch full = new CountDownLatch(WINDOW);
        fanOut.map(
                numbers,
                number -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    full.countDown();
                    await(full);
                    return inside.decrementAndGet();
                });
        assertThat(most).hasValue(WINDOW);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void stopsAtTheFirstFailure() {
        AtomicInteger calls = new AtomicInteger();
        assertThatThrownBy(
                        () ->
                                fanOut.map(
                                        numbers,
                                        number -> {
                                            calls.incrementAndGet();
                                            throw new GodwitException(
                                                    FailureKind.UNAVAILABLE, "no " + number);
                                        }))
                .isInstanceOf(GodwitException.class);
        assertThat(calls.get()).isLessThanOrEqualTo(WINDOW);
    }

    @Test
    void canBeInterrupted() throws InterruptedException {
        CountDownLatch started = new CountDownLatch(WINDOW);
        AtomicInteger interrupted = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        Thread caller =
                Thread.ofPlatform()
                        .unstarted(
                                () -> {
                                    try {
                                        fanOut.map(
                                                numbers,
                                                number -> {
                                                    started.countDown();
                                                    try {
                                                        never.await();
                                                    } catch (InterruptedException e) {
                                                        interrupted.incrementAndGet();
                                                    }
                                                    return number;
                                                });
                                    } catch (GodwitException e) {
                                        if (e.kind() == FailureKind.INTERRUPTED
                                                && Thread.currentThread().isInterrupted()) {
                                            interrupted.addAndGet(100);
                                        }
                                    }
                                });
        caller.start();
        started.await();
        caller.interrupt();
        caller.join();
        assertThat(interrupted).hasValue(100 + WINDOW);
    }
}
