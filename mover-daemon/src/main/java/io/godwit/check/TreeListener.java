package io.godwit.check;

import io.godwit.commit.CatalogueEntry;
import io.godwit.pack.ChunkRef;
import io.godwit.volume.NodeRef;
import io.godwit.volume.PageRef;

/// Is shown what a [SnapshotWalk] comes by.
@FunctionalInterface
interface TreeListener {
    /// An extent of a page that is no hole.
    void extent(CatalogueEntry snapshot, ChunkRef chunk, long offset, long length);

    /// A node that is about to be read.
    default void node(NodeRef node, int level) {}

    /// A page that stands in its place, and says what its node says.
    default void page(PageRef page, long region, long regionLength) {}

    /// A page that cannot be read in its place.
    default void lostPage(CatalogueEntry snapshot, PageRef page, long offset, long length) {}

    /// A node that cannot be read in its place.
    default void lostNode(CatalogueEntry snapshot, NodeRef node, int level) {}

    /// A snapshot of which nothing can be read.
    default void lostRoot(CatalogueEntry snapshot) {}
}
