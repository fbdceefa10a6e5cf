package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ExtentLogTest {
    @Test
    void givesBackWhatCameIn() {
        ExtentLog log = new ExtentLog();
        List<Long> expected = new ArrayList<>();
        Random random = new Random(3);
        long offset = 0;
        long bytes = 0;
        for (int i = 0; i < 200_000; i++) {
            offset += random.nextLong(1L << random.nextInt(1, 40));
            long length = 1 + random.nextLong(1L << random.nextInt(1, 40));
            log.add(offset, length);
            expected.add(offset);
            expected.add(length);
            offset += length;
            bytes += length;
        }
        List<Long> found = new ArrayList<>();
        log.forEach(
                (start, length) -> {
                    found.add(start);
                    found.add(length);
                });

        assertThat(found).isEqualTo(expected);
        assertThat(log.count()).isEqualTo(200_000);
        assertThat(log.bytes()).isEqualTo(bytes);
    }

    @Test
    void takesTheLargestNumbers() {
        ExtentLog log = new ExtentLog();
        log.add(Long.MAX_VALUE - 10, 10);
        List<Long> found = new ArrayList<>();
        log.forEach((start, length) -> found.addAll(List.of(start, length)));

        assertThat(found).containsExactly(Long.MAX_VALUE - 10, 10L);
    }

    @Test
    void isEmptyAtFirst() {
        new ExtentLog()
                .forEach(
                        (start, length) -> {
                            throw new AssertionError();
                        });
    }

    @Test
    void refusesWhatIsOutOfOrder() {
        ExtentLog log = new ExtentLog();
        log.add(10, 10);

        assertThatThrownBy(() -> log.add(15, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.add(20, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
