package io.godwit.simulation.repository;

import io.godwit.simulation.Kernel;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What really stands in the store, and who watches it. Clients reach it through [StoreClient].
final class SimulatedStore {
    private final Kernel kernel;
    private final MemoryStore truth;
    private final List<Watcher> watchers = new ArrayList<>();

    /// Is told what changes, at the moment it does.
    interface Watcher {
        void created(ObjectKey key);

        void deleted(ObjectKey key);
    }

    SimulatedStore(Kernel kernel, MemoryStore truth) {
        this.kernel = kernel;
        this.truth = truth;
    }

    void watch(Watcher watcher) {
        watchers.add(watcher);
    }

    /// Without delays and failures, for judges.
    Store truth() {
        return truth;
    }

    Store.Put put(ObjectKey key, byte[] content) {
        Store.Put put = truth.putIfAbsent(key, MemorySegment.ofArray(content));
        kernel.note("  store: put " + key + " " + put);
        if (put == Store.Put.CREATED) {
            watchers.forEach(watcher -> watcher.created(key));
        }
        return put;
    }

    void delete(ObjectKey key) {
        boolean there = exists(key);
        truth.delete(key);
        kernel.note("  store: delete " + key + (there ? "" : " (not there)"));
        if (there) {
            watchers.forEach(watcher -> watcher.deleted(key));
        }
    }

    boolean exists(ObjectKey key) {
        return truth.read(key, 0, MemorySegment.ofArray(new byte[1])) >= 0;
    }

    void putLater(Duration delay, ObjectKey key, byte[] content) {
        kernel.at(delay, () -> put(key, content));
    }

    void deleteLater(Duration delay, ObjectKey key) {
        kernel.at(delay, () -> delete(key));
    }
}
