package io.godwit.check;

/// What is in a repository.
///
/// @param logicalBytes sizes of all snapshots together
/// @param uniqueBytes plain bytes of the data chunks in all packs, each once
/// @param storedBytes of all packs
/// @param indexDigest of all data chunks, see [io.godwit.index.IndexDigest]; an index that was
///     rebuilt has the same
public record RepositoryStats(
        long snapshots,
        long volumes,
        long logicalBytes,
        long uniqueBytes,
        long storedBytes,
        long packs,
        long chunks,
        String indexDigest) {
    /// How many bytes of snapshots share one stored plain byte.
    public double dedupRatio() {
        return uniqueBytes == 0 ? 1 : (double) logicalBytes / uniqueBytes;
    }

    public double compressionRatio() {
        return storedBytes == 0 ? 1 : (double) uniqueBytes / storedBytes;
    }
}
