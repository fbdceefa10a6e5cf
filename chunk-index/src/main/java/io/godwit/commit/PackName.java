package io.godwit.commit;

import io.godwit.pack.PackId;

/// A pack and where it lies: `m/` when it holds metadata only, else `p/`.
public record PackName(PackId id, boolean metadata) implements Comparable<PackName> {
    @Override
    public int compareTo(PackName other) {
        int order = id.compareTo(other.id);
        return order == 0 ? Boolean.compare(metadata, other.metadata) : order;
    }

    @Override
    public String toString() {
        return (metadata ? "m/" : "p/") + id;
    }
}
