package io.godwit.simulation.repository;

import io.godwit.chunk.ChunkId;
import io.godwit.commit.CommitKeys;
import io.godwit.format.ObjectKind;
import io.godwit.index.LocalCache;
import io.godwit.index.SegmentReader;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.repository.Repository;
import io.godwit.simulation.Violation;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Where every chunk stands that was ever stored, by the packs' own footers; and what of it an index
/// may say, and must.
final class IndexTruth {
    private final Repository repository;
    private final PackReader reader;
    private final MemorySegment tail;
    private final Map<PackId, Set<ChunkRef>> packs = new HashMap<>();
    private final Map<ObjectKey, Set<PackId>> segments = new HashMap<>();

    IndexTruth(Repository repository, MemorySegment tail) {
        this.repository = repository;
        this.reader = new PackReader(repository.store(), repository.keys());
        this.tail = tail;
    }

    void created(ObjectKey key) {
        if (key.value().startsWith(PackNames.DATA_PREFIX)) {
            PackId pack = PackNames.parse(key).orElseThrow().pack();
            Optional<PackReader.Opened> opened = reader.open(pack, false, tail);
            packs.put(pack, new LinkedHashSet<>(opened.orElseThrow().footer().dataChunks()));
        } else if (key.value().startsWith(CommitKeys.INDEX_SEGMENTS)) {
            byte[] object = repository.store().get(key, 1 << 24).orElseThrow();
            byte[] plain =
                    repository.access().sealing().open(ObjectKind.INDEX_SEGMENT, key, object);
            segments.put(key, new HashSet<>(new SegmentReader(key.value(), plain).packs()));
        }
    }

    private boolean stands(PackId pack) {
        return repository
                        .store()
                        .read(PackNames.key(pack, false), 0, MemorySegment.ofArray(new byte[1]))
                >= 0;
    }

    /// Of a cache that was brought up to date: whatever it answers is true.
    void requireTrue(String node, LocalCache cache) {
        Set<ChunkId> ids = new LinkedHashSet<>();
        packs.values().forEach(refs -> refs.forEach(ref -> ids.add(ref.id())));
        for (ChunkId id : ids) {
            ChunkRef found = cache.find(id);
            if (found != null) {
                PackId pack = found.record().pack();
                boolean right = stands(pack) && packs.getOrDefault(pack, Set.of()).contains(found);
                if (!right) {
                    throw new Violation(
                            "an index names what is not there",
                            "node=%s chunk=%s pack=%s".formatted(node, id, pack));
                }
            }
        }
    }

    /// Of a cache that was made from the segments: it knows every chunk of the packs that stand and
    /// of which a segment was written.
    void requireComplete(LocalCache cache) {
        Set<PackId> told = new HashSet<>();
        segments.values().forEach(told::addAll);
        for (PackId pack : told) {
            if (stands(pack)) {
                for (ChunkRef ref : packs.getOrDefault(pack, Set.of())) {
                    if (cache.find(ref.id()) == null) {
                        throw new Violation(
                                "an index leaves out what is there",
                                "chunk=%s pack=%s".formatted(ref.id(), pack));
                    }
                }
            }
        }
    }
}
