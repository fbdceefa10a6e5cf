package io.godwit.commit;

import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;

/// A pipeline of one reference: it prefers to reuse an old chunk, and keeps the rules of W4 to W6.
public final class TestWriter implements CollectedPacks, CondemnedListener {
    /// How a run ended, as the writer would tell its user.
    public enum End {
        COMMITTED,
        FENCED,
        /// It failed otherwise, and says that nothing was committed.
        FAILED,
        /// It says that it does not know.
        UNKNOWN
    }

    private final TestRepository repository;
    private final String volume;
    private final Set<PackId> unusable = new HashSet<>();
    private Optional<ChunkRef> reusable;
    private Optional<ChunkRef> reference = Optional.empty();
    private Optional<Session> session = Optional.empty();
    private Optional<CatalogueEntry> entry = Optional.empty();
    private List<SessionId> adopts = List.of();
    private boolean deaf;

    public TestWriter(TestRepository repository, String volume, Optional<ChunkRef> reusable) {
        this.repository = repository;
        this.volume = volume;
        this.reusable = reusable;
    }

    TestWriter adopting(List<SessionId> dead) {
        adopts = dead;
        return this;
    }

    /// A mistake: it acknowledges plans without doing what they ask for.
    TestWriter deaf() {
        deaf = true;
        return this;
    }

    public Optional<CatalogueEntry> entry() {
        return entry;
    }

    public End run() {
        try {
            commit();
            return End.COMMITTED;
        } catch (GodwitException e) {
            session.ifPresent(Session::close);
            return switch (e.kind()) {
                case FENCED -> End.FENCED;
                case INDETERMINATE -> End.UNKNOWN;
                case UNAVAILABLE, INTERRUPTED -> End.FAILED;
                default -> throw e;
            };
        }
    }

    private void commit() {
        Session open =
                Session.open(
                        repository,
                        SessionRequest.of("test").withIndex(this, this).withAdopted(adopts));
        session = Optional.of(open);
        reference = Optional.of(lookUp(open).orElseGet(() -> repository.upload(open)));
        beat(open);
        open.putIndexSegment(new byte[] {1});
        beat(open);
        open.freeze();
        PackId pack = reference.get().record().pack();
        if (!deaf && !open.owns(pack) && !open.checkForeignPacks(Set.of(pack)).isEmpty()) {
            reference = Optional.of(repository.upload(open));
        }
        beat(open);
        CatalogueEntry made =
                repository.entry(
                        volume,
                        open.id(),
                        reference.get(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        repository.clock().instant());
        entry = Optional.of(made);
        repository.advance(Duration.ofSeconds(1));
        open.commit(List.of(made));
    }

    private void beat(Session open) {
        open.heartbeat();
        open.requireUsable();
    }

    private Optional<ChunkRef> lookUp(Session open) {
        return reusable.filter(
                chunk -> {
                    PackId pack = chunk.record().pack();
                    return open.owns(pack) || !unusable.contains(pack);
                });
    }

    // ---- the index

    @Override
    public long watermark() {
        return 0;
    }

    @Override
    public void bringTo(
            long newestPlan, SortedMap<Long, Set<PackId>> sweeps, Set<PackId> condemned) {
        unusable.clear();
        sweeps.values().forEach(unusable::addAll);
        unusable.addAll(condemned);
    }

    @Override
    public void onCondemned(CollectionPlan plan, Set<PackId> packs) {
        if (deaf) {
            return;
        }
        unusable.addAll(packs);
        Session open = session.orElseThrow();
        boolean hit =
                reference
                        .map(chunk -> chunk.record().pack())
                        .filter(packs::contains)
                        .filter(pack -> !open.owns(pack))
                        .isPresent();
        if (hit) {
            reference = Optional.of(repository.upload(open));
        }
    }
}
