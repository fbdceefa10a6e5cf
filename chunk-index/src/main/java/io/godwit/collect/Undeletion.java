package io.godwit.collect;

import io.godwit.commit.Catalogue;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.CollectedPacks;
import io.godwit.commit.CollectionRecords;
import io.godwit.commit.CollectionSweep;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.Lineage;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// Brings a forgotten snapshot back: a session commits its root once more, under a new id. It goes
/// from W1 to W8 as any other, and refers to nothing that a collection has condemned.
public final class Undeletion {
    /// As often as any session.
    private static final Duration HEARTBEAT = Duration.ofSeconds(30);

    private final RepositoryAccess access;
    private final Catalogue catalogue;
    private final PackMark mark;
    private final CollectionRecords rounds;

    /// @param mark a new one
    public Undeletion(RepositoryAccess access, Catalogue catalogue, PackMark mark) {
        this.access = access;
        this.catalogue = catalogue;
        this.mark = mark;
        this.rounds = new CollectionRecords(access);
    }

    /// Brings one snapshot back.
    ///
    /// @param text the whole id of a forgotten snapshot, or its first digits
    /// @return the snapshot that takes its place
    /// @throws GodwitException `NOT_FOUND` when it is collected, or never was; `INVALID` when it
    ///     was not forgotten, or is back already; `FENCED` when a collection came in between
    public CatalogueEntry undelete(String text) {
        CatalogueView view = catalogue.read();
        CatalogueEntry forgotten = find(view, text);
        Condemnation condemnation = new Condemnation("the snapshot");
        SessionRequest request =
                SessionRequest.of("undelete").withIndex(CollectedPacks.none(), condemnation);
        try (Session session = Session.open(access, request)) {
            Set<PackId> packs = packs(forgotten, condemnation, session);
            requireUncollected(forgotten, packs, session);
            session.heartbeat();
            session.freeze();
            return session.commit(List.of(again(forgotten, view, session))).entries().getFirst();
        }
    }

    private static CatalogueEntry find(CatalogueView view, String text) {
        List<CatalogueEntry> found = matches(view.forgotten(), text);
        if (found.isEmpty() && !matches(view.entries(), text).isEmpty()) {
            throw new GodwitException(FailureKind.INVALID, "snapshot is not forgotten: " + text);
        }
        if (found.isEmpty()) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no forgotten snapshot: " + text)
                    .withHint("what a collection has come by cannot be brought back");
        }
        if (found.size() > 1) {
            throw new GodwitException(FailureKind.INVALID, "snapshot id is ambiguous: " + text)
                    .withHint("give more digits");
        }
        CatalogueEntry forgotten = found.getFirst();
        for (CatalogueEntry entry : view.entries(forgotten.volume())) {
            if (entry.root().equals(forgotten.root())) {
                throw new GodwitException(
                        FailureKind.INVALID,
                        "snapshot is back already: snapshot=%s as=%s"
                                .formatted(forgotten.snapshot(), entry.snapshot()));
            }
        }
        return forgotten;
    }

    private static List<CatalogueEntry> matches(List<CatalogueEntry> entries, String text) {
        return entries.stream().filter(e -> e.snapshot().toString().startsWith(text)).toList();
    }

    /// Collections are answered meanwhile: a large snapshot takes longer than they wait.
    private Set<PackId> packs(
            CatalogueEntry forgotten, Condemnation condemnation, Session session) {
        Instant[] beaten = {access.clock().instant()};
        try {
            mark.mark(
                    forgotten.root(),
                    PackMark.Missing.FAILS,
                    new References() {
                        @Override
                        public void pack(PackId pack) {
                            condemnation.need(pack);
                            Instant now = access.clock().instant();
                            if (Duration.between(beaten[0], now).compareTo(HEARTBEAT) >= 0) {
                                session.heartbeat();
                                session.requireUsable();
                                beaten[0] = access.clock().instant();
                            }
                        }

                        @Override
                        public boolean wantsChunks(PackId pack) {
                            return false;
                        }

                        @Override
                        public void chunk(ChunkRef chunk) {
                            pack(chunk.record().pack());
                        }
                    });
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.NOT_FOUND) {
                throw e;
            }
            throw collected(forgotten, String.valueOf(e.getMessage()));
        }
        return condemnation.needed();
    }

    /// Against all sweeps, and the plans whose sweep is not decided; then W6.
    private void requireUncollected(CatalogueEntry forgotten, Set<PackId> packs, Session session) {
        for (long round : rounds.plansFrom(1)) {
            Optional<CollectionSweep> sweep = rounds.sweep(round);
            if (!Collections.disjoint(packs, rounds.unusable(round, sweep))) {
                if (sweep.isEmpty()) {
                    requireOnlyMoved(round, packs);
                }
                throw collected(forgotten, "round=" + round);
            }
        }
        Set<PackId> missing = session.checkForeignPacks(packs);
        if (!missing.isEmpty()) {
            throw collected(forgotten, "missing pack " + missing.iterator().next());
        }
    }

    /// What an undecided round repacks is found again when it is done.
    private void requireOnlyMoved(long round, Set<PackId> packs) {
        Set<PackId> condemned = new HashSet<>();
        rounds.listedPlan(round).condemned().forEach(pack -> condemned.add(pack.id()));
        if (Collections.disjoint(packs, condemned)) {
            throw new GodwitException(
                            FailureKind.FENCED,
                            "a collection is moving what the snapshot needs: round=" + round)
                    .withObject(CommitKeys.plan(round).value())
                    .withHint("run it again when that collection is done");
        }
    }

    private static GodwitException collected(CatalogueEntry forgotten, String why) {
        return new GodwitException(
                        FailureKind.NOT_FOUND,
                        "snapshot is collected: snapshot=%s reason=%s"
                                .formatted(forgotten.snapshot(), why))
                .withHint("what a collection has come by cannot be brought back");
    }

    private CatalogueEntry again(CatalogueEntry old, CatalogueView view, Session session) {
        Optional<CatalogueEntry> parent = old.parent().flatMap(view::find);
        long newest = view.lineage(old.volume(), Optional.empty()).counter() - 1;
        return new CatalogueEntry(
                session.newSnapshotIds(1).getFirst(),
                old.volume(),
                old.time(),
                old.sizeBytes(),
                old.root(),
                Lineage.after(parent, OptionalLong.of(newest)),
                old.retainUntil(),
                old.tags(),
                old.changedBytes(),
                old.storedBytes(),
                old.changeId(),
                old.chunker(),
                session.id(),
                Optional.empty(),
                1,
                old.extensions());
    }
}
