package io.godwit.commit;

import io.godwit.pack.SessionId;
import java.util.List;

/// What a session is opened for.
///
/// @param purpose for people: `backup`, `serve`, `copy`
/// @param pins entries of snapshots that are needed while it runs: parents whose pages are taken
///     over, or what a long reader reads
/// @param adopts own sessions that are dead, whose packs shall count as this one's
/// @param index what the look-ups of this session go to
/// @param listener of plans that are published while it runs
public record SessionRequest(
        String purpose,
        List<CatalogueEntry> pins,
        List<SessionId> adopts,
        CollectedPacks index,
        CondemnedListener listener) {
    public SessionRequest {
        pins = List.copyOf(pins);
        adopts = List.copyOf(adopts);
    }

    /// A session that looks nothing up and takes nothing over.
    public static SessionRequest of(String purpose) {
        return new SessionRequest(
                purpose, List.of(), List.of(), CollectedPacks.none(), CondemnedListener.none());
    }

    public SessionRequest withPins(List<CatalogueEntry> entries) {
        return new SessionRequest(purpose, entries, adopts, index, listener);
    }

    public SessionRequest withAdopted(List<SessionId> sessions) {
        return new SessionRequest(purpose, pins, sessions, index, listener);
    }

    public SessionRequest withIndex(CollectedPacks packs, CondemnedListener condemned) {
        return new SessionRequest(purpose, pins, adopts, packs, condemned);
    }
}
