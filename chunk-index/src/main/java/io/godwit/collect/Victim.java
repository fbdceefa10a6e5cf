package io.godwit.collect;

import io.godwit.commit.PackName;
import io.godwit.pack.ChunkRef;
import java.util.BitSet;

/// A pack whose needed chunks are to be copied, so that it can go.
///
/// @param chunks one bit for each that is needed, see [#bit]
/// @param usedBytes sealed, of what is needed
/// @param length of the pack
record Victim(PackName name, Reason reason, BitSet chunks, long usedBytes, long length) {
    /// Why it is one.
    enum Reason {
        BADLY_USED,
        SMALL;

        String text() {
            return switch (this) {
                case BADLY_USED -> "badly-used";
                case SMALL -> "small";
            };
        }
    }

    /// Chunks of one record that are told apart.
    private static final int BITS_PER_RECORD = 8;

    /// The bit of a chunk: by its record, and in which eighth of that it begins. Two that share a
    /// bit are copied both when one is needed.
    static int bit(ChunkRef chunk) {
        return bit(chunk.record().ordinal(), chunk.plainOffset(), chunk.record().plainLength());
    }

    static int bit(int ordinal, int plainOffset, int plainLength) {
        return ordinal * BITS_PER_RECORD
                + (int) ((long) plainOffset * BITS_PER_RECORD / plainLength);
    }

    double usedShare() {
        return (double) usedBytes / length;
    }
}
