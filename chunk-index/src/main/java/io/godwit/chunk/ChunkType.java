package io.godwit.chunk;

/// What a chunk's plain bytes are; part of what its id is computed over.
public enum ChunkType {
    /// A run of a volume's bytes.
    DATA(1),
    /// A page, node, root or leaf list: what Godwit writes about volumes.
    META(2);

    private final int code;

    ChunkType(int code) {
        this.code = code;
    }

    /// The byte that stands for this type in formats and in the id's input.
    public int code() {
        return code;
    }
}
