package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

final class MeteredStoreTest extends StoreContract {
    @Override
    protected Store create() {
        return new MeteredStore(new MemoryStore());
    }

    @Test
    void countsWhatPassed() {
        MeteredStore store = new MeteredStore(new MemoryStore());
        ObjectKey key = new ObjectKey("a");
        store.putIfAbsent(key, MemorySegment.ofArray(new byte[10]));
        store.putIfAbsent(key, MemorySegment.ofArray(new byte[10]));
        StoreMetrics before = store.metrics();
        store.get(key, 100);
        store.get(new ObjectKey("b"), 100);
        store.read(key, 4, MemorySegment.ofArray(new byte[10]));
        store.read(new ObjectKey("b"), 4, MemorySegment.ofArray(new byte[10]));
        store.readTail(key, MemorySegment.ofArray(new byte[3]));
        store.list("", "", 10);
        store.delete(key);
        assertThatThrownBy(() -> store.list("", "", 0))
                .isInstanceOf(IllegalArgumentException.class);
        store.putIfAbsent(key, MemorySegment.ofArray(new byte[10]));
        assertThatThrownBy(() -> store.get(key, 9)).isInstanceOf(GodwitException.class);

        assertThat(before).isEqualTo(new StoreMetrics(1, 10, 1, 0, 0, 0, 0, 0, 0));
        assertThat(store.metrics()).isEqualTo(new StoreMetrics(2, 20, 1, 5, 19, 1, 1, 1, 2));
        assertThat(store.metrics().since(before))
                .isEqualTo(new StoreMetrics(1, 10, 0, 5, 19, 1, 1, 1, 2));
    }
}
