package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/// Sealed records in a store: whole, small, written once.
final class RecordStore {
    /// Everything but lists of packs and checkpoints: a COMMIT of 4096 entries fits.
    private static final int RECORD_BYTES_MAX = 64 << 20;

    /// Plans of a repository of hundreds of terabytes, and checkpoint segments.
    private static final int LIST_BYTES_MAX = 512 << 20;

    private static final int PAGE = 1000;

    private final Store store;
    private final Sealing sealing;

    RecordStore(RepositoryAccess access) {
        this.store = access.store();
        this.sealing = access.sealing();
    }

    /// The record's plain bytes, or empty when there is none.
    Optional<byte[]> get(ObjectKind kind, ObjectKey key) {
        Optional<byte[]> object = store.get(key, limit(kind));
        return object.map(bytes -> sealing.open(kind, key, bytes));
    }

    <T> Optional<T> get(ObjectKind kind, ObjectKey key, BiFunction<byte[], String, T> format) {
        Optional<byte[]> plain = get(kind, key);
        return plain.map(bytes -> format.apply(bytes, key.value()));
    }

    boolean exists(ObjectKey key) {
        return store.read(key, 0, MemorySegment.ofArray(new byte[1])) >= 0;
    }

    /// Sealed, and opened again before it leaves.
    byte[] seal(ObjectKind kind, ObjectKey key, byte[] plain) {
        byte[] sealed = sealing.seal(kind, key, plain);
        if (!Arrays.equals(sealing.open(kind, key, sealed), plain)) {
            throw new GodwitException(
                    FailureKind.INTERNAL, "object does not open as it was sealed: object=" + key);
        }
        return sealed;
    }

    Store.Put put(ObjectKey key, byte[] sealed) {
        return store.putIfAbsent(key, MemorySegment.ofArray(sealed));
    }

    /// Every object below `prefix` from behind `after` on, in order.
    void list(String prefix, String after, Consumer<Store.Listed> each) {
        String from = after;
        while (true) {
            Store.Page page = store.list(prefix, from, PAGE);
            page.objects().forEach(each);
            if (!page.more()) {
                return;
            }
            if (page.objects().isEmpty()) {
                throw new GodwitException(
                        FailureKind.CORRUPT,
                        "listing does not advance: prefix=%s after=%s".formatted(prefix, from));
            }
            from = page.objects().getLast().key().value();
        }
    }

    /// The first page only: for prefixes of which the start tells enough.
    Store.Page firstPage(String prefix, String after) {
        return store.list(prefix, after, PAGE);
    }

    private static int limit(ObjectKind kind) {
        return switch (kind) {
            case PLAN, SWEEP, CATALOGUE, INDEX_ROOT, LOSSES -> LIST_BYTES_MAX;
            default -> RECORD_BYTES_MAX;
        };
    }
}
