package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkType;
import io.godwit.chunk.ChunkerSpec;
import io.godwit.commit.Catalogue;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueMemory;
import io.godwit.commit.FanOut;
import io.godwit.commit.Forgetting;
import io.godwit.commit.HostIdentity;
import io.godwit.commit.PackMoves;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.SnapshotId;
import io.godwit.digest.Kernel;
import io.godwit.index.LocalCache;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.Codec;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.InitOptions;
import io.godwit.repository.Repository;
import io.godwit.repository.Surroundings;
import io.godwit.seal.Unlock;
import io.godwit.store.MemoryStore;
import io.godwit.store.Store;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Root;
import io.godwit.volume.TreeReader;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/// A repository with keys, packs and trees, of snapshots that are a few numbered chunks each; time
/// passes by pauses alone.
final class RealRepository {
    static final RepackLimits LIMITS = new RepackLimits(60, 4096, 0, 2, 1 << 30, 1000);

    final MemoryStore memory = new MemoryStore();
    final Map<SnapshotId, List<Integer>> expected = new HashMap<>();
    final AtomicLong nanos = new AtomicLong();
    final List<String> warnings = new ArrayList<>();
    private final Unlock key;
    private final Repository own;
    private int nodes = 1;

    RealRepository(Path directory) {
        byte[] bytes = new byte[64];
        Arrays.fill(bytes, (byte) 5);
        Path file = directory.resolve("key");
        try {
            if (!Files.exists(file)) {
                Files.write(file, bytes);
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        key = new Unlock.KeyFile(file);
        InitOptions options =
                new InitOptions(ChunkerSpec.parse("leaf"), Codec.parse("zstd:1"), key);
        Repository.init(memory, options, surroundings());
        own = open(memory);
    }

    private Surroundings surroundings() {
        return new Surroundings(
                () -> Instant.EPOCH.plusNanos(nanos.get()),
                nanos::get,
                new SecureRandom(new byte[] {(byte) nodes}),
                duration -> nanos.addAndGet(duration.toNanos()),
                Thread.ofVirtual().factory(),
                new HostIdentity("host", "boot", nodes, 1),
                (kind, message) -> warnings.add(kind + ": " + message));
    }

    /// Another process on this store.
    Repository open(Store store) {
        nodes++;
        return Repository.open(store, key, _ -> LocalCache.inMemory(), true, surroundings());
    }

    Repository own() {
        return own;
    }

    /// The same, but one call after the other.
    static RepositoryAccess inOrder(Repository repository) {
        return new OneByOne(repository.access());
    }

    private record OneByOne(RepositoryAccess access) implements RepositoryAccess {
        @Override
        public Store store() {
            return access.store();
        }

        @Override
        public io.godwit.commit.Sealing sealing() {
            return access.sealing();
        }

        @Override
        public io.godwit.volume.VolumeKey keyOf(io.godwit.volume.VolumeName volume) {
            return access.keyOf(volume);
        }

        @Override
        public HostIdentity host() {
            return access.host();
        }

        @Override
        public java.time.InstantSource clock() {
            return access.clock();
        }

        @Override
        public java.util.random.RandomGenerator random() {
            return access.random();
        }

        @Override
        public io.godwit.commit.Pause pause() {
            return access.pause();
        }

        @Override
        public FanOut fanOut() {
            return FanOut.oneByOne();
        }

        @Override
        public io.godwit.commit.CommitWarnings warnings() {
            return access.warnings();
        }

        @Override
        public boolean writable() {
            return access.writable();
        }
    }

    // ---- collecting

    CollectionResult collect() {
        return collect(memory, LIMITS);
    }

    CollectionResult collect(Store store) {
        return collect(store, LIMITS);
    }

    CollectionResult collect(Store store, RepackLimits limits) {
        return collect(store, limits, new CollectionRequest(false, false, Duration.ofMinutes(10)));
    }

    CollectionResult collect(Store store, RepackLimits limits, CollectionRequest request) {
        Repository node = open(store);
        RepositoryAccess access = inOrder(node);
        List<ChunkReader> readers = new ArrayList<>();
        CollectionSettings settings =
                new CollectionSettings(
                        request,
                        () -> {
                            node.relocation().refresh();
                            return new TreeMark(
                                    () -> {
                                        ChunkReader reader =
                                                node.newReader(hasher(node), ChunkType.META);
                                        readers.add(reader);
                                        return reader;
                                    },
                                    FanOut.oneByOne(),
                                    node.relocation());
                        },
                        (_, _) -> true,
                        nanos::get,
                        _ -> {},
                        Optional.of(node.repacking(limits)));
        try {
            return new Collector(access, catalogue(access), settings).collect();
        } finally {
            readers.forEach(ChunkReader::close);
        }
    }

    private static ChunkHasher hasher(Repository node) {
        return node.newHasher(Kernel.SCALAR);
    }

    private static Catalogue catalogue(RepositoryAccess access) {
        return new Catalogue(access, CatalogueMemory.none());
    }

    // ---- snapshots

    /// A snapshot of these chunks, of which known ones are referred to where they stand.
    CatalogueEntry backUp(String volume, Integer... numbers) {
        RealWriter writer = new RealWriter(this, own, volume, List.of(numbers));
        assertThat(writer.run()).isEqualTo(RealWriter.End.COMMITTED);
        return writer.entry().orElseThrow();
    }

    void forget(CatalogueEntry entry) {
        new Forgetting(own.access(), catalogue(own.access()))
                .forget(
                        List.of(entry.snapshot().toString()),
                        new Forgetting.Options(true, false, "test"));
    }

    List<CatalogueEntry> entries() {
        return catalogue(inOrder(own)).read().entries();
    }

    Set<SnapshotId> live() {
        return entries().stream().map(CatalogueEntry::snapshot).collect(Collectors.toSet());
    }

    /// Every snapshot that a new reader sees holds what was backed up.
    void requireReadable() {
        requireReadable(open(memory));
    }

    void requireReadable(Repository node) {
        for (CatalogueEntry entry : entries()) {
            assertThat(numbers(node, entry))
                    .as("snapshot of %s", entry.volume())
                    .isEqualTo(expected.get(entry.snapshot()));
        }
    }

    List<Integer> numbers(Repository node, CatalogueEntry entry) {
        List<Integer> numbers = new ArrayList<>();
        for (ChunkRef ref : chunks(node, entry)) {
            try (ChunkReader reader = node.newReader(hasher(node), ChunkType.DATA)) {
                numbers.add(reader.read(ref).get(ValueLayout.JAVA_INT_UNALIGNED, 0));
            }
        }
        return numbers;
    }

    /// As its pages name them.
    List<ChunkRef> chunks(Repository node, CatalogueEntry entry) {
        Root root = node.readRoot(entry);
        List<ChunkRef> chunks = new ArrayList<>();
        try (ChunkReader metadata = node.newReader(hasher(node), ChunkType.META)) {
            PageRef page = new TreeReader(metadata).page(root.tree(), 0);
            RegionMap map = new RegionMap();
            new PageLoader(metadata).load(java.util.Objects.requireNonNull(page).chunk(), map);
            for (int extent = 0; extent < map.extentCount(); extent++) {
                if (map.slot(extent) != RegionMap.HOLE) {
                    chunks.add(map.chunks().ref(map.slot(extent)));
                }
            }
        }
        return chunks;
    }

    boolean stored(PackId pack) {
        return memory.get(PackNames.key(pack, false), 1 << 26).isPresent();
    }

    Set<String> names(String prefix) {
        return memory.list(prefix, "", 10_000).objects().stream()
                .map(listed -> listed.key().value())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    PackMoves moves() {
        return PackMoves.read(own.access());
    }
}
