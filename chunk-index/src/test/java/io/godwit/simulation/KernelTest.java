package io.godwit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

final class KernelTest {
    private static Kernel kernel(long seed, Predicate<String> spared) {
        return new Kernel(seed, Thread.ofVirtual().factory(), spared, true, 10_000);
    }

    private static Kernel kernel() {
        return kernel(1, _ -> false);
    }

    @Test
    void timePassesByPausesAlone() {
        Kernel kernel = kernel();
        List<String> order = new ArrayList<>();
        SimulatedProcess process = kernel.newProcess("p");
        kernel.spawn(
                process,
                "late",
                Duration.ZERO,
                () -> {
                    kernel.pause(Duration.ofHours(2));
                    order.add("late at " + kernel.nanos() / 1_000_000_000);
                });
        kernel.spawn(
                process,
                "early",
                Duration.ZERO,
                () -> {
                    kernel.pause(Duration.ofHours(1));
                    order.add("early at " + kernel.nanos() / 1_000_000_000);
                });
        kernel.at(Duration.ofMinutes(90), () -> order.add("between"));
        kernel.run();
        assertThat(order).containsExactly("early at 3600", "between", "late at 7200");
    }

    @Test
    void aCrashEndsATaskAtWhatItWaitsFor() {
        Kernel kernel = kernel();
        List<String> order = new ArrayList<>();
        SimulatedProcess process = kernel.newProcess("p");
        kernel.spawn(
                process,
                "victim",
                Duration.ZERO,
                () -> {
                    try {
                        kernel.pause(Duration.ofHours(1));
                        order.add("lived");
                    } finally {
                        order.add("ended at " + kernel.nanos());
                        assertThatThrownBy(() -> kernel.pause(Duration.ZERO))
                                .isInstanceOf(Crashed.class);
                    }
                });
        kernel.at(Duration.ofNanos(7), () -> kernel.crash(process));
        kernel.run();
        assertThat(order).containsExactly("ended at 7");
        assertThat(process.alive()).isFalse();
    }

    @Test
    void aProcessThatIsStoppedSleepsThroughEverything() {
        Kernel kernel = kernel();
        List<Long> woke = new ArrayList<>();
        SimulatedProcess process = kernel.newProcess("p");
        kernel.spawn(
                process,
                "t",
                Duration.ZERO,
                () -> {
                    kernel.pause(Duration.ofNanos(10));
                    woke.add(kernel.nanos());
                });
        kernel.at(Duration.ofNanos(5), () -> kernel.stop(process, Duration.ofNanos(100)));
        kernel.run();
        assertThat(woke).containsExactly(105L);
    }

    @Test
    void whatATaskThrowsIsAViolation() {
        Kernel kernel = kernel();
        kernel.spawn(
                kernel.newProcess("p"),
                "t",
                Duration.ZERO,
                () -> {
                    throw new IllegalStateException("told so");
                });
        kernel.spawn(
                kernel.newProcess("q"), "u", Duration.ZERO, () -> kernel.pause(Duration.ofDays(1)));
        assertThatThrownBy(kernel::run)
                .isInstanceOf(Violation.class)
                .hasMessageContaining("told so");
    }

    @Test
    void aHistoryThatDoesNotEndIsAViolation() {
        Kernel kernel = kernel();
        kernel.spawn(kernel.newProcess("p"), "t", Duration.ZERO, () -> kernel.await(() -> false));
        assertThatThrownBy(kernel::run)
                .isInstanceOf(Violation.class)
                .hasMessageContaining("does not end");
    }

    private static String story(long seed, Predicate<String> spared) {
        Kernel kernel = kernel(seed, spared);
        for (String name : List.of("a", "b", "c")) {
            Dice dice = kernel.dice(name);
            kernel.spawn(
                    kernel.newProcess(name),
                    name,
                    Duration.ZERO,
                    () -> {
                        for (int i = 0; i < 20; i++) {
                            boolean slow = dice.strikes("slow", 0.3);
                            kernel.pause(Duration.ofMillis(slow ? 1000 : dice.below(50)));
                            kernel.note("step " + i);
                        }
                    });
        }
        kernel.run();
        return kernel.trace().digest() + kernel.trace().strokes();
    }

    @Test
    void aSeedIsOneHistory() {
        assertThat(story(5, _ -> false)).isEqualTo(story(5, _ -> false));
        assertThat(story(5, _ -> false)).isNotEqualTo(story(6, _ -> false));
    }

    /// What is spared of one source leaves the luck of others as it was.
    @Test
    void strokesCanBeSpared() {
        String spared = story(5, stroke -> stroke.startsWith("a/"));
        assertThat(spared).doesNotContainPattern("[\\[ ]a/").contains("b/1", "c/1");
        assertThat(story(5, _ -> true)).endsWith("[]");
    }
}
