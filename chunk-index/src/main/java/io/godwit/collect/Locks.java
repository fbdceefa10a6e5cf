package io.godwit.collect;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CommitWarnings;
import io.godwit.commit.PackName;
import io.godwit.commit.RepositoryAccess;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackNames;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/// Keeps locked what snapshots need that are retained, where the store locks objects.
///
/// A pack is locked when it is put, and a later snapshot may need it longer. So each collection
/// prolongs the locks that end before the last snapshot's retention does, by half of the store's
/// time more than that: then most collections find nothing to prolong. Belongs to one thread.
final class Locks {
    private static final int RINGS_MOST = 1000;

    private final RepositoryAccess access;

    Locks(RepositoryAccess access) {
        this.access = access;
    }

    /// Prolongs what ends too early. A store that does not let us is no reason not to collect.
    ///
    /// @param packs in the store
    /// @param needed by snapshots
    void prolong(
            Collection<PackName> packs,
            Predicate<PackName> needed,
            Collection<CatalogueEntry> snapshots) {
        Store store = access.store();
        Optional<Duration> time = store.traits().retention();
        Optional<Instant> last =
                snapshots.stream()
                        .map(CatalogueEntry::retainUntil)
                        .flatMap(Optional::stream)
                        .max(Comparator.naturalOrder())
                        .filter(until -> until.isAfter(access.clock().instant()));
        if (time.isEmpty() || last.isEmpty()) {
            return;
        }
        List<ObjectKey> keys = new ArrayList<>(List.of(new ObjectKey("config")));
        store.list("ring/", "", RINGS_MOST).objects().forEach(ring -> keys.add(ring.key()));
        packs.stream()
                .filter(needed)
                .forEach(pack -> keys.add(PackNames.key(pack.id(), pack.metadata())));
        prolong(keys, last.get(), last.get().plus(time.get().dividedBy(2)));
    }

    private void prolong(List<ObjectKey> keys, Instant least, Instant wanted) {
        AtomicInteger refused = new AtomicInteger();
        access.fanOut()
                .map(
                        keys,
                        key -> {
                            try {
                                return access.store().retain(key, least, wanted);
                            } catch (GodwitException e) {
                                if (e.kind() != FailureKind.DENIED) {
                                    throw e;
                                }
                                refused.incrementAndGet();
                                return false;
                            }
                        });
        if (refused.get() > 0) {
            access.warnings()
                    .warn(
                            CommitWarnings.Kind.NOT_LOCKED,
                            "the store does not let locks be prolonged: objects=%d of=%d until=%s"
                                    .formatted(refused.get(), keys.size(), least));
        }
    }
}
