package io.godwit.nbd;

import java.util.OptionalInt;

/// What a server offers under a name, as negotiated for one connection.
///
/// @param sizeBytes of the volume
/// @param minBlockBytes offsets and lengths are multiples of it, but for the end; a power of two
/// @param maxPayloadBytes of one read; a multiple of the block
/// @param multiConn whether several connections see the same
/// @param structuredReplies whether reads are answered in chunks
/// @param allocationContext the id of `base:allocation`, where the server tells about holes
public record NbdExport(
        long sizeBytes,
        int minBlockBytes,
        int maxPayloadBytes,
        boolean multiConn,
        boolean structuredReplies,
        OptionalInt allocationContext) {}
