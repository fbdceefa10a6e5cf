package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// Puts of one session that are not registers: their bytes are fixed before the first put and
/// nobody else uses the name, so sending them again is harmless, and after a doubt the bytes are
/// compared.
final class SessionUploads {
    private static final int COMPARE_BYTES = 1 << 20;

    private final RepositoryAccess access;
    private final SessionId session;
    private final Store store;
    private final RecordStore records;
    private final Backoff backoff;
    private final AtomicInteger segments = new AtomicInteger();

    SessionUploads(RepositoryAccess access, SessionId session) {
        this.access = access;
        this.session = session;
        this.store = access.store();
        this.records = new RecordStore(access);
        this.backoff = new Backoff(access);
    }

    ObjectKey pack(PackId pack, boolean metadata, MemorySegment content) {
        ObjectKey key = PackNames.key(pack, metadata);
        put(key, content);
        return key;
    }

    ObjectKey indexSegment(byte[] plain) {
        ObjectKey key = CommitKeys.indexSegment(session, segments.getAndIncrement());
        byte[] sealed = records.seal(ObjectKind.INDEX_SEGMENT, key, plain);
        put(key, MemorySegment.ofArray(sealed));
        return key;
    }

    Set<PackId> missing(Set<PackId> packs, SessionId own) {
        List<PackId> foreign =
                packs.stream().filter(pack -> !pack.owner().equals(own)).sorted().toList();
        List<Boolean> there = access.fanOut().map(foreign, this::exists);
        Set<PackId> missing = new HashSet<>();
        for (int i = 0; i < foreign.size(); i++) {
            if (!there.get(i)) {
                missing.add(foreign.get(i));
            }
        }
        return missing;
    }

    /// References by look-up go to data packs mostly.
    private boolean exists(PackId pack) {
        return records.exists(PackNames.key(pack, false))
                || records.exists(PackNames.key(pack, true));
    }

    private void put(ObjectKey key, MemorySegment content) {
        int attempts = Register.attempts(store, Register.ATTEMPTS);
        for (int attempt = 1; ; attempt++) {
            try {
                if (store.putIfAbsent(key, content) == Store.Put.CREATED || same(key, content)) {
                    return;
                }
                if (attempt == attempts) {
                    throw hidden(key);
                }
            } catch (GodwitException e) {
                if (!Register.passing(e) || attempt == attempts) {
                    throw e;
                }
                if (landed(key, content)) {
                    return;
                }
            }
            backoff.before(attempt);
        }
    }

    /// A name that stays taken and shows nothing.
    private static GodwitException hidden(ObjectKey key) {
        return new GodwitException(
                        FailureKind.UNAVAILABLE,
                        "store says that the object is there and does not show it: object=" + key)
                .withObject(key.value());
    }

    private boolean landed(ObjectKey key, MemorySegment content) {
        try {
            return same(key, content);
        } catch (GodwitException e) {
            Register.requirePassing(e);
            return false;
        }
    }

    /// Whether these bytes stand there; false when nothing does.
    private boolean same(ObjectKey key, MemorySegment content) {
        MemorySegment stored = MemorySegment.ofArray(new byte[COMPARE_BYTES]);
        long length = content.byteSize();
        for (long offset = 0; offset <= length; ) {
            long read = store.read(key, offset, stored);
            if (read < 0) {
                return false;
            }
            long expected = Math.min(COMPARE_BYTES, length - offset);
            if (read != expected
                    || MemorySegment.mismatch(stored, 0, read, content, offset, offset + expected)
                            >= 0) {
                throw new GodwitException(
                                FailureKind.CORRUPT,
                                "other bytes stand under a name of this session: object=%s offset=%d"
                                        .formatted(key, offset))
                        .withObject(key.value())
                        .withOffset(offset);
            }
            offset += COMPARE_BYTES;
        }
        return true;
    }
}
