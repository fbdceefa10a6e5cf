package io.godwit.pack;

/// How a record is decoded after it was encoded, before its pack leaves.
public enum WriteCheck {
    /// Decrypted, decompressed, and compared with the plain bytes. What stands in the buffer restores.
    FULL,
    /// Decrypted and compared with the compressed bytes: finds flipped bits and a cipher gone wrong, not a
    /// compressor gone wrong.
    SEAL,
    /// Not at all: for measuring what the checks cost.
    NONE
}
