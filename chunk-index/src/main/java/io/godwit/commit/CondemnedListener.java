package io.godwit.commit;

import io.godwit.pack.PackId;
import java.util.Set;

/// What a running pipeline does when a collector condemns packs: steps (1) to (3) of the heartbeat.
@FunctionalInterface
public interface CondemnedListener {
    /// Returns when (1) no look-up yields a pack of `unusable` any more and those in flight have
    /// ended, (2) every reference of this run into one of them has been found, except own ones,
    /// adopted ones and pinned ones (of a victim, pinned means that chunk, not its pack), and (3)
    /// what they name has been read or copied again, verified and uploaded. Only then the session
    /// acknowledges the plan.
    ///
    /// Called by the thread that calls [Session#heartbeat()], never after [Session#freeze()] has
    /// returned. A failure fails the session.
    ///
    /// @param unusable condemned packs and victims of `plan`
    void onCondemned(CollectionPlan plan, Set<PackId> unusable);

    /// For sessions that take no reference by look-up.
    static CondemnedListener none() {
        return (_, _) -> {};
    }
}
