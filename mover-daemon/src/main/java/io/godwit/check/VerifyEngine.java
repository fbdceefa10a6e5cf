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
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Verifies snapshots: their trees, every reference against the packs' own footers, and as much of the data as asked
/// for. Nothing is changed.
///
/// Used once, by one thread, which may be interrupted.
public final class VerifyEngine {
    private static final int SEGMENT_BYTES_MAX = 64 << 20;
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

    /// Sealed bytes of the packs that were read so far; the phase `reading data` says how many there will be.
    public long doneBytes() {
        return doneBytes.sum();
    }

    public VerifyResult run() throws InterruptedException {
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
        long segments = request.everything() ? checkSegments() : 0;
        readData(inventory, packs);
        if (damage.hasRecords()) {
            traceDamage();
        }
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

    private long checkSegments() throws InterruptedException {
        long count = 0;
        String after = "";
        boolean more = true;
        while (more) {
            Store.Page page = repository.store().list("idx/l0/", after, LIST_PAGE);
            for (Store.Listed object : page.objects()) {
                stopWhenInterrupted();
                checkSegment(object.key());
                count++;
                after = object.key().value();
            }
            more = page.more();
        }
        return count;
    }

    private void checkSegment(ObjectKey key) {
        try {
            Optional<byte[]> object = repository.store().get(key, SEGMENT_BYTES_MAX);
            if (object.isEmpty()) {
                return;
            }
            byte[] plain =
                    repository.keys().sealer().open(ObjectKind.INDEX_SEGMENT, key, object.get());
            SegmentReader rows = new SegmentReader(key.value(), plain);
            boolean more = rows.next();
            while (more) {
                more = rows.next();
            }
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
            damage.add(
                    "index-segment",
                    key.value(),
                    e.offset().orElse(0),
                    String.valueOf(e.getMessage()));
        }
    }

    private void readData(PackInventory inventory, Map<PackId, Boolean> packs)
            throws InterruptedException {
        if (request.dataPercent() == 0) {
            return;
        }
        List<PackId> order = new ArrayList<>(packs.keySet());
        Collections.sort(order);
        Collections.shuffle(order, new Random(settings.random().nextLong()));
        int wanted = (int) Math.ceil(order.size() * request.dataPercent() / 100);
        List<PackId> chosen = order.subList(0, wanted);
        listener.phase("reading data", chosen.stream().mapToLong(inventory::sealedBytes).sum());
        AtomicInteger next = new AtomicInteger();
        new WorkerCrew(settings.threadFactory(), () -> {})
                .run(
                        settings.threads(),
                        () -> {
                            try (PackExamination examination =
                                    new PackExamination(
                                            repository,
                                            repository.newHasher(settings.kernel()),
                                            damage,
                                            readBytes,
                                            chunks)) {
                                for (int i = next.getAndIncrement();
                                        i < chosen.size();
                                        i = next.getAndIncrement()) {
                                    stopWhenInterrupted();
                                    PackId pack = chosen.get(i);
                                    examination.examine(pack, Boolean.TRUE.equals(packs.get(pack)));
                                    doneBytes.add(inventory.sealedBytes(pack));
                                }
                            }
                        });
    }

    /// Walks once more, this time without leaving out what snapshots share, to say what the damage affects.
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
