package io.godwit.pack;

/// Where a sealed record stands: everything a ranged read needs, so that restore needs no index.
///
/// @param metadata whether the pack lies under `m/` (else `p/`)
/// @param ordinal the record's number in its pack, from 0; also its nonce
/// @param offset of the record's clear header from the start of the pack object, in bytes
/// @param sealedLength of the sealed bytes behind the clear header, tag included
/// @param plainLength of the record after decryption and decompression
public record RecordRef(
        PackId pack, boolean metadata, int ordinal, int offset, int sealedLength, int plainLength) {
    public RecordRef {
        if (ordinal < 0 || offset < 0 || sealedLength <= 0 || plainLength <= 0) {
            throw new IllegalArgumentException(
                    "record reference out of range: ordinal=%d offset=%d sealed=%d plain=%d"
                            .formatted(ordinal, offset, sealedLength, plainLength));
        }
    }
}
