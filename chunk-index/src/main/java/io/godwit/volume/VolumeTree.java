package io.godwit.volume;

import java.util.Optional;

/// A volume's content at one point: its size, and the topmost node of its tree.
///
/// The size alone decides how high the tree is. Without a node the whole volume reads as zeros.
public record VolumeTree(long volumeBytes, Optional<NodeRef> top) {
    public VolumeTree {
        if (volumeBytes < 0 || (volumeBytes == 0 && top.isPresent())) {
            throw new IllegalArgumentException("volume size out of range: bytes=" + volumeBytes);
        }
    }

    /// A volume that is one hole.
    public static VolumeTree hole(long volumeBytes) {
        return new VolumeTree(volumeBytes, Optional.empty());
    }

    long regions() {
        return Regions.count(volumeBytes);
    }

    int height() {
        return Regions.height(regions());
    }
}
