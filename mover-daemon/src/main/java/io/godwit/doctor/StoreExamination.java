package io.godwit.doctor;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.store.StoreCapabilities;
import io.godwit.store.StoreProbe;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Measures a store: whether it keeps writers apart, how long a request takes, how much goes
/// through.
final class StoreExamination {
    /// As large as a pack.
    private static final int OBJECT_BYTES = 16 << 20;

    private final Machine machine;
    private final Store store;

    StoreExamination(Machine machine, Store store) {
        this.machine = machine;
        this.store = store;
    }

    List<Finding> run() {
        byte[] name = new byte[16];
        machine.random().nextBytes(name);
        String prefix = "probe/" + HexFormat.of().formatHex(name);
        List<Finding> findings = new ArrayList<>();
        try {
            StoreCapabilities found =
                    new StoreProbe(store, machine.threads(), machine.nanoTime()).run(prefix);
            findings.add(
                    Finding.good(
                            "store",
                            "%s, %s, one of %d racing puts wins%s"
                                    .formatted(
                                            found.medium(),
                                            found.tier().text(),
                                            found.contenders(),
                                            found.versioned()
                                                    ? ", versioned: deletes free nothing"
                                                    : "")));
            findings.add(
                    Finding.good(
                            "store-latency",
                            "put %.1f ms, read %.1f ms"
                                    .formatted(
                                            found.putLatency().toNanos() / 1e6,
                                            found.readLatency().toNanos() / 1e6)));
            ObjectKey large = new ObjectKey(prefix + "/large");
            try {
                findings.add(throughput(large));
            } finally {
                delete(large).ifPresent(findings::add);
            }
        } catch (GodwitException e) {
            findings.add(Finding.failed("store", e, "look at the URL and at the store"));
        }
        return findings;
    }

    private Finding throughput(ObjectKey key) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment object = arena.allocate(OBJECT_BYTES, 4096);
            for (long at = 0; at < OBJECT_BYTES; at += Long.BYTES) {
                object.set(ValueLayout.JAVA_LONG, at, machine.random().nextInt() * at);
            }
            long start = machine.nanoTime().getAsLong();
            store.putIfAbsent(key, object);
            long put = machine.nanoTime().getAsLong();
            store.read(key, 0, object);
            long read = machine.nanoTime().getAsLong();
            return Finding.good(
                    "store-throughput",
                    "put %.0f MB/s, read %.0f MB/s"
                            .formatted(
                                    OBJECT_BYTES * 1e3 / Math.max(1, put - start),
                                    OBJECT_BYTES * 1e3 / Math.max(1, read - put)));
        }
    }

    /// A writer need not be allowed to delete, but whoever examines often wants to know what stays.
    private Optional<Finding> delete(ObjectKey key) {
        try {
            store.delete(key);
            return Optional.empty();
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.DENIED) {
                throw e;
            }
            return Optional.of(
                    Finding.good(
                            "store-delete", "denied, what doctor tried with stays: object=" + key));
        }
    }
}
