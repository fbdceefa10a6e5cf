package io.godwit.check;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.Losses;
import io.godwit.commit.Nonce;
import io.godwit.commit.SnapshotId;
import io.godwit.error.GodwitException;
import io.godwit.index.SegmentWriter;
import io.godwit.pack.BadPlaces;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import io.godwit.pipeline.ExtentSet;
import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.RunListener;
import io.godwit.repository.Repository;
import io.godwit.store.ObjectKey;
import io.godwit.volume.NodeRef;
import io.godwit.volume.PageRef;
import io.godwit.volume.VolumeKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Finds what a repository has lost and what of that stands elsewhere, and publishes both: from then
/// on nobody refers to lost places, so that the next backup stores again what it meets, and readers
/// of old snapshots find what stands elsewhere. Deletes and rewrites nothing.
///
/// Used once, by one thread, which may be interrupted: one put at the end is all that it changes.
public final class RepairEngine {
    private final Repository repository;
    private final RepairRequest request;
    private final RunListener listener;
    private final List<CatalogueEntry> snapshots;
    private final Losses before;
    private final LossSearch search;
    private final VerifyEngine verify;

    public RepairEngine(
            Repository repository,
            MoverSettings settings,
            RepairRequest request,
            RunListener listener) {
        this.repository = repository;
        this.request = request;
        this.listener = listener;
        this.before = repository.refreshLosses();
        this.snapshots = repository.catalogue().read().entries();
        this.search = new LossSearch(repository, settings, before);
        VerifyRequest all = new VerifyRequest(snapshots, true, request.dataPercent());
        this.verify = new VerifyEngine(repository, settings, all, search, listener);
    }

    /// As [VerifyEngine#doneBytes].
    public long doneBytes() {
        return verify.doneBytes();
    }

    static void stopWhenInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /// Looks, searches and publishes.
    ///
    /// @return problems: what is lost and stands nowhere else; repaired: objects of which all that
    ///     is needed stands elsewhere
    /// @throws GodwitException `FENCED` when a collection or another repair came in between
    public VerifyResult run() throws InterruptedException {
        Optional<GodwitException> placeLost = verify.examine(search);
        Damage damage = verify.damage().ofObjects();
        if (request.dataPercent() < RotatingSample.ALL) {
            // What was not read now is as lost as it was.
            damage.known(before);
        }
        if (verify.damage().isEmpty() && damage.isEmpty() && before.same(Losses.NONE)) {
            return new VerifyResult(verify.checked(), List.of(), List.of());
        }
        BadPlaces bad = damage.badPlaces();
        listener.phase("looking for copies", 0);
        search.gather(snapshots, bad);
        search.search(dataPacks());
        listener.phase("tracing damage", 0);
        Trace trace = new Trace(damage, bad);
        try (SnapshotWalk walk = new SnapshotWalk(repository, search, damage, false, trace)) {
            for (CatalogueEntry snapshot : snapshots) {
                stopWhenInterrupted();
                walk.walk(snapshot);
            }
        }
        Losses now = losses(damage, trace);
        if (!request.dryRun() && !now.same(before)) {
            listener.phase("publishing", 0);
            repository.publish(now, segmentsInstead(now, bad));
        }
        List<String> repaired = damage.settled(now);
        placeLost.ifPresent(
                lost -> listener.warning("place-lost", String.valueOf(lost.getMessage())));
        return new VerifyResult(verify.checked(), damage.problems(), repaired);
    }

    private List<PackId> dataPacks() {
        List<PackId> packs = new ArrayList<>();
        verify.inventory()
                .listed()
                .forEach(
                        (pack, metadata) -> {
                            if (!metadata) {
                                packs.add(pack);
                            }
                        });
        packs.sort(null);
        return packs;
    }

    /// The rows of the sessions whose index segments are damaged, from the footers of their packs.
    private List<byte[]> segmentsInstead(Losses now, BadPlaces bad) {
        Set<SessionId> owners = new HashSet<>();
        for (String name : now.settled()) {
            if (!before.settled().contains(name)) {
                CommitKeys.indexSegmentOwner(new ObjectKey(name)).ifPresent(owners::add);
            }
        }
        List<byte[]> segments = new ArrayList<>();
        try (SegmentWriter rows = new SegmentWriter()) {
            for (PackId pack : owners.isEmpty() ? List.<PackId>of() : dataPacks()) {
                List<ChunkRef> chunks = owners.contains(pack.owner()) ? rows(pack, bad) : List.of();
                if (!rows.hasRoomFor(chunks.size())) {
                    segments.add(rows.finish());
                }
                chunks.forEach(rows::add);
            }
            if (!rows.isEmpty()) {
                segments.add(rows.finish());
            }
        }
        return segments;
    }

    private List<ChunkRef> rows(PackId pack, BadPlaces bad) {
        try {
            return repository.dataChunks(pack).stream()
                    .filter(chunk -> !bad.contain(chunk.record()))
                    .toList();
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
            return List.of();
        }
    }

    private Losses losses(Damage damage, Trace trace) {
        List<Losses.Again> again = new ArrayList<>();
        trace.again.forEach(
                (volume, extents) -> again.add(new Losses.Again(volume, spans(extents.build()))));
        return new Losses(
                repository.nextLosses(),
                Nonce.random(repository.access().random()),
                damage.badPacks(),
                search.found(),
                again,
                trace.unfit(),
                List.copyOf(damage.replaceable()));
    }

    /// As many as a list takes: neighbours are joined until they fit.
    private static List<Losses.Span> spans(ExtentSet extents) {
        List<Losses.Span> spans = new ArrayList<>();
        int joined = 1 + extents.size() / Losses.EXTENTS_MAX;
        for (int i = 0; i < extents.size(); i += joined) {
            int last = Math.min(extents.size(), i + joined) - 1;
            spans.add(new Losses.Span(extents.start(i), extents.end(last) - extents.start(i)));
        }
        return spans;
    }

    /// Says what the damage affects, and what a backup has to do about it.
    private final class Trace implements TreeListener {
        private final Damage damage;
        private final BadPlaces bad;
        private final Map<VolumeKey, ExtentSet.Builder> again =
                new TreeMap<>(Comparator.comparing(VolumeKey::value));
        private final Map<String, SnapshotId> unfit = new TreeMap<>();

        Trace(Damage damage, BadPlaces bad) {
            this.damage = damage;
            this.bad = bad;
        }

        @Override
        public void extent(CatalogueEntry snapshot, ChunkRef chunk, long offset, long length) {
            RecordRef record = chunk.record();
            if (!bad.contain(record)) {
                return;
            }
            again(snapshot, offset, length);
            if (!search.isFound(chunk.id())) {
                damage.refer(record.pack(), record.ordinal(), snapshot, offset, length);
            }
        }

        @Override
        public void lostPage(CatalogueEntry snapshot, PageRef page, long offset, long length) {
            again(snapshot, offset, length);
        }

        @Override
        public void lostNode(CatalogueEntry snapshot, NodeRef node, int level) {
            unfit.put(snapshot.snapshot().toString(), snapshot.snapshot());
        }

        @Override
        public void lostRoot(CatalogueEntry snapshot) {
            unfit.put(snapshot.snapshot().toString(), snapshot.snapshot());
        }

        private void again(CatalogueEntry snapshot, long offset, long length) {
            again.computeIfAbsent(
                            repository.access().keyOf(snapshot.volume()),
                            _ -> new ExtentSet.Builder())
                    .add(offset, length);
        }

        List<SnapshotId> unfit() {
            return List.copyOf(unfit.values());
        }
    }
}
