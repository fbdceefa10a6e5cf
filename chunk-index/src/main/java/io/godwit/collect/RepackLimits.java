package io.godwit.collect;

import io.godwit.pack.PackLimits;
import java.util.Optional;

/// Which packs are worth being repacked, and how much of that one round does.
///
/// @param usedPercent of a pack at most this much is needed: at one half, repacking frees as much
///     as it writes
/// @param unusedBytes so much of a pack is not needed at least: copying is a few requests, whatever
///     it frees
/// @param smallBytes a shorter pack is small
/// @param smallTogether so many small packs are made one: what is small again afterwards is copied
///     once more only after as many others have come, so a chunk is copied a few times in its life
/// @param bytesPerRound copied at most, so that a round ends, and sessions that it holds up wait
///     for minutes, not hours
/// @param packsPerRound repacked at most: the list of moves has a row for each
public record RepackLimits(
        int usedPercent,
        long unusedBytes,
        long smallBytes,
        int smallTogether,
        long bytesPerRound,
        int packsPerRound) {
    public static final long DEFAULT_BYTES = 1L << 30;

    public static final RepackLimits DEFAULT =
            new RepackLimits(
                    50, 256 << 10, PackLimits.TARGET_BYTES / 8, 16, DEFAULT_BYTES, 1 << 14);

    public RepackLimits {
        if (usedPercent < 0
                || usedPercent > 99
                || unusedBytes < 1
                || smallBytes < 0
                || smallTogether < 2
                || bytesPerRound < 0
                || packsPerRound < 0) {
            throw new IllegalArgumentException("limits of repacking out of range");
        }
    }

    /// Nothing is repacked.
    public static RepackLimits none() {
        return new RepackLimits(0, 1, 0, 2, 0, 0);
    }

    public RepackLimits withBytesPerRound(long bytes) {
        return new RepackLimits(
                usedPercent, unusedBytes, smallBytes, smallTogether, bytes, packsPerRound);
    }

    /// Whether it may be one in the end, when more is found to be needed.
    boolean mayBeVictim(long length, long usedBytes) {
        return reason(length, usedBytes).isPresent();
    }

    Optional<Victim.Reason> reason(long length, long usedBytes) {
        boolean badlyUsed =
                usedBytes * 100 <= length * usedPercent && length - usedBytes >= unusedBytes;
        if (badlyUsed) {
            return Optional.of(Victim.Reason.BADLY_USED);
        }
        return length < smallBytes ? Optional.of(Victim.Reason.SMALL) : Optional.empty();
    }
}
