package io.godwit.collect;

import io.godwit.chunk.ChunkId;
import io.godwit.commit.CollectionPlan;
import io.godwit.commit.PackMove;
import io.godwit.commit.PackName;
import io.godwit.pack.PackId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// What the targets of a plan's moves hold, as their footers say. Immutable.
final class Copies {
    private final Map<PackId, List<Set<ChunkId>>> byVictim = new HashMap<>();

    private Copies() {}

    static Copies none() {
        return new Copies();
    }

    /// @param contents of a pack; empty when it is not there or cannot be opened. A victim with
    ///     such a target has no copies at all
    static Copies of(CollectionPlan plan, Function<PackName, Optional<Set<ChunkId>>> contents) {
        Copies copies = new Copies();
        Map<PackName, Optional<Set<ChunkId>>> read = new HashMap<>();
        for (PackMove move : plan.moves()) {
            List<Set<ChunkId>> held = new ArrayList<>();
            for (PackName target : move.targets()) {
                read.computeIfAbsent(target, contents).ifPresent(held::add);
            }
            boolean whole = held.size() == move.targets().size();
            copies.byVictim.put(move.victim().id(), whole ? held : List.of());
        }
        return copies;
    }

    boolean isVictim(PackId pack) {
        return byVictim.containsKey(pack);
    }

    /// Victims of which no target can be read: they stay, whatever is needed of them.
    boolean isWithout(PackId victim) {
        return byVictim.getOrDefault(victim, List.of()).isEmpty();
    }

    boolean hold(PackId victim, ChunkId chunk) {
        return byVictim.getOrDefault(victim, List.of()).stream()
                .anyMatch(chunks -> chunks.contains(chunk));
    }
}
