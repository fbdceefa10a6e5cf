package io.godwit.collect;

import io.godwit.commit.Catalogue;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CataloguePruning;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.CommitKeys.SnapshotName;
import io.godwit.commit.LossRecords;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.SessionRecords;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Reads the roots: tombstones, then sessions, then the catalogue, which reads s/, snap/ and the
/// newest checkpoint in this order.
///
/// Tombstones come first: a snapshot that is forgotten after the sessions were read may be pinned
/// by a session that was not there yet. A tombstone that was listed before them is seen by the
/// re-check of every session that is not among them.
final class RootsReading {
    private final RepositoryAccess access;
    private final Catalogue catalogue;
    private final SessionRecords sessions;
    private final CataloguePruning pruning;
    private final boolean acceptMissing;

    /// @param acceptMissing take a store that shows less than it must for the truth
    RootsReading(RepositoryAccess access, Catalogue catalogue, boolean acceptMissing) {
        this.acceptMissing = acceptMissing;
        this.access = access;
        this.catalogue = catalogue;
        this.sessions = new SessionRecords(access);
        this.pruning = new CataloguePruning(access);
    }

    /// @throws GodwitException `CORRUPT` when something that may say of a snapshot cannot be read
    Roots read() {
        Set<SnapshotName> tombstones = pruning.tombstones();
        List<SessionRecords.Undecided> undecided = sessions.undecided();
        // Behind the sessions: a repair puts its list before its session ends.
        Set<PackId> mended = new LossRecords(access).newest().targets();
        CatalogueView view = catalogue.read();
        requireWhole(view);
        if (!acceptMissing) {
            requireAll(view);
        }
        List<CatalogueEntry> live = new ArrayList<>(view.entries());
        Instant now = access.clock().instant();
        view.forgotten().stream()
                .filter(entry -> !tombstones.contains(name(entry)) || isRetained(entry, now))
                .forEach(live::add);
        return new Roots(view, live, undecided, mended);
    }

    /// Whoever wrote the tombstone was not allowed to: what is retained is a root until then.
    private static boolean isRetained(CatalogueEntry entry, Instant now) {
        return entry.retainUntil().filter(until -> until.isAfter(now)).isPresent();
    }

    private SnapshotName name(CatalogueEntry entry) {
        return new SnapshotName(access.keyOf(entry.volume()), entry.time(), entry.snapshot());
    }

    /// A store may hold entries back, or have lost them. What they need is still there, and stays:
    /// deleting it would make a loss that can be mended one that cannot.
    private void requireAll(CatalogueView view) {
        List<CatalogueView.Problem> missing = catalogue.missing(view);
        if (!missing.isEmpty()) {
            throw new GodwitException(
                            FailureKind.CORRUPT,
                            "snapshots are missing that nobody forgot, so nothing is deleted: "
                                    + missing.getFirst().text())
                    .withHint(
                            "bring the store back to what it was; if they are lost for good, accept"
                                    + " that with: godwit gc --accept-missing");
        }
    }

    private static void requireWhole(CatalogueView view) {
        if (!view.unread().isEmpty()) {
            String object = view.unread().getFirst();
            throw new GodwitException(
                            FailureKind.CORRUPT,
                            "entry of a snapshot cannot be read, so nothing is deleted: object="
                                    + object)
                    .withObject(object)
                    .withHint(
                            "bring the object back; if the snapshot is lost, delete the object and"
                                    + " run it again");
        }
    }
}
