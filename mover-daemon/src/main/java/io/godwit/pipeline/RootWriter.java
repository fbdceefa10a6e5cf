package io.godwit.pipeline;

import io.godwit.pack.ChunkRef;
import io.godwit.volume.MetaSink;
import io.godwit.volume.VolumeTree;

/// Writes a snapshot's root once its tree is known.
interface RootWriter {
    ChunkRef write(VolumeTree tree, MetaSink sink);
}
