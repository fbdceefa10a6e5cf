package io.godwit.device;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class SlabTest {
    @Test
    void carvesAlignedBuffersThatDoNotOverlap() {
        try (Slab slab = new Slab(1 << 20)) {
            BufferPool pool = slab.carve("a", 5000, 3);
            MemorySegment[] buffers = {pool.acquire(), pool.acquire(), pool.acquire()};
            for (int i = 0; i < 3; i++) {
                assertThat(buffers[i].address() % 4096).isZero();
                assertThat(buffers[i].byteSize()).isEqualTo(5000);
                buffers[i].fill((byte) (i + 1));
            }
            for (int i = 0; i < 3; i++) {
                assertThat(buffers[i].get(JAVA_BYTE, 0)).isEqualTo((byte) (i + 1));
                assertThat(buffers[i].get(JAVA_BYTE, 4999)).isEqualTo((byte) (i + 1));
            }
            assertThat(pool.tryAcquire()).isNull();
            assertThat(slab.freeBytes()).isEqualTo((1 << 20) - 3 * 8192);
        }
    }

    @Test
    void refusesMoreThanItsBudget() {
        try (Slab slab = new Slab(1 << 20)) {
            slab.carve("most", 1 << 19, 1);
            assertThatThrownBy(() -> slab.carve("packs", (1 << 19) + 1, 1))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID))
                    .hasMessageContaining("pool=packs");
        }
    }

    @Test
    void waitsForABufferAndCanBeInterrupted() throws Exception {
        try (Slab slab = new Slab(1 << 20)) {
            BufferPool pool = slab.carve("one", 4096, 1);
            MemorySegment only = pool.acquire();
            AtomicReference<MemorySegment> got = new AtomicReference<>();
            Thread waiter = Threads.named("waiter").newThread(() -> got.set(pool.acquire()));
            waiter.start();
            while (waiter.getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
            pool.release(only);
            waiter.join();
            assertThat(got.get().address()).isEqualTo(only.address());

            Thread.currentThread().interrupt();
            assertThatThrownBy(pool::acquire)
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.INTERRUPTED));
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void refusesABufferThatIsNotLent() {
        try (Slab slab = new Slab(1 << 20)) {
            BufferPool pool = slab.carve("p", 4096, 2);
            MemorySegment buffer = pool.acquire();
            assertThatThrownBy(() -> pool.release(buffer.asSlice(8)))
                    .isInstanceOf(IllegalStateException.class);
            pool.release(buffer);
            assertThatThrownBy(() -> pool.release(buffer))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void failsInsteadOfCrashingAfterClose() {
        Slab slab = new Slab(1 << 20);
        MemorySegment buffer = slab.carve("p", 4096, 1).acquire();
        slab.close();
        assertThatThrownBy(() -> buffer.get(JAVA_BYTE, 0))
                .isInstanceOf(IllegalStateException.class);
    }
}
