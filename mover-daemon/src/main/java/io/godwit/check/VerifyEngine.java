package io.godwit.check;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Losses;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.index.SegmentReader;
import io.godwit.pack.BadPlaces;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.pack.RecordRef;
import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.RunListener;
import io.godwit.pipeline.WorkerCrew;
import io.godwit.repository.Repository;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.NodeRef;
import io.godwit.volume.PageRef;
import io.godwit.volume.Replacements;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/// Verifies snapshots: their trees, every reference against the packs' own footers, and as much of
/// the data as asked for. Nothing is changed.
///
/// Used once, by one thread, which may be interrupted.
public final class VerifyEngine {
    private static final int RECORD_BYTES_MAX = 64 << 20;
    private static final int LIST_PAGE = 10_000;

    private final Repository repository;
    private final MoverSettings settings;
    private final VerifyRequest request;
    private final RunListener listener;
    private final Damage damage = new Damage();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder doneBytes = new LongAdder();
    private final LongAdder chunks = new LongAdder();
    private final Replacements replacements;
    private final PackInventory inventory;
    private final Map<PackId, Boolean> packs = new HashMap<>();
    private long nodes;
    private long pages;
    private long segments;

    public VerifyEngine(
            Repository repository,
            MoverSettings settings,
            VerifyRequest request,
            RunListener listener) {
        this(repository, settings, request, repository.replacements(), listener);
    }

    VerifyEngine(
            Repository repository,
            MoverSettings settings,
            VerifyRequest request,
            Replacements replacements,
            RunListener listener) {
        this.replacements = replacements;
        this.inventory = new PackInventory(repository, damage);
        this.repository = repository;
        this.settings = settings;
        this.request = request;
        this.listener = listener;
    }

    /// Sealed bytes of the packs that were read so far; the phase `reading data` says how many
    /// there will be.
    public long doneBytes() {
        return doneBytes.sum();
    }

    public VerifyResult run() throws InterruptedException {
        Optional<GodwitException> placeLost = examine((_, _, _, _) -> {});
        Losses losses = repository.losses();
        Damage traced = damage.ofObjects();
        traced.known(losses);
        if (!damage.isEmpty() || !traced.isEmpty()) {
            traceDamage(traced);
        }
        List<String> repaired = traced.settled(losses);
        placeLost.ifPresent(lost -> complain(lost, traced));
        return new VerifyResult(checked(), traced.problems(), repaired);
    }

    /// Looks at everything that was asked for; what is found stands in [#damage].
    ///
    /// @param also is shown what the walk over the trees comes by
    /// @return why the place in the rotation is not kept, if it is not
    Optional<GodwitException> examine(TreeListener also) throws InterruptedException {
        if (rotates()) {
            RotatingSample.prepare(placeFile());
        }
        listener.phase("checking structure", 0);
        inventory.list();
        try (SnapshotWalk walk =
                new SnapshotWalk(repository, replacements, damage, true, new Referring(also))) {
            for (CatalogueEntry snapshot : request.snapshots()) {
                stopWhenInterrupted();
                reference(snapshot.root());
                walk.walk(snapshot);
            }
            nodes = walk.nodes();
            pages = walk.pages();
        }
        segments = request.everything() ? checkRecords() : 0;
        if (request.everything() && request.dataPercent() > 0) {
            // What no snapshot refers to any more, the next backup may: its chunks are in the
            // index.
            inventory.listed().forEach(packs::putIfAbsent);
        }
        return readData();
    }

    /// Compares what the trees refer to with the packs.
    private final class Referring implements TreeListener {
        private final TreeListener also;

        Referring(TreeListener also) {
            this.also = also;
        }

        @Override
        public void extent(CatalogueEntry snapshot, ChunkRef chunk, long offset, long length) {
            reference(chunk);
            also.extent(snapshot, chunk, offset, length);
        }

        @Override
        public void lostPage(CatalogueEntry snapshot, PageRef page, long offset, long length) {
            also.lostPage(snapshot, page, offset, length);
        }

        @Override
        public void lostNode(CatalogueEntry snapshot, NodeRef node, int level) {
            also.lostNode(snapshot, node, level);
        }
    }

    Damage damage() {
        return damage;
    }

    PackInventory inventory() {
        return inventory;
    }

    VerifyResult.Checked checked() {
        return new VerifyResult.Checked(
                request.snapshots().size(),
                nodes,
                pages,
                packs.size(),
                chunks.sum(),
                segments,
                readBytes.sum());
    }

    private boolean rotates() {
        return request.dataPercent() > 0 && request.dataPercent() < RotatingSample.ALL;
    }

    /// What is damaged matters more than where the next run begins.
    private void complain(GodwitException placeLost, Damage traced) {
        if (traced.problems().isEmpty()) {
            throw placeLost;
        }
        listener.warning("place-lost", String.valueOf(placeLost.getMessage()));
    }

    private static void stopWhenInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void reference(ChunkRef named) {
        ChunkRef chunk = inventory.place(named);
        PackId pack = chunk.record().pack();
        packs.put(pack, chunk.record().metadata());
        if (inventory.check(chunk) == PackInventory.Standing.CONTRADICTED) {
            damage.record(
                    pack,
                    chunk.record().ordinal(),
                    "chunk",
                    PackNames.key(pack, chunk.record().metadata()).value(),
                    chunk.record().offset(),
                    "the pack holds something else there: chunk=" + chunk.id());
        }
    }

    /// Everything sealed that is neither a pack nor a key; returns how many index segments there
    /// were.
    private long checkRecords() throws InterruptedException {
        checkAll("snap/", "snapshot", _ -> ObjectKind.SNAPSHOT);
        checkAll("snap-del/", "tombstone", _ -> ObjectKind.TOMBSTONE);
        checkAll("s/", "session", VerifyEngine::sessionKind);
        checkAll("gc/", "collection", VerifyEngine::collectionKind);
        return checkAll("idx/l0/", Damage.INDEX_SEGMENT, _ -> ObjectKind.INDEX_SEGMENT)
                + checkAll("idx/l1/", Damage.INDEX_SEGMENT, _ -> ObjectKind.INDEX_SEGMENT);
    }

    private static ObjectKind sessionKind(ObjectKey key) {
        String name = key.value();
        if (name.endsWith("/open")) {
            return ObjectKind.SESSION_OPEN;
        }
        return name.endsWith("/outcome") ? ObjectKind.SESSION_OUTCOME : ObjectKind.SESSION_ACK;
    }

    private static ObjectKind collectionKind(ObjectKey key) {
        String name = key.value();
        if (name.startsWith("gc/lost/")) {
            return ObjectKind.LOSSES;
        }
        if (name.endsWith("/plan")) {
            return ObjectKind.PLAN;
        }
        return name.endsWith("/sweep") ? ObjectKind.SWEEP : ObjectKind.DONE;
    }

    private long checkAll(String prefix, String what, Function<ObjectKey, ObjectKind> kind)
            throws InterruptedException {
        long count = 0;
        String after = "";
        boolean more = true;
        while (more) {
            Store.Page page = repository.store().list(prefix, after, LIST_PAGE);
            for (Store.Listed object : page.objects()) {
                stopWhenInterrupted();
                ObjectKind found = kind.apply(object.key());
                check(object.key(), found == ObjectKind.LOSSES ? Damage.LOSSES : what, found);
                count++;
                after = object.key().value();
            }
            more = page.more();
        }
        return count;
    }

    private void check(ObjectKey key, String what, ObjectKind kind) {
        try {
            Optional<byte[]> object = repository.store().get(key, RECORD_BYTES_MAX);
            if (object.isEmpty()) {
                return;
            }
            byte[] plain = repository.keys().sealer().open(kind, key, object.get());
            if (kind == ObjectKind.INDEX_SEGMENT) {
                readRows(key, plain);
            }
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
            damage.add(what, key.value(), e.offset().orElse(0), String.valueOf(e.getMessage()));
        }
    }

    private static void readRows(ObjectKey key, byte[] plain) {
        SegmentReader rows = new SegmentReader(key.value(), plain);
        boolean more = rows.next();
        while (more) {
            more = rows.next();
        }
    }

    /// Returns why the place in the rotation is not kept, if it is not.
    private Optional<GodwitException> readData() throws InterruptedException {
        if (request.dataPercent() == 0) {
            return Optional.empty();
        }
        NavigableMap<PackId, Long> sealedBytes = new TreeMap<>();
        packs.keySet().forEach(pack -> sealedBytes.put(pack, inventory.sealedBytes(pack)));
        RotatingSample sample =
                new RotatingSample(
                        placeFile(), sealedBytes, request.dataPercent(), settings.random());
        List<PackId> chosen = sample.chosen();
        listener.phase("reading data", chosen.stream().mapToLong(inventory::sealedBytes).sum());
        AtomicInteger next = new AtomicInteger();
        try {
            new WorkerCrew(settings.threadFactory(), () -> {})
                    .run(
                            settings.threads(),
                            () -> {
                                try (PackExamination examination = newExamination()) {
                                    for (int i = next.getAndIncrement();
                                            i < chosen.size();
                                            i = next.getAndIncrement()) {
                                        stopWhenInterrupted();
                                        PackId pack = chosen.get(i);
                                        examination.examine(
                                                pack, Boolean.TRUE.equals(packs.get(pack)));
                                        doneBytes.add(inventory.sealedBytes(pack));
                                        sample.read(i);
                                    }
                                }
                            });
        } finally {
            sample.note();
        }
        return sample.failure();
    }

    private PackExamination newExamination() {
        return new PackExamination(
                repository, repository.newHasher(settings.kernel()), damage, readBytes, chunks);
    }

    /// Of this repository, and of this volume where one snapshot is verified: the next one shares
    /// most packs with it.
    private Path placeFile() {
        String repositoryId = HexFormat.of().formatHex(repository.keys().repositoryId());
        String scope =
                request.everything()
                        ? ""
                        : "-" + repository.access().keyOf(request.snapshots().getFirst().volume());
        return settings.stateDirectory().resolve("verify-" + repositoryId + scope);
    }

    /// Walks once more, this time without leaving out what snapshots share, to say what the damage
    /// affects. What stands elsewhere is not affected, unless that is damaged too.
    private void traceDamage(Damage traced) throws InterruptedException {
        listener.phase("tracing damage", 0);
        BadPlaces bad = traced.badPlaces();
        Set<ChunkRef> inPlace = new HashSet<>();
        for (Losses.Found found : repository.losses().found()) {
            if (bad.wholePacks().contains(found.now().record().pack())) {
                inPlace.add(found.now());
            }
        }
        TreeListener refer =
                (snapshot, named, offset, length) -> {
                    ChunkRef chunk = repository.relocation().locate(named);
                    RecordRef record = chunk.record();
                    if (bad.contain(record) && !stands(chunk, bad, inPlace)) {
                        traced.refer(record.pack(), record.ordinal(), snapshot, offset, length);
                    }
                };
        try (SnapshotWalk walk = new SnapshotWalk(repository, replacements, traced, false, refer)) {
            for (CatalogueEntry snapshot : request.snapshots()) {
                stopWhenInterrupted();
                walk.walk(snapshot);
            }
        }
    }

    /// Elsewhere, or where it always was: then the last repair has read it there, though its pack is
    /// damaged.
    private boolean stands(ChunkRef chunk, BadPlaces bad, Set<ChunkRef> inPlace) {
        return inPlace.contains(chunk)
                || replacements
                        .of(chunk)
                        .filter(now -> !bad.contain(now.record()))
                        .filter(now -> inventory.check(now) == PackInventory.Standing.GOOD)
                        .isPresent();
    }
}
