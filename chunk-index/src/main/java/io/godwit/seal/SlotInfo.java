package io.godwit.seal;

import java.time.Instant;

/// A key slot as `key list` shows it.
///
/// @param kind `password` or `key-file`
public record SlotInfo(SlotId id, String kind, Instant created) {
    static SlotInfo of(Recipient slot) {
        String kind = slot.kind() == KeySlot.PASSWORD ? "password" : "key-file";
        return new SlotInfo(slot.slot(), kind, Instant.ofEpochMilli(slot.createdMillis()));
    }
}
