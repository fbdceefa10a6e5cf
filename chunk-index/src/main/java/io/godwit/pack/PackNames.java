package io.godwit.pack;

import io.godwit.store.ObjectKey;
import java.util.HexFormat;
import java.util.Optional;

/// Where packs stand: `p/<hh>/<packId>` for data and mixed packs, `m/<hh>/<packId>` for metadata
/// packs.
///
/// hh = lowest byte of (last random word of the session + counter), in hex: packs of one session go
/// round all 256 directories, and sessions of one pack each start at different ones.
public final class PackNames {
    public static final String DATA_PREFIX = "p/";
    public static final String METADATA_PREFIX = "m/";

    private static final int NAME_AT = 5;

    private PackNames() {}

    /// A pack's name taken apart.
    public record PackName(PackId pack, boolean metadata) {}

    public static ObjectKey key(PackId pack, boolean metadata) {
        byte spread = (byte) (pack.owner().randomLow() + pack.counter());
        String prefix = metadata ? METADATA_PREFIX : DATA_PREFIX;
        return new ObjectKey(prefix + HexFormat.of().toHexDigits(spread) + "/" + pack);
    }

    /// Empty when it is not exactly the name that [#key] gives some pack.
    public static Optional<PackName> parse(ObjectKey key) {
        String value = key.value();
        boolean metadata = value.startsWith(METADATA_PREFIX);
        if (value.length() <= NAME_AT || !(metadata || value.startsWith(DATA_PREFIX))) {
            return Optional.empty();
        }
        try {
            PackId pack = PackId.parse(value.substring(NAME_AT));
            return key(pack, metadata).equals(key)
                    ? Optional.of(new PackName(pack, metadata))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
