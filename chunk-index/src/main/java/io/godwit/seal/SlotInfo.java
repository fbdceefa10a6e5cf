package io.godwit.seal;

import java.time.Instant;

/// A key slot as `key list` shows it.
///
/// @param kind `password`, `key-file`, `recovery-sheet` or `key-service`
public record SlotInfo(SlotId id, String kind, Instant created) {
    static SlotInfo of(Recipient slot) {
        return new SlotInfo(
                slot.slot(), word(slot.kind()), Instant.ofEpochMilli(slot.createdMillis()));
    }

    private static String word(int kind) {
        return switch (kind) {
            case KeySlot.PASSWORD -> "password";
            case KeySlot.KEY_FILE -> "key-file";
            case KeySlot.RECOVERY -> "recovery-sheet";
            case KeySlot.SERVICE -> "key-service";
            default -> "unknown";
        };
    }
}
