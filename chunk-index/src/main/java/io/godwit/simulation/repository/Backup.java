package io.godwit.simulation.repository;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkType;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.CollectionPlan;
import io.godwit.commit.Extensions;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.commit.SnapshotId;
import io.godwit.digest.Kernel;
import io.godwit.digest.KeyedHasher;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.AttemptJournal;
import io.godwit.index.SessionIndex;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackReader;
import io.godwit.pack.SessionId;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.Repository;
import io.godwit.simulation.Dice;
import io.godwit.volume.Regions;
import io.godwit.volume.Root;
import io.godwit.volume.RootFormat;
import io.godwit.volume.RunStatistics;
import io.godwit.volume.SourceOrigin;
import io.godwit.volume.TreeWriter;
import io.godwit.volume.VolumeName;
import io.godwit.volume.VolumeTree;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One session of a writer, from W0 to W8, for one volume or several: what the pipeline does, with
/// the shipped session, index, packs, pages and trees, and in place of its threads tasks.
///
/// Two tasks: the writer's own, and one that beats.
final class Backup {
    private final History history;
    private final SimulatedNode.Running running;
    private final Repository repository;
    private final Conduct conduct;
    private final Dice dice;
    private final Map<VolumeName, Content> contents;
    private final List<CatalogueEntry> alsoPinned;
    private final SessionIndex sessionIndex = new SessionIndex(4096);
    private final Map<VolumeName, Volume> volumes = new LinkedHashMap<>();
    private Optional<Session> opened = Optional.empty();
    private @Nullable OpenPacks packs;
    private boolean working;
    private boolean beating;
    private boolean ending;
    private boolean claimed;
    private Optional<GodwitException> failure = Optional.empty();

    /// One volume of the session.
    private static final class Volume {
        final Content content;
        final Optional<CatalogueEntry> base;
        @Nullable Content before;
        VolumeTree tree;
        final Map<Long, RegionWork.Result> results = new TreeMap<>();

        Volume(Content content, Optional<CatalogueEntry> base) {
            this.content = content;
            this.base = base;
            this.tree = VolumeTree.hole(content.volumeBytes());
        }
    }

    /// @param contents to store, by volume
    /// @param alsoPinned what the session reads while it runs
    Backup(
            History history,
            SimulatedNode.Running running,
            Map<VolumeName, Content> contents,
            List<CatalogueEntry> alsoPinned) {
        this.history = history;
        this.running = running;
        this.repository = running.repository();
        this.conduct = running.conduct();
        this.dice = running.dice();
        this.contents = contents;
        this.alsoPinned = alsoPinned;
    }

    /// Runs it, and tells the judge how it ended.
    ///
    /// @throws GodwitException when it ended without a snapshot
    void run() {
        CatalogueView view = repository.catalogue().read();
        List<CatalogueEntry> pins = new ArrayList<>(alsoPinned);
        contents.forEach(
                (name, content) -> {
                    Optional<CatalogueEntry> base =
                            dice.chance(0.3) ? Optional.empty() : view.latest(name);
                    volumes.put(name, new Volume(content, base));
                    base.ifPresent(pins::add);
                });
        SessionRequest request =
                SessionRequest.of("backup")
                        .withPins(conduct.pins(pins))
                        .withAdopted(adopts())
                        .withIndex(conduct.index(repository.collectedPacks()), this::onCondemned);
        conduct.step("open");
        Session session = repository.openSession(request);
        opened = Optional.of(session);
        try {
            conduct.step("work");
            transfer(session, view);
        } catch (GodwitException e) {
            if (e.kind() == FailureKind.FENCED) {
                history.judge().fenced(session.id());
            }
            throw e;
        } finally {
            ending = true;
            session.close();
            if (packs != null) {
                packs.close();
            }
        }
        if (!claimed) {
            history.judge().fenced(session.id());
        }
    }

    Optional<Session> session() {
        return opened;
    }

    private List<SessionId> adopts() {
        if (!dice.chance(history.plan().adoption())) {
            return List.of();
        }
        Set<SessionId> all = new HashSet<>(repository.deadSessions(history::isAlive).find());
        all.addAll(journal().sessions());
        return all.stream().sorted().limit(4).toList();
    }

    private void transfer(Session session, CatalogueView view) {
        journal().begin(session.id());
        ChunkHasher hasher = repository.newHasher(Kernel.SCALAR);
        packs =
                new OpenPacks(
                        repository,
                        session,
                        history.bench(),
                        hasher,
                        dice.chance(0.5),
                        sessionIndex);
        try (ChunkReader metadata = repository.newReader(hasher, ChunkType.META)) {
            session.adopted().forEach(this::learn);
            repository.refreshIndex();
            takeOver(session, metadata);
            beat(session);
            RegionWork work = newWork(session, metadata);
            for (Volume volume : volumes.values()) {
                for (long region = 0; region < volume.content.regions(); region++) {
                    inWork(work, volume, region);
                    uploadFinished();
                    linger();
                    requireFine(session);
                }
            }
            stopBeating(session);
            finish(session, view, metadata);
        }
    }

    private RegionWork newWork(Session session, ChunkReader metadata) {
        return new RegionWork(
                running,
                session,
                required(packs),
                sessionIndex,
                history.kernel(),
                repository.newHasher(Kernel.SCALAR),
                metadata);
    }

    private static <T> T required(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not begun");
        }
        return value;
    }

    private AttemptJournal journal() {
        return new AttemptJournal(repository.cache(), running.node().name(), "source");
    }

    /// Makes the adopted chunks known to look-ups.
    private void learn(SessionId adopted) {
        PackReader reader = new PackReader(repository.store(), repository.keys());
        MemorySegment tail = history.bench().tail();
        for (int counter = 0, missing = 0; missing < 2; counter++) {
            Optional<PackReader.Opened> found =
                    reader.open(new PackId(adopted, counter), false, tail);
            missing = found.isPresent() ? 0 : missing + 1;
            found.ifPresent(pack -> repository.cache().add(pack.footer().dataChunks()));
        }
    }

    /// Pages of a base are taken over only where it is pinned; without one everything is read.
    private void takeOver(Session session, ChunkReader metadata) {
        for (Volume volume : volumes.values()) {
            if (volume.base.isPresent()
                    && conduct.mayTakeOver(session, volume.base.get().snapshot())) {
                volume.tree = RootFormat.read(metadata, volume.base.get().root()).tree();
                volume.before = history.judge().content(volume.base.get());
            }
        }
    }

    // ---- regions

    private void inWork(RegionWork work, Volume volume, long region) {
        history.kernel().await(() -> !working);
        working = true;
        try {
            volume.results.put(
                    region, work.store(region, volume.content, volume.tree, volume.before));
            if (dice.chance(0.6)) {
                required(packs).cutData();
            }
        } finally {
            working = false;
        }
    }

    private void uploadFinished() {
        OpenPacks all = required(packs);
        for (OpenPacks.Finished pack : all.takeFinished()) {
            all.store(pack);
        }
    }

    /// A device that is slow, or large.
    private void linger() {
        history.kernel().pause(Duration.ofMillis(dice.spread(10_000, 1_200_000)));
    }

    private void requireFine(Session session) {
        if (failure.isPresent()) {
            throw failure.get();
        }
        session.requireUsable();
    }

    // ---- heartbeat

    private void beat(Session session) {
        history.kernel()
                .spawn(
                        running.process(),
                        running.process().name() + " beat",
                        Duration.ZERO,
                        () -> beats(session));
    }

    private void beats(Session session) {
        while (true) {
            history.kernel().pause(Duration.ofMillis(dice.spread(1000, 60_000)));
            if (ending || failure.isPresent()) {
                return;
            }
            beating = true;
            try {
                session.heartbeat();
                if (session.fenced()) {
                    return;
                }
            } catch (GodwitException e) {
                failure = Optional.of(e);
            } finally {
                beating = false;
            }
        }
    }

    /// Steps (1) to (3) of the heartbeat.
    private void onCondemned(CollectionPlan plan, Set<PackId> unusable) {
        Session session = opened.orElse(null);
        if (session == null) {
            repository.cache().condemn(unusable);
            return;
        }
        conduct.condemn(
                () -> {
                    repository.cache().condemn(unusable);
                    history.kernel().await(() -> !working);
                });
        conduct.storeAgain(() -> storeAgain(session, unusable));
    }

    private void storeAgain(Session session, Set<PackId> unusable) {
        try (ChunkReader metadata =
                repository.newReader(repository.newHasher(Kernel.SCALAR), ChunkType.META)) {
            storeAgain(newWork(session, metadata), unusable);
        }
    }

    private boolean storeAgain(RegionWork work, Set<PackId> unusable) {
        boolean any = false;
        for (Volume volume : volumes.values()) {
            for (long region : List.copyOf(volume.results.keySet())) {
                RegionWork.Result result = required(volume.results.get(region));
                if (result.foreign().stream().anyMatch(unusable::contains)) {
                    inWork(work, volume, region);
                    any = true;
                }
            }
        }
        if (any) {
            required(packs).cutAll();
            uploadFinished();
        }
        return any;
    }

    /// As the pipeline does: waits for a beat under way, then nothing is acknowledged any more.
    private void stopBeating(Session session) {
        ending = true;
        history.kernel().await(() -> !beating);
        requireFine(session);
        session.freeze();
    }

    // ---- the end

    private void finish(Session session, CatalogueView view, ChunkReader metadata) {
        storeAgainWhatIsMissing(session, metadata);
        Map<VolumeName, ChunkRef> roots = new LinkedHashMap<>();
        Instant time = repository.access().clock().instant();
        volumes.forEach((name, volume) -> roots.put(name, writeRoot(name, volume, time, metadata)));
        required(packs).cutAll();
        uploadFinished();
        required(packs).storeSegment();
        commit(session, view, roots, time);
    }

    /// W6.
    private void storeAgainWhatIsMissing(Session session, ChunkReader metadata) {
        if (!conduct.looksForForeignPacks()) {
            return;
        }
        RegionWork work = newWork(session, metadata);
        Set<PackId> missing = session.checkForeignPacks(foreign());
        while (!missing.isEmpty()) {
            repository.cache().condemn(missing);
            storeAgain(work, missing);
            missing = session.checkForeignPacks(foreign());
        }
    }

    private Set<PackId> foreign() {
        Set<PackId> all = new HashSet<>();
        volumes.values()
                .forEach(v -> v.results.values().forEach(result -> all.addAll(result.foreign())));
        return all;
    }

    private ChunkRef writeRoot(VolumeName name, Volume volume, Instant time, ChunkReader metadata) {
        TreeWriter tree =
                new TreeWriter(
                        volume.tree,
                        volume.content.volumeBytes(),
                        metadata,
                        required(packs),
                        new KeyedHasher(repository.keys().metaKey()));
        volume.results.forEach(
                (region, result) -> {
                    if (result.changed()) {
                        tree.set(region, result.page());
                    }
                });
        Root root =
                new Root(
                        repository.access().keyOf(name),
                        name,
                        tree.finish(),
                        Regions.LEAF_BYTES,
                        Regions.LEAF_BYTES,
                        0,
                        "fixed:16KiB",
                        SourceOrigin.UNKNOWN,
                        volume.base.map(entry -> entry.snapshot().toString()).orElse(""),
                        time,
                        RunStatistics.NONE,
                        new TreeMap<>(),
                        List.of());
        byte[] bytes = RootFormat.encode(root);
        MemorySegment plain = Arena.ofAuto().allocate(bytes.length);
        plain.copyFrom(MemorySegment.ofArray(bytes));
        return required(packs).put(plain, bytes.length);
    }

    private void commit(
            Session session, CatalogueView view, Map<VolumeName, ChunkRef> roots, Instant time) {
        List<SnapshotId> ids = session.newSnapshotIds(roots.size());
        List<CatalogueEntry> entries = new ArrayList<>();
        Map<SnapshotId, Content> claims = new LinkedHashMap<>();
        for (Map.Entry<VolumeName, ChunkRef> root : roots.entrySet()) {
            SnapshotId id = ids.get(entries.size());
            Volume volume = required(volumes.get(root.getKey()));
            entries.add(entry(session, view, id, root.getKey(), volume, root.getValue(), time));
            claims.put(id, volume.content);
        }
        history.judge().claim(session.id(), claims);
        claimed = true;
        conduct.step("commit");
        session.commit(entries);
        conduct.step("end");
        history.judge().committed(session.id(), ids);
        journal().clear();
    }

    private CatalogueEntry entry(
            Session session,
            CatalogueView view,
            SnapshotId id,
            VolumeName name,
            Volume volume,
            ChunkRef root,
            Instant time) {
        Instant after =
                view.latest(name)
                        .map(CatalogueEntry::time)
                        .filter(newest -> !time.isAfter(newest))
                        .map(newest -> newest.plusMillis(1))
                        .orElse(time);
        return new CatalogueEntry(
                id,
                name,
                after,
                volume.content.volumeBytes(),
                root,
                view.lineage(name, volume.before == null ? Optional.empty() : volume.base),
                Optional.empty(),
                new TreeMap<>(),
                4096,
                4096,
                Optional.empty(),
                "fixed:16KiB",
                session.id(),
                Optional.empty(),
                1,
                Extensions.NONE);
    }
}
