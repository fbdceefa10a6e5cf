package io.godwit.collect;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Pin;
import io.godwit.commit.SessionRecords.Undecided;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.SessionId;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Marks from the roots: live snapshots first, then what sessions pin. Belongs to one thread.
///
/// @param all everything that a root may need; what is not in it may be condemned or deleted
/// @param certain without what sessions only claim that have not acknowledged the round, or opened
///     after its plan: their re-check may have dropped it. No sweep of the round may touch it
record RootsMark(Holdings all, Holdings certain) {
    /// Marks for a round.
    ///
    /// @param mark a new one
    /// @param certain gathers, and has reached nothing yet
    /// @throws GodwitException `CORRUPT` when a snapshot cannot be read: then nothing may be
    ///     deleted
    static RootsMark of(Roots roots, long round, PackMark mark, Marked certain) {
        roots.live().forEach(snapshot -> markWhole(snapshot, mark, certain));
        List<Undecided> bound =
                roots.undecided().stream().filter(session -> isBound(session, round)).toList();
        bound.forEach(session -> markPins(session, mark, certain));
        Marked all = certain.copy();
        // Not certain: a list that a repair puts late may name what a sweep has decided upon. Such
        // packs are not moved either: the list says in which place of them something stands.
        roots.mended().forEach(all::pack);
        roots.undecided().forEach(session -> markPins(session, mark, all));
        return new RootsMark(
                holdings(all, owners(roots.undecided(), roots.undecided())),
                holdings(certain, owners(roots.undecided(), bound)));
    }

    private static Holdings holdings(Marked marked, Set<SessionId> owners) {
        return new Holdings(marked.packs(), owners, marked.uncopied());
    }

    /// Whether the session had opened for good before the round's plan, and knows of it.
    private static boolean isBound(Undecided session, long round) {
        return session.id().plan() < round && session.acknowledged() >= round;
    }

    private static void markWhole(CatalogueEntry snapshot, PackMark mark, Marked found) {
        try {
            mark.mark(snapshot.root(), PackMark.Missing.FAILS, found);
        } catch (GodwitException e) {
            requireDamage(e);
            GodwitException failure =
                    new GodwitException(
                                    FailureKind.CORRUPT,
                                    "snapshot cannot be read, so nothing is deleted: "
                                            + "snapshot=%s volume=%s reason=%s"
                                                    .formatted(
                                                            snapshot.snapshot(),
                                                            snapshot.volume(),
                                                            e.getMessage()),
                                    e)
                            .withHint("see what is damaged with: godwit verify; or forget it");
            e.object().ifPresent(failure::withObject);
            throw failure;
        }
    }

    /// A pinned snapshot is live and was marked before, or it is forgotten: then parts of it may
    /// have been deleted before the pin, which the session's re-check has dropped.
    private static void markPins(Undecided session, PackMark mark, Marked found) {
        for (Pin pin : session.open().pins()) {
            mark.mark(pin.root(), PackMark.Missing.IS_SKIPPED, found);
        }
    }

    private static void requireDamage(GodwitException e) {
        if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.NOT_FOUND) {
            throw e;
        }
    }

    private static Set<SessionId> owners(List<Undecided> byName, List<Undecided> byAdoption) {
        Set<SessionId> owners = new HashSet<>();
        byName.forEach(session -> owners.add(session.id()));
        byAdoption.forEach(session -> owners.addAll(session.open().adopts()));
        return owners;
    }
}
