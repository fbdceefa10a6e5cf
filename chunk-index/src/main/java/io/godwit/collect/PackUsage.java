package io.godwit.collect;

import io.godwit.commit.PackName;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordOpener;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/// How much of each pack is needed, as one mark finds it. Belongs to one thread.
///
/// One bit for each chunk that is needed, a byte for a record: half a kilobyte for a pack of 16
/// MiB. A pack of which more is needed than repacking allows is forgotten at once, so that memory
/// follows the packs that are badly used.
final class PackUsage {
    private final PackListing listing;
    private final RepackLimits limits;
    private final Map<PackName, Use> uses = new HashMap<>();

    /// Of which it is not known what is needed, or of which too much is.
    private final Set<PackId> settled = new HashSet<>();

    PackUsage(PackListing listing, RepackLimits limits) {
        this.listing = listing;
        this.limits = limits;
    }

    private static final class Use {
        final BitSet chunks = new BitSet();
        long bytes;
    }

    boolean wants(PackId pack) {
        return !settled.contains(pack);
    }

    void settle(PackId pack) {
        if (settled.add(pack)) {
            uses.remove(new PackName(pack, false));
            uses.remove(new PackName(pack, true));
        }
    }

    void add(ChunkRef chunk) {
        PackId pack = chunk.record().pack();
        if (settled.contains(pack)) {
            return;
        }
        PackName name = new PackName(pack, chunk.record().metadata());
        Use use = uses.computeIfAbsent(name, _ -> new Use());
        int bit = Victim.bit(chunk);
        if (!use.chunks.get(bit)) {
            use.chunks.set(bit);
            use.bytes +=
                    RecordOpener.storedLength(chunk.record())
                            * (long) chunk.length()
                            / chunk.record().plainLength();
            if (!limits.mayBeVictim(listing.length(name), use.bytes)) {
                settle(pack);
            }
        }
    }

    /// The packs that repacking is worth it for, at most as many as one round copies.
    ///
    /// @param free tells which packs nobody is writing
    List<Victim> victims(Predicate<PackName> free) {
        List<Victim> badlyUsed = new ArrayList<>();
        List<Victim> small = new ArrayList<>();
        uses.forEach(
                (name, use) -> {
                    long length = listing.length(name);
                    if (length > 0 && free.test(name)) {
                        limits.reason(length, use.bytes)
                                .ifPresent(
                                        reason ->
                                                (reason == Victim.Reason.SMALL ? small : badlyUsed)
                                                        .add(
                                                                new Victim(
                                                                        name,
                                                                        reason,
                                                                        use.chunks,
                                                                        use.bytes,
                                                                        length)));
                    }
                });
        List<Victim> chosen = new ArrayList<>();
        badlyUsed.sort(Comparator.comparingDouble(Victim::usedShare).thenComparing(Victim::name));
        take(badlyUsed, chosen);
        takeSmall(small, chosen);
        chosen.sort(Comparator.comparing(Victim::name));
        return chosen;
    }

    /// Few small packs are no burden, and would be copied again and again.
    private void takeSmall(List<Victim> small, List<Victim> chosen) {
        for (boolean metadata : new boolean[] {false, true}) {
            List<Victim> alike =
                    new ArrayList<>(
                            small.stream()
                                    .filter(victim -> victim.name().metadata() == metadata)
                                    .sorted(Comparator.comparing(Victim::name))
                                    .toList());
            List<Victim> together = new ArrayList<>(chosen);
            take(alike, together);
            if (together.size() - chosen.size() >= limits.smallTogether()) {
                chosen.addAll(together.subList(chosen.size(), together.size()));
            }
        }
    }

    private void take(List<Victim> from, List<Victim> chosen) {
        long bytes = chosen.stream().mapToLong(Victim::usedBytes).sum();
        for (Victim victim : from) {
            if (chosen.size() == limits.packsPerRound()
                    || bytes + victim.usedBytes() > limits.bytesPerRound()) {
                return;
            }
            bytes += victim.usedBytes();
            chosen.add(victim);
        }
    }
}
