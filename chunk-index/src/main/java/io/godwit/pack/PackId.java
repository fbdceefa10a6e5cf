package io.godwit.pack;

/// Names a pack by its owner and a counter: `<session id>-<counter, 8 hex digits>`.
///
/// The name alone tells who wrote the pack, so a collector never has to open it to know its owner.
public record PackId(SessionId owner, int counter) implements Comparable<PackId> {
    /// Length of the binary form: plan 8, random 12, counter 4, each big-endian.
    public static final int BYTES = 24;

    /// Reads the written form.
    ///
    /// @throws IllegalArgumentException when `text` is not one
    public static PackId parse(String text) {
        if (text.length() != 50 || text.charAt(41) != '-') {
            throw new IllegalArgumentException("not a pack id: " + text);
        }
        return new PackId(
                SessionId.parse(text.substring(0, 41)), Integer.parseUnsignedInt(text, 42, 50, 16));
    }

    @Override
    public int compareTo(PackId other) {
        int order = owner.compareTo(other.owner);
        return order == 0 ? Integer.compareUnsigned(counter, other.counter) : order;
    }

    @Override
    public String toString() {
        return "%s-%08x".formatted(owner, counter);
    }
}
