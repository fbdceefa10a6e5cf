package io.godwit.check;

import io.godwit.commit.CatalogueEntry;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.index.SegmentReader;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.RunListener;
import io.godwit.pipeline.WorkerCrew;
import io.godwit.repository.Repository;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
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
    private static final String INDEX_SEGMENT = "index-segment";
    private static final int LIST_PAGE = 10_000;

    private final Repository repository;
    private final MoverSettings settings;
    private final VerifyRequest request;
    private final RunListener listener;
    private final Damage damage = new Damage();
    private final LongAdder readBytes = new LongAdder();
    private final LongAdder doneBytes = new LongAdder();
    private final LongAdder chunks = new LongAdder();

    public VerifyEngine(
            Repository repository,
            MoverSettings settings,
            VerifyRequest request,
            RunListener listener) {
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
        if (rotates()) {
            RotatingSample.prepare(placeFile());
        }
        listener.phase("checking structure", 0);
        PackInventory inventory = new PackInventory(repository, damage);
        Map<PackId, Boolean> packs = new HashMap<>();
        long nodes;
        long pages;
        try (SnapshotWalk walk =
                new SnapshotWalk(
                        repository,
                        damage,
                        true,
                        (snapshot, chunk, offset, length) -> reference(inventory, packs, chunk))) {
            for (CatalogueEntry snapshot : request.snapshots()) {
                stopWhenInterrupted();
                reference(inventory, packs, snapshot.root());
                walk.walk(snapshot);
            }
            nodes = walk.nodes();
            pages = walk.pages();
        }
        long segments = request.everything() ? checkRecords() : 0;
        if (request.everything() && request.dataPercent() > 0) {
            // What no snapshot refers to any more, the next backup may: its chunks are in the
            // index.
            inventory.listed().forEach(packs::putIfAbsent);
        }
        Optional<GodwitException> placeLost = readData(inventory, packs);
        if (damage.hasRecords()) {
            traceDamage();
        }
        placeLost.ifPresent(this::complain);
        return new VerifyResult(
                new VerifyResult.Checked(
                        request.snapshots().size(),
                        nodes,
                        pages,
                        packs.size(),
                        chunks.sum(),
                        segments,
                        readBytes.sum()),
                damage.problems());
    }

    private boolean rotates() {
        return request.dataPercent() > 0 && request.dataPercent() < RotatingSample.ALL;
    }

    /// What is damaged matters more than where the next run begins.
    private void complain(GodwitException placeLost) {
        if (damage.problems().isEmpty()) {
            throw placeLost;
        }
        listener.warning("place-lost", String.valueOf(placeLost.getMessage()));
    }

    private static void stopWhenInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void reference(PackInventory inventory, Map<PackId, Boolean> packs, ChunkRef chunk) {
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
        return checkAll("idx/l0/", INDEX_SEGMENT, _ -> ObjectKind.INDEX_SEGMENT);
    }

    private static ObjectKind sessionKind(ObjectKey key) {
        String name = key.value();
        if (name.endsWith("/open")) {
            return ObjectKind.SESSION_OPEN;
        }
        return name.endsWith("/outcome") ? ObjectKind.SESSION_OUTCOME : ObjectKind.SESSION_ACK;
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
                check(object.key(), what, kind.apply(object.key()));
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
    private Optional<GodwitException> readData(PackInventory inventory, Map<PackId, Boolean> packs)
            throws InterruptedException {
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
    /// affects.
    private void traceDamage() throws InterruptedException {
        listener.phase("tracing damage", 0);
        try (SnapshotWalk walk =
                new SnapshotWalk(
                        repository,
                        damage,
                        false,
                        (snapshot, chunk, offset, length) ->
                                damage.refer(
                                        chunk.record().pack(),
                                        chunk.record().ordinal(),
                                        snapshot,
                                        offset,
                                        length))) {
            for (CatalogueEntry snapshot : request.snapshots()) {
                stopWhenInterrupted();
                walk.walk(snapshot);
            }
        }
    }
}
