package io.godwit.bench;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.chunk.ChunkerSpec;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Extensions;
import io.godwit.commit.Lineage;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.commit.SnapshotId;
import io.godwit.digest.Kernel;
import io.godwit.digest.KeyedHasher;
import io.godwit.error.SuppressForbidden;
import io.godwit.index.LocalCache;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.Codec;
import io.godwit.pack.PackId;
import io.godwit.pack.PackLimits;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackWriter;
import io.godwit.pack.RecordRef;
import io.godwit.pack.RecordSealer;
import io.godwit.repository.InitOptions;
import io.godwit.repository.LocalHost;
import io.godwit.repository.Repository;
import io.godwit.repository.Surroundings;
import io.godwit.seal.Unlock;
import io.godwit.store.Store;
import io.godwit.volume.MetaSink;
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
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;

/// A large repository that is generated: metadata, sessions and catalogue are written by the code
/// that writes them always; data packs are names without content, for nothing here reads them.
@SuppressForbidden("a benchmark is its own composition root")
final class GeneratedRepository implements AutoCloseable {
    /// Of the leaf chunker, on average.
    private static final int CHUNK_BYTES = 60 << 10;

    private static final int PACK_CHUNKS = 512;
    private static final int TARGET = PackLimits.TARGET_BYTES / 2;
    private static final long REGION = Regions.REGION_BYTES;

    final Repository repository;
    private final Store store;
    private final SplittableRandom random = new SplittableRandom(11);

    private GeneratedRepository(Store store, Repository repository) {
        this.store = store;
        this.repository = repository;
    }

    static GeneratedRepository create(Path directory, Store store) throws IOException {
        Unlock key = key(directory);
        Repository.init(
                store,
                new InitOptions(new ChunkerSpec.Leaf(), Codec.parse("none"), key),
                surroundings());
        return open(directory, store);
    }

    static GeneratedRepository open(Path directory, Store store) throws IOException {
        Repository repository =
                Repository.open(
                        store, key(directory), _ -> LocalCache.inMemory(), true, surroundings());
        return new GeneratedRepository(store, repository);
    }

    private static Unlock key(Path directory) throws IOException {
        Path file = directory.resolve("key");
        Files.write(file, new byte[32]);
        return new Unlock.KeyFile(file);
    }

    private static Surroundings surroundings() {
        return new Surroundings(
                Clock.systemUTC(),
                System::nanoTime,
                new SecureRandom(),
                Thread::sleep,
                Thread.ofPlatform().factory(),
                LocalHost.of().identity(),
                (kind, message) -> System.out.println(kind + ": " + message));
    }

    // ---- one volume of many chunks

    /// Commits one snapshot of so many chunks, each region's in the packs that a backup would have
    /// filled, and makes as many packs that nobody needs as `garbage` says.
    void volume(long chunks, int garbage) {
        int perRegion = (int) (REGION / CHUNK_BYTES);
        long regions = (chunks + perRegion - 1) / perRegion;
        try (Session session = repository.openSession(SessionRequest.of("generated"));
                Sink sink = new Sink(session)) {
            TreeWriter tree =
                    new TreeWriter(
                            VolumeTree.hole(0),
                            regions * REGION,
                            repository.newReader(
                                    repository.newHasher(Kernel.SCALAR), ChunkType.META),
                            sink,
                            new KeyedHasher(repository.keys().metaKey()));
            RegionMap map = new RegionMap();
            PageWriter pages = new PageWriter();
            KeyedHasher content = new KeyedHasher(repository.keys().metaKey());
            DataPacks packs = new DataPacks(session);
            for (long region = 0; region < regions; region++) {
                fill(map, packs);
                MemorySegment page = pages.encode(map, null);
                tree.set(
                        region,
                        new PageRef(
                                sink.put(page, (int) page.byteSize()), map.contentDigest(content)));
            }
            ChunkRef root = sink.root(new VolumeName("generated"), tree.finish());
            sink.finish();
            packs.garbage(garbage);
            session.freeze();
            SnapshotId id = session.newSnapshotIds(1).getFirst();
            session.commit(
                    List.of(
                            entry(
                                    id,
                                    new VolumeName("generated"),
                                    Instant.now(),
                                    regions * REGION,
                                    root,
                                    session,
                                    1,
                                    1)));
        }
    }

    private void fill(RegionMap map, DataPacks packs) {
        map.clear((int) REGION, Regions.LEAF_BYTES);
        int units = CHUNK_BYTES / Regions.LEAF_BYTES;
        for (int at = 0; at + units <= map.units(); at += units) {
            map.overlay(at, units, map.addChunk(packs.next()), 0);
        }
    }

    /// Data packs by name; each is an object of one byte.
    private final class DataPacks {
        private final Session session;
        private PackId pack;
        private int used;

        DataPacks(Session session) {
            this.session = session;
            this.pack = make();
        }

        private PackId make() {
            PackId made = session.nextPackId();
            store.putIfAbsent(PackNames.key(made, false), MemorySegment.ofArray(new byte[1]));
            return made;
        }

        ChunkRef next() {
            if (used == PACK_CHUNKS) {
                pack = make();
                used = 0;
            }
            ChunkId id =
                    new ChunkId(
                            random.nextLong(),
                            random.nextLong(),
                            random.nextLong(),
                            random.nextLong());
            RecordRef record =
                    new RecordRef(pack, false, used, 100 + used * 31_000, 30_900, CHUNK_BYTES);
            used++;
            return new ChunkRef(id, record, 0, CHUNK_BYTES);
        }

        void garbage(int count) {
            for (int i = 0; i < count; i++) {
                pack = make();
            }
        }
    }

    /// Seals metadata into packs of the session.
    private final class Sink implements MetaSink, AutoCloseable {
        private final Session session;
        private final RecordSealer sealer = new RecordSealer(Codec.parse("zstd:1"));
        private final MemorySegment buffer =
                Arena.ofAuto().allocate(PackWriter.bufferBytes(TARGET, 1 << 20));
        private final MemorySegment digests = Arena.ofAuto().allocate(1 << 20);
        private final ChunkHasher hasher = repository.newHasher(Kernel.AUTO);
        private final PackWriter writer;

        Sink(Session session) {
            this.session = session;
            this.writer =
                    new PackWriter(repository.keys(), session.nextPackId(), true, buffer, sealer);
        }

        @Override
        public ChunkRef put(MemorySegment plain, int length) {
            if (writer.sealedBytes() >= TARGET || !writer.hasRoomFor(length)) {
                finish();
                writer.begin(session.nextPackId(), true, buffer);
            }
            ChunkId id = hasher.hash(ChunkType.META, plain, 0, length, digests, 0);
            return new ChunkRef(id, writer.appendMeta(id, plain, 0, length), 0, length);
        }

        ChunkRef root(VolumeName volume, VolumeTree tree) {
            Root root =
                    new Root(
                            repository.access().keyOf(volume),
                            volume,
                            tree,
                            512,
                            Regions.LEAF_BYTES,
                            0,
                            "leaf",
                            SourceOrigin.UNKNOWN,
                            "",
                            Instant.now(),
                            new RunStatistics(1, 1, 1),
                            new TreeMap<>(),
                            List.of());
            byte[] bytes = RootFormat.encode(root);
            MemorySegment plain = Arena.ofAuto().allocate(bytes.length);
            plain.copyFrom(MemorySegment.ofArray(bytes));
            return put(plain, bytes.length);
        }

        void finish() {
            session.putPack(writer.pack(), true, writer.finish());
        }

        @Override
        public void close() {
            sealer.close();
        }
    }

    // ---- many snapshots

    /// Commits so many snapshots of a thousand small volumes, all with one root.
    void snapshots(int count) {
        ChunkRef root = smallRoot();
        int volumes = 1000;
        Instant first = Instant.parse("2026-01-01T00:00:00Z");
        int done = 0;
        while (done < count) {
            int batch = Math.min(CatalogueEntry.SIBLINGS_MAX / 2, count - done);
            try (Session session = repository.openSession(SessionRequest.of("generated"))) {
                session.freeze();
                List<SnapshotId> ids = session.newSnapshotIds(batch);
                List<CatalogueEntry> entries = new ArrayList<>();
                for (int i = 0; i < batch; i++) {
                    int number = done + i;
                    entries.add(
                            entry(
                                    ids.get(i),
                                    new VolumeName("volume-" + number % volumes),
                                    first.plusSeconds(60L * number),
                                    REGION,
                                    root,
                                    session,
                                    number / volumes + 1,
                                    batch));
                }
                session.commit(entries);
            }
            done += batch;
        }
    }

    private ChunkRef smallRoot() {
        try (Session session = repository.openSession(SessionRequest.of("generated"));
                Sink sink = new Sink(session)) {
            ChunkRef root = sink.root(new VolumeName("volume-0"), VolumeTree.hole(REGION));
            sink.finish();
            session.freeze();
            SnapshotId id = session.newSnapshotIds(1).getFirst();
            session.commit(
                    List.of(
                            entry(
                                    id,
                                    new VolumeName("first"),
                                    Instant.parse("2025-12-31T00:00:00Z"),
                                    REGION,
                                    root,
                                    session,
                                    1,
                                    1)));
            return root;
        }
    }

    private static CatalogueEntry entry(
            SnapshotId id,
            VolumeName volume,
            Instant time,
            long bytes,
            ChunkRef root,
            Session session,
            long counter,
            int siblings) {
        return new CatalogueEntry(
                id,
                volume,
                time,
                bytes,
                root,
                Lineage.after(Optional.empty(), OptionalLong.of(counter - 1)),
                Optional.empty(),
                new TreeMap<>(),
                4096,
                8192,
                Optional.empty(),
                "leaf",
                session.id(),
                Optional.empty(),
                siblings,
                Extensions.NONE);
    }

    @Override
    public void close() {
        repository.close();
        store.close();
    }
}
