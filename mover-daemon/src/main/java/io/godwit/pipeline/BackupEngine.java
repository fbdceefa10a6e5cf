package io.godwit.pipeline;

import io.godwit.chunk.ChunkerSpec;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.CollectionPlan;
import io.godwit.commit.Extensions;
import io.godwit.commit.ProcessTable;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.commit.SnapshotId;
import io.godwit.device.BlockSource;
import io.godwit.device.BlockSources;
import io.godwit.device.Extent;
import io.godwit.device.Slab;
import io.godwit.device.SourceFacts;
import io.godwit.device.StreamSource;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.repository.LocalHost;
import io.godwit.repository.Repository;
import io.godwit.volume.Attachment;
import io.godwit.volume.MetaSink;
import io.godwit.volume.Root;
import io.godwit.volume.RootFormat;
import io.godwit.volume.RunStatistics;
import io.godwit.volume.SourceOrigin;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeTree;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Backs one volume up: from the source as the user named it to the committed snapshot.
///
/// Used once, by one thread, which may be interrupted: nothing is committed then.
public final class BackupEngine {
    private final Repository repository;
    private final MoverSettings settings;
    private final BackupRequest request;
    private final Optional<Original> original;
    private final RunListener listener;
    private final RunCounters counters;
    private final Surroundings surroundings;
    private final AtomicReference<@Nullable BackupRun> running = new AtomicReference<>();

    public BackupEngine(
            Repository repository,
            MoverSettings settings,
            BackupRequest request,
            RunProgress progress,
            RunListener listener) {
        this(repository, settings, request, progress, listener, surroundings(BlockSources::open));
    }

    /// Backs a snapshot of another repository up: its bytes, and what it says about itself.
    ///
    /// @param request whose source is for messages only
    public BackupEngine(
            Repository repository,
            MoverSettings settings,
            BackupRequest request,
            Original original,
            RunProgress progress,
            RunListener listener) {
        this(
                repository,
                settings,
                request,
                Optional.of(original),
                progress,
                listener,
                surroundings(_ -> original.source().get()));
    }

    private static Surroundings surroundings(Function<String, BlockSource> sources) {
        return new Surroundings(sources, HeartbeatThread.INTERVAL, LocalHost.of().processes());
    }

    /// What a test replaces.
    ///
    /// @param sources opens what the request names
    /// @param heartbeat the time between two beats
    /// @param processes of this host
    record Surroundings(
            Function<String, BlockSource> sources, Duration heartbeat, ProcessTable processes) {}

    BackupEngine(
            Repository repository,
            MoverSettings settings,
            BackupRequest request,
            RunProgress progress,
            RunListener listener,
            Surroundings surroundings) {
        this(repository, settings, request, Optional.empty(), progress, listener, surroundings);
    }

    private BackupEngine(
            Repository repository,
            MoverSettings settings,
            BackupRequest request,
            Optional<Original> original,
            RunProgress progress,
            RunListener listener,
            Surroundings surroundings) {
        this.surroundings = surroundings;
        this.original = original;
        this.repository = repository;
        this.settings = settings;
        this.request = request;
        this.listener = listener;
        this.counters = new RunCounters(progress);
    }

    /// Does all of it.
    ///
    /// @throws InterruptedException when the thread was interrupted; nothing was committed
    public BackupResult run() throws InterruptedException {
        long start = settings.nanoClock().getAsLong();
        long putsBefore = repository.storePuts();
        try (BlockSource source = surroundings.sources().apply(request.source())) {
            CatalogueView catalogue = repository.catalogue().read(request.volume());
            BackupBase base =
                    BackupBase.choose(
                            request,
                            catalogue,
                            repository,
                            source.size(),
                            chunker(source).grain(),
                            listener);
            BackupReport report = new BackupReport(request, counters);
            if (request.dryRun()) {
                SessionId id = SessionId.random(0, repository.access().random());
                transfer(source, catalogue, base, RunSession.dry(id), Optional.empty(), report);
            } else {
                inSession(source, catalogue, base, report);
            }
            return report.result(
                    (settings.nanoClock().getAsLong() - start) / 1e9,
                    repository.storePuts() - putsBefore);
        }
    }

    private void inSession(
            BlockSource source, CatalogueView catalogue, BackupBase base, BackupReport report)
            throws InterruptedException {
        Adoption adoption =
                new Adoption(repository, surroundings.processes(), request, source.facts().path());
        SessionRequest wanted =
                SessionRequest.of("backup")
                        .withAdopted(adoption.candidates())
                        .withPins(base.entry().stream().toList())
                        .withIndex(repository.collectedPacks(), this::onCondemned);
        try (Session session = Session.open(repository.access(), wanted);
                Undisturbed _ = new Undisturbed(session)) {
            adoption.begin(session);
            BackupBase pinned = base.asPinnedBy(session, listener);
            transfer(
                    source,
                    catalogue,
                    pinned,
                    RunSession.of(session),
                    Optional.of(session),
                    report);
            adoption.committed();
        }
    }

    /// Ends a session whatever interrupts the thread: its last words are file operations, which an
    /// interrupted thread cannot do.
    private record Undisturbed(Session session) implements AutoCloseable {
        @Override
        public void close() {
            boolean interrupted = Thread.interrupted();
            session.abort("ended by its writer without a commit");
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void onCondemned(CollectionPlan plan, Set<PackId> unusable) {
        BackupRun run = running.get();
        if (run == null) {
            repository.cache().condemn(unusable);
        } else {
            run.onCondemned(unusable);
        }
    }

    private void transfer(
            BlockSource source,
            CatalogueView catalogue,
            BackupBase chosen,
            RunSession runSession,
            Optional<Session> session,
            BackupReport report)
            throws InterruptedException {
        repository.refreshIndex();
        if (session.isEmpty()) {
            repository.refreshLosses();
        }
        VolumeReader direct = reader(source);
        VolumeKey volume = repository.access().keyOf(request.volume());
        BackupBase base = audited(chosen.besideLosses(volume, repository, listener), direct);
        report.base(base);
        long bytesToRead = base.bytesToRead(source.size());
        boolean stream = source instanceof StreamSource;
        MoverSettings own = stream ? settings : settings.forHashing(bytesToRead);
        listener.phase("reading", bytesToRead);
        try (ParentPages parents = new ParentPages(repository, own, base.tree());
                Supply supply = supply(source, base, parents, direct);
                BackupRun run =
                        new BackupRun(
                                repository,
                                own,
                                runSession,
                                chunker(source),
                                supply.regions,
                                supply.reader,
                                base.tree(),
                                counters)) {
            running.set(run);
            try (HeartbeatThread _ =
                    session.isPresent()
                            ? run.startHeartbeat(session.orElseThrow(), surroundings.heartbeat())
                            : null) {
                run.run();
            }
            listener.phase("committing", 0);
            session.ifPresent(Session::freeze);
            warnIfChanged(source);
            warnIfShrunk(source, catalogue);
            List<Extent> unreadable = direct.unreadable();
            report.source(source.size(), chunker(source).text(), unreadable);
            Instant time = request.time().orElseGet(() -> now(catalogue));
            ChunkRef root =
                    run.finish(
                            source.size(),
                            (tree, sink) -> writeRoot(source, base, time, tree, unreadable, sink));
            session.ifPresent(open -> commit(open, source, catalogue, base, time, root, report));
        } finally {
            running.set(null);
        }
        remember(base, direct.unreadable());
    }

    private VolumeReader reader(BlockSource source) {
        ReadPacer pacer =
                new ReadPacer(
                        settings.readBytesPerSecond(), settings.nanoClock(), settings.sleeper());
        return new VolumeReader(source, pacer, counters.progress);
    }

    /// Streams have one chunker of their own: what they hold may shift by any distance.
    private ChunkerSpec chunker(BlockSource source) {
        ChunkerSpec spec = ChunkerSpec.parse(repository.config().chunker());
        boolean stream = source.facts().kind() == SourceFacts.Kind.STREAM;
        return stream && spec instanceof ChunkerSpec.Leaf
                ? new ChunkerSpec.Gear(ChunkerSpec.DEFAULT_BYTES)
                : spec;
    }

    private BackupBase audited(BackupBase base, VolumeReader source) {
        if (request.auditBlocks() == 0) {
            return base;
        }
        try (ChangeAudit audit = new ChangeAudit(repository, settings, source, counters)) {
            return audit.check(request, base, listener);
        }
    }

    /// Where regions come from, and what reads them.
    private record Supply(RegionSupply regions, VolumeReader reader, @Nullable Slab memory)
            implements AutoCloseable {
        @Override
        public void close() {
            if (memory != null) {
                memory.close();
            }
        }
    }

    private Supply supply(
            BlockSource source, BackupBase base, ParentPages parents, VolumeReader direct) {
        if (source instanceof StreamSource stream) {
            if (!(base.scope() instanceof ReadScope.Everything)) {
                throw new GodwitException(
                        FailureKind.INVALID, "a stream is read as a whole: extents do not apply");
            }
            int regions = settings.streamRegions();
            Slab memory = new Slab(regions * RegionPlan.REGION_BYTES);
            StreamRegions inMemory =
                    new StreamRegions(
                            stream, memory.carve("stream", (int) RegionPlan.REGION_BYTES, regions));
            return new Supply(inMemory, reader(inMemory), memory);
        }
        RegionQueue queue =
                new RegionQueue(source, base.scope(), source.size(), parents::has, counters);
        return new Supply(queue, direct, null);
    }

    /// A clock that was set back must not make an older snapshot the latest.
    private Instant now(CatalogueView catalogue) {
        Instant now = repository.access().clock().instant();
        Optional<CatalogueEntry> newest = catalogue.latest(request.volume());
        if (newest.isEmpty() || now.isAfter(newest.get().time())) {
            return now;
        }
        listener.warning(
                "clock-behind",
                "the clock is behind the newest snapshot; this one is dated right after it: volume=%s clock=%s newest=%s"
                        .formatted(request.volume(), now, newest.get().time()));
        return newest.get().time().plusMillis(1);
    }

    /// A dump that failed, or a file that was cut: kept all the same, for who knows, and said.
    private void warnIfShrunk(BlockSource source, CatalogueView catalogue) {
        long before = catalogue.latest(request.volume()).map(CatalogueEntry::sizeBytes).orElse(0L);
        if (original.isEmpty() && source.size() < before / 2) {
            listener.warning(
                    "source-shrunk",
                    "the volume is less than half as long as in its newest snapshot: volume=%s size=%d before=%d"
                            .formatted(request.volume(), source.size(), before));
        }
    }

    private void warnIfChanged(BlockSource source) {
        source.checkUnchanged();
        if (source.modified()) {
            listener.warning(
                    "source-changed",
                    "the source was written while it was read; the snapshot may mix two states: source="
                            + request.source());
        }
    }

    private ChunkRef writeRoot(
            BlockSource source,
            BackupBase base,
            Instant time,
            VolumeTree tree,
            List<Extent> unreadable,
            MetaSink sink) {
        Root root =
                new Root(
                        repository.access().keyOf(request.volume()),
                        request.volume(),
                        tree,
                        source.facts().blockBytes(),
                        chunker(source).grain(),
                        0,
                        chunker(source).text(),
                        original.map(Original::origin).orElseGet(this::origin),
                        base.entry().map(entry -> entry.snapshot().toString()).orElse(""),
                        time,
                        new RunStatistics(
                                counters.progress.changedBytes.sum(),
                                counters.progress.newBytes.sum(),
                                counters.progress.storedBytes.sum()),
                        new TreeMap<>(request.tags()),
                        attachments(unreadable, sink));
        byte[] bytes = RootFormat.encode(root);
        MemorySegment plain = Arena.ofAuto().allocate(bytes.length);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, plain, 0, bytes.length);
        return sink.put(plain, bytes.length);
    }

    private SourceOrigin origin() {
        return new SourceOrigin("", "", request.changeId().orElse(""), "");
    }

    private List<Attachment> attachments(List<Extent> unreadable, MetaSink sink) {
        List<Attachment> attachments = new ArrayList<>(Unreadable.attach(unreadable, sink));
        original.ifPresent(copied -> attachments.addAll(copied.attach(sink)));
        return attachments;
    }

    private void commit(
            Session session,
            BlockSource source,
            CatalogueView catalogue,
            BackupBase base,
            Instant time,
            ChunkRef root,
            BackupReport report) {
        SnapshotId id = session.newSnapshotIds(1).getFirst();
        CatalogueEntry entry =
                new CatalogueEntry(
                        id,
                        request.volume(),
                        time,
                        source.size(),
                        root,
                        catalogue.lineage(request.volume(), base.entry()),
                        retainUntil(),
                        new TreeMap<>(request.tags()),
                        counters.progress.changedBytes.sum(),
                        counters.progress.storedBytes.sum(),
                        request.changeId(),
                        chunker(source).text(),
                        session.id(),
                        Optional.empty(),
                        1,
                        original.map(Original::extensions).orElse(Extensions.NONE));
        Uninterrupted.run(settings.threadFactory(), () -> session.commit(List.of(entry)));
        report.snapshot(id);
    }

    /// As long as the store locks what this run has stored; for a copy as its original, if that is
    /// longer.
    private Optional<Instant> retainUntil() {
        return Stream.concat(
                        original.flatMap(Original::retainUntil).stream(),
                        repository.store().traits().retention().stream()
                                .map(repository.access().clock().instant()::plus))
                .max(Comparator.naturalOrder());
    }

    /// A clean full read makes lists of changes trusted again.
    private void remember(BackupBase base, List<Extent> unreadable) {
        boolean full = base.scope() instanceof ReadScope.Everything && unreadable.isEmpty();
        if (full && !base.lied() && !request.dryRun() && original.isEmpty()) {
            repository.trustChanges(request.volume());
        }
    }
}
