package io.godwit.seal;

import io.godwit.store.ObjectKey;
import java.util.HexFormat;
import java.util.Optional;

/// Names a key slot: 64 random bits, written as 16 hexadecimal digits.
public record SlotId(long value) {
    static final String PREFIX = "keys/";

    /// Reads the written form.
    ///
    /// @throws IllegalArgumentException when `text` is not one
    public static SlotId parse(String text) {
        SlotId id = new SlotId(HexFormat.fromHexDigitsToLong(text));
        if (!id.toString().equals(text)) {
            throw new IllegalArgumentException("not a key slot id: " + text);
        }
        return id;
    }

    static Optional<SlotId> of(ObjectKey key) {
        try {
            return key.value().startsWith(PREFIX)
                    ? Optional.of(parse(key.value().substring(PREFIX.length())))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    ObjectKey key() {
        return new ObjectKey(PREFIX + this);
    }

    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(value);
    }
}
