package io.godwit.pack;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// Places in packs that do not hold any more what was stored there: whole packs, or single records
/// of them. Immutable.
public final class BadPlaces {
    public static final BadPlaces NONE = new BadPlaces(Map.of());

    /// The records of a pack by their ordinals; empty when all of it is bad.
    private final Map<PackId, Set<Integer>> packs;

    private BadPlaces(Map<PackId, Set<Integer>> packs) {
        this.packs = packs;
    }

    /// What is bad, by pack.
    ///
    /// @param packs the ordinals of their bad records; none at all when the whole pack is bad
    public static BadPlaces of(Map<PackId, Set<Integer>> packs) {
        Map<PackId, Set<Integer>> copy = new HashMap<>();
        packs.forEach((pack, ordinals) -> copy.put(pack, Set.copyOf(ordinals)));
        return copy.isEmpty() ? NONE : new BadPlaces(copy);
    }

    public boolean isEmpty() {
        return packs.isEmpty();
    }

    /// Whether anything in the pack is bad.
    public boolean touch(PackId pack) {
        return packs.containsKey(pack);
    }

    public boolean contain(PackId pack, int ordinal) {
        Set<Integer> ordinals = packs.get(pack);
        return ordinals != null && (ordinals.isEmpty() || ordinals.contains(ordinal));
    }

    public boolean contain(RecordRef record) {
        return contain(record.pack(), record.ordinal());
    }

    /// Packs of which anything is bad.
    public Set<PackId> packs() {
        return Set.copyOf(packs.keySet());
    }

    /// Packs that are bad as a whole.
    public Set<PackId> wholePacks() {
        Set<PackId> whole = new HashSet<>();
        packs.forEach(
                (pack, ordinals) -> {
                    if (ordinals.isEmpty()) {
                        whole.add(pack);
                    }
                });
        return whole;
    }
}
