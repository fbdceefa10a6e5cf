package io.godwit.collect;

import io.godwit.chunk.ChunkId;
import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import io.godwit.volume.MetaSink;
import io.godwit.volume.PageChain;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.PageWriter;
import io.godwit.volume.RecordSource;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.Root;
import io.godwit.volume.RootFormat;
import io.godwit.volume.RunStatistics;
import io.godwit.volume.SourceOrigin;
import io.godwit.volume.TreeWriter;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import io.godwit.volume.VolumeTree;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Trees in memory, every chunk of them in a pack of its own, so that a mark shows exactly what it
/// has reached.
final class StoredTrees implements MetaSink, RecordSource {
    static final SessionId SESSION = new SessionId(0, 7, 7);
    static final int PIECE = 64 << 10;

    final Map<ChunkId, byte[]> contents = new ConcurrentHashMap<>();
    final Set<ChunkId> damaged = new HashSet<>();
    final AtomicInteger reads = new AtomicInteger();
    private final SplittableRandom random = new SplittableRandom(5);
    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(new byte[32]));
    private int packs;

    /// A chunk of data.
    ChunkRef data(int length) {
        return chunk(length, false);
    }

    private ChunkRef chunk(int length, boolean metadata) {
        ChunkId id =
                new ChunkId(
                        random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        return at(id, length, metadata);
    }

    private ChunkRef at(ChunkId id, int length, boolean metadata) {
        PackId pack = new PackId(SESSION, packs++);
        return new ChunkRef(id, new RecordRef(pack, metadata, 0, 64, length, length), 0, length);
    }

    @Override
    public ChunkRef put(MemorySegment plain, int length) {
        ChunkRef ref = chunk(length, true);
        contents.put(ref.id(), plain.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        return ref;
    }

    /// The same chunk once more, in another pack.
    ChunkRef again(ChunkRef ref) {
        return at(ref.id(), ref.length(), ref.record().metadata());
    }

    @Override
    public MemorySegment read(ChunkRef ref) {
        reads.incrementAndGet();
        byte[] content = contents.get(ref.id());
        if (damaged.contains(ref.id())) {
            throw new GodwitException(FailureKind.CORRUPT, "damaged: " + ref.id());
        }
        if (content == null) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such pack: " + ref.id());
        }
        return MemorySegment.ofArray(content.clone());
    }

    /// A full page that names these chunks, or a patch on `parent` where they replace the first
    /// ones of it.
    ChunkRef page(Optional<ChunkRef> parent, List<ChunkRef> chunks) {
        RegionMap map = new RegionMap();
        PageChain chain = new PageChain();
        parent.ifPresent(page -> new PageLoader(this).load(page, map, chain));
        int units = PIECE / Regions.LEAF_BYTES;
        for (int i = 0; i < chunks.size(); i++) {
            map.overlay(i * units, units, map.addChunk(chunks.get(i)), 0);
        }
        PageWriter writer = new PageWriter();
        MemorySegment bytes = writer.encode(map, parent.isPresent() ? chain : null);
        return put(bytes, (int) bytes.byteSize());
    }

    /// A tree over pages, by region.
    VolumeTree tree(VolumeTree parent, long regions, Map<Long, ChunkRef> pages) {
        TreeWriter writer =
                new TreeWriter(parent, regions * Regions.REGION_BYTES, this, this, hasher);
        RegionMap map = new RegionMap();
        new TreeMap<>(pages)
                .forEach(
                        (region, page) -> {
                            new PageLoader(this).load(page, map);
                            writer.set(region, new PageRef(page, map.contentDigest(hasher)));
                        });
        return writer.finish();
    }

    ChunkRef root(VolumeTree tree) {
        Root root =
                new Root(
                        new VolumeKey("a".repeat(26)),
                        new VolumeName("db"),
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
                        List.of());
        byte[] bytes = RootFormat.encode(root);
        return put(MemorySegment.ofArray(bytes), bytes.length);
    }

    static PackId pack(ChunkRef ref) {
        return ref.record().pack();
    }
}
