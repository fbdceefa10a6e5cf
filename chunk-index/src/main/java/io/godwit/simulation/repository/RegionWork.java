package io.godwit.simulation.repository;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.commit.Session;
import io.godwit.digest.KeyedHasher;
import io.godwit.index.LookupGate;
import io.godwit.index.SessionIndex;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.Repository;
import io.godwit.simulation.Dice;
import io.godwit.simulation.Kernel;
import io.godwit.volume.PageChain;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.PageWriter;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.TreeReader;
import io.godwit.volume.VolumeTree;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// W4 for one region: what changed is cut, looked up, stored, and becomes a page. Belongs to one
/// task.
final class RegionWork {
    /// What became of a region.
    ///
    /// @param changed whether the page differs from the base's
    /// @param page null for a hole
    /// @param foreign packs of others that the page newly refers to
    record Result(boolean changed, @Nullable PageRef page, Set<PackId> foreign) {
        Result {
            foreign = Set.copyOf(foreign);
        }
    }

    private final Repository repository;
    private final Session session;
    private final Conduct conduct;
    private final OpenPacks packs;
    private final SessionIndex sessionIndex;
    private final Kernel kernel;
    private final Dice dice;
    private final ChunkHasher hasher;
    private final ChunkReader metadata;
    private final MemorySegment plain =
            Arena.ofAuto().allocate((long) Content.PIECE * Regions.LEAF_BYTES, 64);
    private final MemorySegment digests =
            Arena.ofAuto().allocate(ChunkHasher.digestsBytes(plain.byteSize()), 64);

    RegionWork(
            SimulatedNode.Running running,
            Session session,
            OpenPacks packs,
            SessionIndex sessionIndex,
            Kernel kernel,
            ChunkHasher hasher,
            ChunkReader metadata) {
        this.repository = running.repository();
        this.session = session;
        this.conduct = running.conduct();
        this.packs = packs;
        this.sessionIndex = sessionIndex;
        this.kernel = kernel;
        this.dice = running.dice();
        this.hasher = hasher;
        this.metadata = metadata;
    }

    /// @param base what may be taken over; a hole of the volume's size without a base
    /// @param before what the base reads as; without a base everything counts as changed
    Result store(long region, Content now, VolumeTree base, @Nullable Content before) {
        RegionMap map = new RegionMap();
        PageChain chain = new PageChain();
        PageRef page = before == null ? null : new TreeReader(metadata).page(base, region);
        int length = Regions.length(now.volumeBytes(), region);
        if (page == null) {
            map.clear(length, Regions.LEAF_BYTES);
        } else {
            new PageLoader(metadata).load(page.chunk(), map, chain);
        }
        Set<PackId> foreign = new HashSet<>();
        int[] letters = now.letters(region);
        for (int at = 0; at < letters.length; at += Content.PIECE) {
            storePiece(at, letters, before == null ? null : before.letters(region), map, foreign);
        }
        return paged(map, page, chain, foreign);
    }

    private Result paged(
            RegionMap map, @Nullable PageRef page, PageChain chain, Set<PackId> foreign) {
        if (map.isHole()) {
            return new Result(page != null, null, foreign);
        }
        MemorySegment bytes = new PageWriter().encode(map, page == null ? null : chain);
        if (bytes.byteSize() == 0) {
            return new Result(false, page, foreign);
        }
        KeyedHasher contentHasher = new KeyedHasher(repository.keys().metaKey());
        ChunkRef stored = packs.put(bytes, (int) bytes.byteSize());
        return new Result(true, new PageRef(stored, map.contentDigest(contentHasher)), foreign);
    }

    /// A piece is stored again as a whole, or leaf by leaf where it changed.
    private void storePiece(
            int at, int[] letters, int @Nullable [] before, RegionMap map, Set<PackId> foreign) {
        boolean whole = before == null || dice.chance(0.5);
        boolean changed = before == null;
        for (int leaf = at; before != null && leaf < at + Content.PIECE; leaf++) {
            if (letters[leaf] != before[leaf]) {
                changed = true;
                if (!whole) {
                    storeRun(leaf, 1, letters, map, foreign);
                }
            }
        }
        if (changed && whole) {
            storeRun(at, Content.PIECE, letters, map, foreign);
        }
    }

    private void storeRun(int at, int count, int[] letters, RegionMap map, Set<PackId> foreign) {
        boolean zeros = true;
        for (int i = 0; i < count; i++) {
            zeros &= letters[at + i] == 0;
            byte[] leaf = Content.leaf(letters[at + i]);
            MemorySegment.copy(
                    MemorySegment.ofArray(leaf),
                    0,
                    plain,
                    (long) i * Regions.LEAF_BYTES,
                    Regions.LEAF_BYTES);
        }
        if (zeros) {
            map.overlayHole(at, count);
            return;
        }
        int length = count * Regions.LEAF_BYTES;
        ChunkId id = hasher.hash(ChunkType.DATA, plain, 0, length, digests, 0);
        ChunkRef ref = lookUp(id, foreign);
        if (ref == null) {
            ref = packs.append(id, plain, length, digests);
        }
        map.overlay(at, count, map.addChunk(ref), 0);
    }

    /// As in the pipeline: an answer of the index is written down before the use of it ends.
    private @Nullable ChunkRef lookUp(ChunkId id, Set<PackId> foreign) {
        try (LookupGate.Use _ = repository.cache().use()) {
            ChunkRef found = repository.cache().find(id);
            if (dice.chance(0.2)) {
                kernel.pause(Duration.ofMillis(dice.spread(1, 60_000)));
            }
            if (found != null) {
                if (!conduct.owns(session, found.record().pack())) {
                    foreign.add(found.record().pack());
                }
                return found;
            }
        }
        return sessionIndex.findOrClaim(id);
    }
}
