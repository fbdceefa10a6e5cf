package io.godwit.repository;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkType;
import io.godwit.collect.CollectionRequest;
import io.godwit.collect.CollectionResult;
import io.godwit.collect.CollectionSettings;
import io.godwit.collect.Collector;
import io.godwit.collect.LossPublishing;
import io.godwit.collect.RepackLimits;
import io.godwit.collect.Repacking;
import io.godwit.collect.TreeMark;
import io.godwit.collect.Undeletion;
import io.godwit.commit.Catalogue;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatchUp;
import io.godwit.commit.CollectedPacks;
import io.godwit.commit.CommitWarnings;
import io.godwit.commit.DeadSessions;
import io.godwit.commit.Forgetting;
import io.godwit.commit.LossRecords;
import io.godwit.commit.Losses;
import io.godwit.commit.PackMoves;
import io.godwit.commit.ProcessTable;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.digest.Kernel;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.index.IndexRefresh;
import io.godwit.index.LocalCache;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.Codec;
import io.godwit.pack.PackId;
import io.godwit.pack.PackKeysCache;
import io.godwit.pack.PackReader;
import io.godwit.seal.KeyAdministration;
import io.godwit.seal.KeyRing;
import io.godwit.seal.KeySlots;
import io.godwit.seal.ObjectSealer;
import io.godwit.seal.RepositoryConfig;
import io.godwit.seal.Unlock;
import io.godwit.store.MeteredStore;
import io.godwit.store.Store;
import io.godwit.volume.RecordSource;
import io.godwit.volume.Relocation;
import io.godwit.volume.Replacements;
import io.godwit.volume.Root;
import io.godwit.volume.RootFormat;
import io.godwit.volume.VolumeName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An open repository: its store, its keys, what this node remembers of it, and what can be done
/// with it.
///
/// Safe for any number of threads. Whoever opened it closes it, when nothing uses it any more; the
/// store stays open.
public final class Repository implements AutoCloseable {
    private static final String DISTRUSTED = "distrust/";
    private static final byte[] YES = {1};
    private static final byte[] NO = {};

    private final MeteredStore store;
    private final RepositoryConfig config;
    private final KeyRing keys;
    private final LocalCache cache;
    private final RepositoryAccess access;
    private final Catalogue catalogue;
    private final IndexRefresh refresh;
    private final CollectedPacks collectedPacks;
    private final PackKeysCache packKeys;
    private final LostChunks lost;
    private final PackFooters footers;

    /// Of the index that is asked where lost chunks stand.
    private Supplier<LocalCache> opener;

    private @Nullable LocalCache index;
    private final MovedChunks moved;
    private final LongSupplier nanoTime;
    private final Surroundings surroundings;

    private Repository(
            MeteredStore store,
            RepositoryConfig config,
            KeyRing keys,
            LocalCache cache,
            boolean writable,
            Surroundings surroundings) {
        this.store = store;
        this.config = config;
        this.keys = keys;
        this.cache = cache;
        this.packKeys = new PackKeysCache(store, keys);
        this.nanoTime = surroundings.nanoTime();
        this.surroundings = surroundings;
        this.access = new OpenAccess(store, keys, writable, surroundings);
        this.moved = new MovedChunks(() -> PackMoves.read(access), new PackReader(store, keys));
        this.catalogue = new Catalogue(access, new CachedCatalogue(cache));
        ObjectSealer sealer = keys.sealer();
        this.refresh =
                new IndexRefresh(
                        cache,
                        store,
                        (name, object) -> sealer.open(ObjectKind.INDEX_SEGMENT, name, object),
                        message ->
                                surroundings
                                        .warnings()
                                        .warn(CommitWarnings.Kind.DAMAGED_OBJECT, message),
                        task -> surroundings.waiters().newThread(task).start());
        this.lost = new LostChunks(access);
        this.footers = new PackFooters(store, keys);
        this.opener = () -> cache;
        this.collectedPacks = new RefreshedIndex(cache, refresh, lost);
    }

    /// Makes a repository; it is opened as any other afterwards.
    ///
    /// @throws GodwitException `FENCED` when there is one already; `INVALID` when the store cannot
    ///     do what a commit needs, or holds the remains of another
    public static Initialised init(Store store, InitOptions options, Surroundings surroundings) {
        return new RepositoryInit(store, options, surroundings).run();
    }

    /// Opens a repository.
    ///
    /// @param opener opens the node's cache of the repository with this id (16 bytes)
    /// @param writable whether this process may create objects
    /// @throws GodwitException `NOT_FOUND` when there is none; `DENIED` for a wrong password or
    ///     key; `INVALID` when it is too new for this program, or of another host; `CORRUPT` when
    ///     its config is damaged
    public static Repository open(
            Store store,
            Unlock unlock,
            Function<byte[], LocalCache> opener,
            boolean writable,
            Surroundings surroundings) {
        MeteredStore metered =
                store instanceof MeteredStore counted ? counted : new MeteredStore(store);
        byte[] object = configObject(metered, surroundings);
        RepositoryConfig config = RepositoryConfig.decode(object);
        KeyRing keys = KeySlots.open(metered, object, unlock, surroundings.random());
        LocalCache cache = opener.apply(keys.repositoryId());
        return new Repository(metered, config, keys, cache, writable, surroundings);
    }

    /// Opens a repository's keys alone, to change them. Same failures as [#open].
    public static KeyAdministration openKeys(
            Store store, Unlock unlock, Surroundings surroundings) {
        byte[] object = configObject(store, surroundings);
        return KeyAdministration.open(
                store, object, unlock, surroundings.random(), surroundings.clock());
    }

    private static byte[] configObject(Store store, Surroundings surroundings) {
        byte[] object =
                store.get(RepositoryConfig.KEY, RepositoryConfig.MAX_BYTES)
                        .orElseThrow(() -> noSuchRepository(store));
        requireThisHost(RepositoryConfig.decode(object), surroundings, store);
        return object;
    }

    private static GodwitException noSuchRepository(Store store) {
        return new GodwitException(FailureKind.NOT_FOUND, "no such repository: " + store.describe())
                .withObject(RepositoryConfig.KEY.value())
                .withHint("look at the URL, or make one: godwit init -r URL");
    }

    private static void requireThisHost(
            RepositoryConfig config, Surroundings surroundings, Store store) {
        if (config.singleHost().isPresent()
                && !config.singleHost().get().equals(surroundings.host().host())) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "repository may be used from one host only: store=%s host=%s"
                                    .formatted(store.describe(), config.singleHost().get()))
                    .withHint("its file system cannot keep several hosts apart; run it there");
        }
    }

    public RepositoryConfig config() {
        return config;
    }

    public KeyRing keys() {
        return keys;
    }

    public Store store() {
        return store;
    }

    /// How many objects were put through this repository since its store was opened.
    public long storePuts() {
        return store.metrics().puts();
    }

    public LocalCache cache() {
        return cache;
    }

    /// What sessions and catalogue are opened with.
    public RepositoryAccess access() {
        return access;
    }

    public Catalogue catalogue() {
        return catalogue;
    }

    public Session openSession(SessionRequest request) {
        return Session.open(access, request);
    }

    /// A session that keeps a snapshot whole while somebody reads it, to be ended with ABORT. Where
    /// this repository is open for reading only it writes all the same, as far as the store lets
    /// it.
    ///
    /// @param purpose for people
    public Session hold(CatalogueEntry entry, String purpose) {
        SessionRequest request = SessionRequest.of(purpose).withPins(List.of(entry));
        return Session.open(new OpenAccess(store, keys, true, surroundings), request);
    }

    /// The cache as a session's W0 brings it up to date.
    public CollectedPacks collectedPacks() {
        return collectedPacks;
    }

    /// Takes index segments in that this node does not know yet; returns how many rows came.
    public long refreshIndex() {
        synchronized (refresh) {
            return refresh.takeSegments();
        }
    }

    /// What makes this node's index anew.
    public IndexRebuild indexRebuild(IndexRebuild.Phases phases) {
        return new IndexRebuild(this, refresh, phases);
    }

    /// Makes the index forget what collections deleted, as a session does when it begins.
    void catchUp() {
        new CatchUp(access).bring(collectedPacks);
    }

    public Forgetting forgetting() {
        return new Forgetting(access, catalogue);
    }

    public DeadSessions deadSessions(ProcessTable processes) {
        return new DeadSessions(access, processes);
    }

    // ---- collecting

    /// The same with the usual limits.
    public CollectionResult collect(
            CollectionRequest request, ProcessTable processes, CollectionSettings.Phases phases) {
        return collect(request, RepackLimits.DEFAULT, processes, phases);
    }

    /// Makes or finishes one collection round.
    ///
    /// @param limits of what is repacked
    /// @param processes of this host
    /// @throws GodwitException as [Collector#collect]
    public CollectionResult collect(
            CollectionRequest request,
            RepackLimits limits,
            ProcessTable processes,
            CollectionSettings.Phases phases) {
        try (MetadataReaders readers = new MetadataReaders(this)) {
            CollectionSettings settings =
                    new CollectionSettings(
                            request,
                            () -> newMark(readers),
                            processes,
                            nanoTime,
                            phases,
                            Optional.of(repacking(limits)));
            return new Collector(access, catalogue, settings).collect();
        }
    }

    /// What packs of this repository are copied with.
    public Repacking repacking(RepackLimits limits) {
        return new Repacking(
                store,
                keys,
                Codec.parse(config.compression()),
                () -> newHasher(Kernel.SCALAR),
                limits);
    }

    /// Marks come one after the other, and each has dozens of readers.
    private TreeMark newMark(MetadataReaders readers) {
        readers.close();
        moved.refresh();
        return new TreeMark(readers::open, access.fanOut(), moved);
    }

    /// Brings a forgotten snapshot back, under a new id.
    ///
    /// @param snapshot its id, or the first digits
    /// @throws GodwitException as [Undeletion#undelete]
    public CatalogueEntry undelete(String snapshot) {
        try (MetadataReaders readers = new MetadataReaders(this)) {
            return new Undeletion(access, catalogue, newMark(readers)).undelete(snapshot);
        }
    }

    /// A hasher for one thread.
    public ChunkHasher newHasher(Kernel kernel) {
        return new ChunkHasher(keys.leafKey(), keys.dataKey(), keys.metaKey(), kernel);
    }

    // ---- reading snapshots

    /// The keys of packs read lately, shared by all readers.
    public PackKeysCache packKeys() {
        return packKeys;
    }

    /// Where chunks lie now whose packs were repacked.
    public Relocation relocation() {
        return moved;
    }

    /// Reads chunks of one type, for one thread.
    public ChunkReader newReader(ChunkHasher hasher, ChunkType type) {
        return new ChunkReader(store, packKeys, hasher, type, moved);
    }

    /// The same, but that pages and nodes which are lost are read where their content stands now:
    /// for those who do not build on what they read.
    public ChunkReader newMendingReader(ChunkHasher hasher, ChunkType type) {
        return newReader(hasher, type, lost);
    }

    /// The same, with replacements of the caller.
    ///
    /// @param replacements where the content of lost pages and nodes stands now
    public ChunkReader newReader(ChunkHasher hasher, ChunkType type, Replacements replacements) {
        return new ChunkReader(store, packKeys, hasher, type, moved, replacements);
    }

    /// The data chunks that a pack's footer lists.
    ///
    /// @throws GodwitException `CORRUPT`, or `NOT_FOUND` when there is no such pack
    public List<ChunkRef> dataChunks(PackId pack) {
        return footers.chunks(pack);
    }

    /// Leaf lists for one thread.
    public PackLeafLists newLeafLists() {
        return new PackLeafLists(cache, store, new PackReader(store, keys), moved);
    }

    /// Reads with a reader of metadata that is closed afterwards.
    public <T> T withMetadata(Function<RecordSource, T> reading) {
        try (ChunkReader reader = newMendingReader(newHasher(Kernel.SCALAR), ChunkType.META)) {
            return reading.apply(reader);
        }
    }

    /// The root of a snapshot.
    public Root readRoot(CatalogueEntry entry) {
        return withMetadata(source -> RootFormat.read(source, entry.root()));
    }

    // ---- what is lost

    /// What the repository is known to have lost, as it was when this process asked first.
    public Losses losses() {
        return lost.losses();
    }

    /// What it is known to have lost now; look-ups of this process avoid it from now on.
    public Losses refreshLosses() {
        Losses losses = lost.read();
        cache.avoid(losses.badPlaces());
        return losses;
    }

    /// Where lost pages and nodes stand, and lost data, as the repository says.
    public Replacements replacements() {
        return lost;
    }

    /// Other places where a chunk of data may stand that could not be read in its own: what the
    /// repository says, then what this node's index says.
    public List<ChunkRef> elsewhere(ChunkRef chunk) {
        List<ChunkRef> places = new ArrayList<>();
        lost.of(chunk).ifPresent(places::add);
        ChunkRef indexed = index().find(chunk.id());
        if (indexed != null && !indexed.record().equals(chunk.record())) {
            places.add(indexed);
        }
        return places;
    }

    /// Has [#elsewhere] ask the index of this node, though the repository was opened without it. It
    /// is opened when it is needed, and closed with the repository.
    public void lookInto(Supplier<LocalCache> index) {
        synchronized (lost) {
            opener = index;
        }
    }

    private LocalCache index() {
        synchronized (lost) {
            if (index == null) {
                index = opener.get();
                index.avoid(losses().badPlaces());
            }
            return index;
        }
    }

    /// The number that the next list of losses takes.
    public long nextLosses() {
        return new LossRecords(access).nextNumber();
    }

    /// Publishes what is lost.
    ///
    /// @param segments index segments that take the place of damaged ones
    /// @throws GodwitException as [LossPublishing#publish]
    public void publish(Losses losses, List<byte[]> segments) {
        new LossPublishing(access).publish(losses, segments);
        lost.read();
    }

    // ---- changed-block lists that lied

    /// Whether an audit of this node found that lists of changes of the volume leave changes out.
    public boolean distrustsChanges(VolumeName volume) {
        return cache.getFact(DISTRUSTED + access.keyOf(volume)) != null;
    }

    public void distrustChanges(VolumeName volume) {
        cache.putFact(DISTRUSTED + access.keyOf(volume), YES);
    }

    public void trustChanges(VolumeName volume) {
        cache.putFact(DISTRUSTED + access.keyOf(volume), NO);
    }

    @Override
    public void close() {
        LocalCache opened = index;
        if (opened != null && opened != cache) {
            opened.close();
        }
        cache.close();
        keys.wipe();
    }
}
