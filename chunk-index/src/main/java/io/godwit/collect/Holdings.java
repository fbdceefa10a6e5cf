package io.godwit.collect;

import io.godwit.commit.PackName;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/// What must not be deleted. Belongs to one thread.
///
/// @param packs reached from a root
/// @param owners sessions all of whose packs are held, by their names alone
/// @param uncopied victims of which a root needs something that its targets do not hold
record Holdings(Set<PackId> packs, Set<SessionId> owners, Set<PackId> uncopied) {
    boolean hold(PackId pack) {
        return packs.contains(pack) || owners.contains(pack.owner());
    }

    /// Whether no session that is open may still write, or use, the pack as its own.
    boolean isOwnerless(PackId pack) {
        return !owners.contains(pack.owner());
    }

    /// Whether a pack must stay although it was repacked.
    boolean holdVictim(PackId victim) {
        return uncopied.contains(victim) || owners.contains(victim.owner());
    }

    /// Those that nothing holds, in order: what a plan condemns of all packs, and what a sweep
    /// deletes of those condemned.
    List<PackName> free(Collection<PackName> from) {
        return from.stream().filter(pack -> !hold(pack.id())).sorted().toList();
    }
}
