package io.godwit.pack;

/// How much of what was encoded is decoded before its pack leaves.
public enum WriteCheck {
    /// Every record is decrypted, decompressed, and compared with the plain bytes.
    FULL,
    /// Every record is decrypted and compared with the compressed bytes; every metadata record and
    /// every eighth data record is also decompressed and compared with the plain bytes. Finds
    /// flipped bits, a broken processor or cipher at once, and a broken compressor within the pack.
    SAMPLED,
    /// Nothing: for measuring what the checks cost.
    NONE
}
