package io.godwit.pack;

import io.godwit.chunk.ChunkType;
import org.jspecify.annotations.Nullable;

/// What a record of a pack holds. The code stands in its clear header and is authenticated with its
/// bytes.
public enum RecordType {
    /// One data chunk; its id is authenticated too.
    DATA(1),
    /// One metadata chunk; its id is authenticated too.
    META(2),
    /// Several neighbouring data chunks.
    DATA_GROUP(3),
    /// Several metadata chunks.
    META_GROUP(4),
    /// The leaf list of the pack's data chunks.
    LEAF_LIST(5),
    /// The pack's footer.
    FOOTER(6);

    private final int code;

    RecordType(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    static RecordType of(ChunkType type, int chunks) {
        return switch (type) {
            case DATA -> chunks == 1 ? DATA : DATA_GROUP;
            case META -> chunks == 1 ? META : META_GROUP;
        };
    }

    static @Nullable RecordType of(int code) {
        return switch (code) {
            case 1 -> DATA;
            case 2 -> META;
            case 3 -> DATA_GROUP;
            case 4 -> META_GROUP;
            case 5 -> LEAF_LIST;
            case 6 -> FOOTER;
            default -> null;
        };
    }

    /// The type of the chunks inside, or null for records without chunks.
    public @Nullable ChunkType chunks() {
        return switch (this) {
            case DATA, DATA_GROUP -> ChunkType.DATA;
            case META, META_GROUP -> ChunkType.META;
            case LEAF_LIST, FOOTER -> null;
        };
    }

    /// Whether the record holds exactly one chunk.
    public boolean single() {
        return this == DATA || this == META;
    }
}
