package io.godwit.collect;

import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Gathers what one mark reaches. Belongs to one thread at a time.
final class Marked implements References {
    private final Set<PackId> packs;
    private final Set<PackId> uncopied;
    private final Copies copies;
    private final Optional<PackUsage> usage;
    private final Map<SessionId, SessionId> owners = new HashMap<>();

    /// @param copies of the round's victims
    /// @param usage is told of every chunk
    Marked(Copies copies, Optional<PackUsage> usage) {
        this(new HashSet<>(), new HashSet<>(), copies, usage);
    }

    private Marked(
            Set<PackId> packs, Set<PackId> uncopied, Copies copies, Optional<PackUsage> usage) {
        this.packs = packs;
        this.uncopied = uncopied;
        this.copies = copies;
        this.usage = usage;
    }

    /// What was reached so far, to go on from.
    Marked copy() {
        return new Marked(new HashSet<>(packs), new HashSet<>(uncopied), copies, usage);
    }

    /// A session writes many packs: its name is kept once.
    private void reach(PackId pack) {
        if (!packs.contains(pack)) {
            SessionId owner = owners.computeIfAbsent(pack.owner(), name -> name);
            packs.add(new PackId(owner, pack.counter()));
        }
    }

    @Override
    public void pack(PackId pack) {
        reach(pack);
        if (copies.isVictim(pack)) {
            uncopied.add(pack);
        }
        usage.ifPresent(known -> known.settle(pack));
    }

    @Override
    public boolean wantsChunks(PackId pack) {
        return (copies.isVictim(pack) && !uncopied.contains(pack))
                || usage.filter(known -> known.wants(pack)).isPresent();
    }

    @Override
    public void chunk(ChunkRef chunk) {
        PackId pack = chunk.record().pack();
        reach(pack);
        if (copies.isVictim(pack) && !copies.hold(pack, chunk.id())) {
            uncopied.add(pack);
        }
        usage.ifPresent(known -> known.add(chunk));
    }

    Set<PackId> packs() {
        return packs;
    }

    Set<PackId> uncopied() {
        return uncopied;
    }
}
