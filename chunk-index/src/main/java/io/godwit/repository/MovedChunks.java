package io.godwit.repository;

import io.godwit.chunk.ChunkId;
import io.godwit.commit.PackMoves;
import io.godwit.commit.PackName;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackFooter;
import io.godwit.pack.PackId;
import io.godwit.pack.PackReader;
import io.godwit.volume.Relocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Finds chunks of repacked packs: by the newest list of moves, in the footers of the packs that
/// took their place.
///
/// The list is read when a pack is missing that it does not name; it is published before packs are
/// deleted, so a pack that is missing and still not in it was never moved, and is not asked about
/// again. Any thread; remembers some hundred footers.
final class MovedChunks implements Relocation {
    /// Packs whose contents are remembered: about 100 KiB each for a full one.
    private static final int KEPT = 256;

    private final Supplier<PackMoves> newest;
    private final PackReader reader;
    private final MemorySegment tail = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
    private final Set<PackId> neverMoved = new HashSet<>();
    private final Map<PackName, Map<ChunkId, ChunkRef>> footers =
            new LinkedHashMap<>(16, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(
                        Map.Entry<PackName, Map<ChunkId, ChunkRef>> eldest) {
                    return size() > KEPT;
                }
            };
    private volatile PackMoves moves = PackMoves.none();

    MovedChunks(Supplier<PackMoves> newest, PackReader reader) {
        this.newest = newest;
        this.reader = reader;
    }

    @Override
    public boolean moved(PackId pack) {
        return moves.moved(pack);
    }

    @Override
    public void refresh() {
        PackMoves read = newest.get();
        synchronized (this) {
            if (read.round() > moves.round()) {
                moves = read;
            }
        }
    }

    @Override
    public synchronized boolean learn(PackId missing) {
        if (moves.moved(missing)) {
            return true;
        }
        if (neverMoved.contains(missing)) {
            return false;
        }
        refresh();
        if (!moves.moved(missing)) {
            neverMoved.add(missing);
            return false;
        }
        return true;
    }

    @Override
    public synchronized ChunkRef locate(ChunkRef ref) {
        PackId pack = ref.record().pack();
        if (!moves.moved(pack)) {
            return ref;
        }
        boolean outdated = false;
        for (PackName target : moves.targets(pack)) {
            Map<ChunkId, ChunkRef> held = chunks(target);
            ChunkRef found = held == null ? null : held.get(ref.id());
            if (found != null && found.length() == ref.length()) {
                return found;
            }
            // A target that is gone was moved on, and the list is an older one.
            outdated |= held == null && learn(target.id());
        }
        return outdated ? locate(ref) : ref;
    }

    /// Null when there is no such pack.
    private @Nullable Map<ChunkId, ChunkRef> chunks(PackName target) {
        Map<ChunkId, ChunkRef> known = footers.get(target);
        if (known == null) {
            known = read(target);
            if (known != null) {
                footers.put(target, known);
            }
        }
        return known;
    }

    /// Nothing when it cannot be opened: the chunk may lie in another one.
    private @Nullable Map<ChunkId, ChunkRef> read(PackName target) {
        try {
            return reader.open(target.id(), target.metadata(), tail)
                    .map(opened -> chunks(opened.footer()))
                    .orElse(null);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return Map.of();
        }
    }

    private static Map<ChunkId, ChunkRef> chunks(PackFooter footer) {
        Map<ChunkId, ChunkRef> chunks = new HashMap<>();
        for (PackFooter.Entry entry : footer.entries()) {
            entry.chunks().forEach(chunk -> chunks.put(chunk.id(), footer.ref(entry, chunk)));
        }
        return chunks;
    }
}
