package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.store.ObjectKey;
import java.util.List;

/// Puts the entries of a COMMIT that is in effect into `snap/`: idempotent, anybody may.
///
/// Losing one of these puts loses nothing: the COMMIT stands until its entries do, and every reader
/// that may write finishes what it finds unfinished.
final class Publishing {
    private static final int ATTEMPTS = 3;

    private final RepositoryAccess access;
    private final RecordStore records;
    private final Backoff backoff;

    Publishing(RepositoryAccess access) {
        this.access = access;
        this.records = new RecordStore(access);
        this.backoff = new Backoff(access);
    }

    ObjectKey key(CatalogueEntry entry) {
        return CommitKeys.snapshot(access.keyOf(entry.volume()), entry.time(), entry.snapshot());
    }

    /// Whether all of them certainly stand there.
    boolean publish(List<CatalogueEntry> entries) {
        return !access.fanOut().map(entries, this::publish).contains(false);
    }

    private boolean publish(CatalogueEntry entry) {
        ObjectKey key = key(entry);
        byte[] plain = EntryFormat.encode(entry);
        if (!EntryFormat.decode(plain, key.value()).equals(entry)) {
            throw new GodwitException(
                    FailureKind.INTERNAL, "entry does not decode as it was meant: object=" + key);
        }
        byte[] sealed = records.seal(ObjectKind.SNAPSHOT, key, plain);
        for (int attempt = 1; ; attempt++) {
            try {
                records.put(key, sealed);
                return true;
            } catch (GodwitException e) {
                if (!Register.passing(e) || attempt == ATTEMPTS) {
                    access.warnings()
                            .warn(
                                    CommitWarnings.Kind.ENTRY_NOT_PUBLISHED,
                                    "snapshot %s is committed, its entry will be written by the next reader: %s"
                                            .formatted(entry.snapshot(), e.getMessage()));
                    return false;
                }
            }
            backoff.before(attempt);
        }
    }
}
