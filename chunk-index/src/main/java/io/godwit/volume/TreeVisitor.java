package io.godwit.volume;

import io.godwit.error.GodwitException;

/// Is shown a volume's tree in the order of its regions.
public interface TreeVisitor {
    /// Before a node is read; false skips what is below it. A collector skips nodes it has seen by
    /// `node.chunk()`: equal content digests are not enough for it.
    ///
    /// @param firstRegion the first region that the node covers
    default boolean node(NodeRef node, int level, long firstRegion) {
        return true;
    }

    /// A node that cannot be read. Ends the walk unless it returns: then what is below the node is
    /// passed over.
    default void unreadable(NodeRef node, GodwitException failure) {
        throw failure;
    }

    /// A page; regions that are all hole have none.
    void page(long region, PageRef page);
}
