package io.godwit.collect;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.commit.PackName;
import io.godwit.commit.Session;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.Codec;
import io.godwit.pack.PackFooter;
import io.godwit.pack.PackReader;
import io.godwit.seal.KeyRing;
import io.godwit.store.Store;
import java.lang.foreign.Arena;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// What a collector needs to copy chunks from packs to packs, and to see what packs hold. Belongs
/// to one thread.
///
/// @param keys that packs are sealed with
/// @param codec of the copies
/// @param hashers makes a hasher for one thread
/// @param limits of what is repacked
public record Repacking(
        Store store,
        KeyRing keys,
        Codec codec,
        Supplier<ChunkHasher> hashers,
        RepackLimits limits) {
    public Repacking withLimits(RepackLimits other) {
        return new Repacking(store, keys, codec, hashers, other);
    }

    /// The chunks that a pack holds; empty when there is no such pack, or when it cannot be opened.
    Optional<Set<ChunkId>> chunks(PackName pack) {
        try (Arena arena = Arena.ofConfined()) {
            return new PackReader(store, keys)
                    .open(pack.id(), pack.metadata(), arena.allocate(PackReader.TAIL_BYTES))
                    .map(opened -> chunks(opened.footer()));
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static Set<ChunkId> chunks(PackFooter footer) {
        Set<ChunkId> chunks = new HashSet<>();
        for (PackFooter.Entry entry : footer.entries()) {
            entry.chunks().forEach(chunk -> chunks.add(chunk.id()));
        }
        return chunks;
    }

    PackCopy copyTo(Session session, Runnable beat) {
        return new PackCopy(this, session, beat);
    }
}
