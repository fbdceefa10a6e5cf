package io.godwit.collect;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CollectedPacks;
import io.godwit.commit.CollectionPlan;
import io.godwit.commit.CondemnedListener;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.commit.TestRepository;
import io.godwit.digest.Kernel;
import io.godwit.digest.KeyedHasher;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.Codec;
import io.godwit.pack.PackId;
import io.godwit.pack.PackWriter;
import io.godwit.pack.RecordRef;
import io.godwit.pack.RecordSealer;
import io.godwit.repository.Repository;
import io.godwit.volume.PageRef;
import io.godwit.volume.PageWriter;
import io.godwit.volume.RegionMap;
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
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Backs numbered chunks up: those that it knows it refers to, others it stores; it keeps the rules
/// of W4 to W6.
final class RealWriter implements CollectedPacks, CondemnedListener {
    enum End {
        COMMITTED,
        FENCED
    }

    static final int CHUNK_BYTES = 8 << 10;
    private static final int UNITS = CHUNK_BYTES / Regions.LEAF_BYTES;

    /// Where chunks stood when they were stored: an index that hears of deletions in W0 only.
    private static final Map<RealRepository, Map<Integer, ChunkRef>> KNOWN =
            new java.util.WeakHashMap<>();

    private final RealRepository world;
    private final Repository repository;
    private final String volume;
    private final List<Integer> numbers;
    private final ChunkHasher hasher;
    private final Set<PackId> unusable = new HashSet<>();
    private final Map<Integer, ChunkRef> references = new HashMap<>();
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment digests = arena.allocate(1 << 16);
    private Optional<CatalogueEntry> base = Optional.empty();
    private Optional<Session> session = Optional.empty();
    private Optional<CatalogueEntry> entry = Optional.empty();

    RealWriter(RealRepository world, Repository repository, String volume, List<Integer> numbers) {
        this.world = world;
        this.repository = repository;
        this.volume = volume;
        this.numbers = numbers;
        this.hasher = repository.newHasher(Kernel.SCALAR);
    }

    /// Takes over what the snapshot names, as long as it is pinned.
    RealWriter onTopOf(CatalogueEntry parent) {
        base = Optional.of(parent);
        return this;
    }

    Optional<CatalogueEntry> entry() {
        return entry;
    }

    private Map<Integer, ChunkRef> known() {
        return KNOWN.computeIfAbsent(world, _ -> new HashMap<>());
    }

    End run() {
        try {
            commit();
            return End.COMMITTED;
        } catch (GodwitException e) {
            session.ifPresent(Session::close);
            return switch (e.kind()) {
                case FENCED -> End.FENCED;
                default -> throw e;
            };
        }
    }

    private void commit() {
        SessionRequest request =
                SessionRequest.of("test")
                        .withIndex(this, this)
                        .withPins(base.map(List::of).orElse(List.of()));
        Session open = Session.open(RealRepository.inOrder(repository), request);
        session = Optional.of(open);
        Map<Integer, ChunkRef> pinned = pinned(open);
        lookUp(pinned);
        beat(open);
        store(open, pinned);
        beat(open);
        open.freeze();
        Set<PackId> missing = open.checkForeignPacks(packs());
        unusable.addAll(missing);
        references.values().removeIf(ref -> unusable.contains(ref.record().pack()));
        store(open, pinned);
        ChunkRef root = putTree(open, pinned);
        beat(open);
        CatalogueEntry made =
                new TestRepository()
                        .entry(
                                volume,
                                open.id(),
                                root,
                                base,
                                OptionalLong.of(newest()),
                                Instant.EPOCH.plusNanos(world.nanos.addAndGet(1_000_000)));
        entry = Optional.of(made);
        world.expected.put(made.snapshot(), numbers);
        open.commit(List.of(made));
    }

    private long newest() {
        return world.entries().stream()
                .filter(other -> other.volume().value().equals(volume))
                .mapToLong(CatalogueEntry::counter)
                .max()
                .orElse(0);
    }

    private void beat(Session open) {
        open.heartbeat();
        open.requireUsable();
    }

    /// What the base names: in whatever packs, it is kept while the session is open.
    private Map<Integer, ChunkRef> pinned(Session open) {
        Map<Integer, ChunkRef> pinned = new HashMap<>();
        if (base.isPresent() && open.pinned(base.get().snapshot())) {
            List<ChunkRef> chunks = world.chunks(repository, base.get());
            List<Integer> held = Objects.requireNonNull(world.expected.get(base.get().snapshot()));
            for (int i = 0; i < held.size(); i++) {
                pinned.put(held.get(i), chunks.get(i));
            }
        }
        return pinned;
    }

    private void lookUp(Map<Integer, ChunkRef> pinned) {
        for (int number : numbers) {
            ChunkRef ref = known().get(number);
            boolean usable = ref != null && !unusable.contains(ref.record().pack());
            if (usable && !pinned.containsKey(number)) {
                references.put(number, ref);
            }
        }
    }

    private Set<PackId> packs() {
        Set<PackId> packs = new HashSet<>();
        references.values().forEach(ref -> packs.add(ref.record().pack()));
        return packs;
    }

    private void store(Session open, Map<Integer, ChunkRef> pinned) {
        List<Integer> missing =
                numbers.stream()
                        .filter(n -> !references.containsKey(n) && !pinned.containsKey(n))
                        .distinct()
                        .toList();
        if (missing.isEmpty()) {
            return;
        }
        try (Pack pack = new Pack(open)) {
            for (int number : missing) {
                ChunkRef ref = pack.data(number);
                references.put(number, ref);
            }
            pack.put();
        }
        missing.forEach(number -> known().put(number, references.get(number)));
    }

    /// One pack being written.
    private final class Pack implements AutoCloseable {
        private final Session open;
        private final RecordSealer sealer = new RecordSealer(new Codec.Zstd(1));
        private final PackWriter writer;

        Pack(Session open) {
            this.open = open;
            this.writer =
                    new PackWriter(
                            repository.keys(),
                            open.nextPackId(),
                            false,
                            arena.allocate(1 << 20),
                            sealer);
        }

        ChunkRef data(int number) {
            MemorySegment plain = arena.allocate(CHUNK_BYTES, 8);
            byte[] noise = new byte[CHUNK_BYTES];
            new Random(number).nextBytes(noise);
            plain.copyFrom(MemorySegment.ofArray(noise));
            plain.set(ValueLayout.JAVA_INT_UNALIGNED, 0, number);
            ChunkId id = hasher.hash(ChunkType.DATA, plain, 0, CHUNK_BYTES, digests, 0);
            RecordRef record = writer.append(id, plain, 0, CHUNK_BYTES, digests, 0);
            return new ChunkRef(id, record, 0, CHUNK_BYTES);
        }

        ChunkRef meta(MemorySegment content, int length) {
            MemorySegment plain = arena.allocate(length, 8);
            plain.copyFrom(content.asSlice(0, length));
            ChunkId id = hasher.hash(ChunkType.META, plain, 0, length, digests, 0);
            RecordRef record = writer.appendMeta(id, plain, 0, length);
            return new ChunkRef(id, record, 0, length);
        }

        void put() {
            MemorySegment bytes = writer.finish();
            open.putPack(writer.pack(), false, bytes);
        }

        @Override
        public void close() {
            sealer.close();
        }
    }

    private ChunkRef putTree(Session open, Map<Integer, ChunkRef> pinned) {
        try (Pack pack = new Pack(open)) {
            RegionMap map = new RegionMap();
            for (int i = 0; i < numbers.size(); i++) {
                ChunkRef ref = references.get(numbers.get(i));
                ChunkRef found = ref == null ? pinned.get(numbers.get(i)) : ref;
                map.overlay(i * UNITS, UNITS, map.addChunk(Objects.requireNonNull(found)), 0);
            }
            MemorySegment page = new PageWriter().encode(map, null);
            ChunkRef pageRef = pack.meta(page, (int) page.byteSize());
            KeyedHasher content = new KeyedHasher(repository.keys().metaKey());
            long size = Regions.REGION_BYTES;
            VolumeTree hole = VolumeTree.hole(size);
            TreeWriter tree =
                    new TreeWriter(
                            hole,
                            size,
                            ref -> {
                                throw new IllegalStateException("nothing to read: " + ref);
                            },
                            pack::meta,
                            content);
            tree.set(0, new PageRef(pageRef, map.contentDigest(content)));
            byte[] root = RootFormat.encode(root(tree.finish()));
            ChunkRef ref = pack.meta(MemorySegment.ofArray(root), root.length);
            pack.put();
            return ref;
        }
    }

    private Root root(VolumeTree tree) {
        VolumeName name = new VolumeName(volume);
        return new Root(
                repository.access().keyOf(name),
                name,
                tree,
                512,
                Regions.LEAF_BYTES,
                0,
                "leaf",
                SourceOrigin.UNKNOWN,
                "",
                Instant.EPOCH,
                new RunStatistics(1, 1, 1),
                new TreeMap<>(),
                new ArrayList<>());
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
        unusable.addAll(packs);
        Session open = session.orElseThrow();
        references
                .values()
                .removeIf(
                        ref ->
                                packs.contains(ref.record().pack())
                                        && !open.owns(ref.record().pack()));
        Map<Integer, ChunkRef> pinned = pinned(open);
        store(open, pinned);
    }
}
