package io.godwit.volume;

import io.godwit.digest.KeyedHasher;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import org.jspecify.annotations.Nullable;

/// Reads a volume's tree: all of it in order, or single pages.
///
/// Work and memory follow what is there: what is absent costs nothing. Keeps one node of each
/// level, so that pages asked for in order read each node once. Belongs to one thread.
public final class TreeReader {
    private final RecordSource source;
    private final @Nullable KeyedHasher verifier;
    private final NodeFormat format = new NodeFormat();
    private final @Nullable TreeNode[] nodes = new @Nullable TreeNode[NodeFormat.MAX_LEVEL + 1];
    private final @Nullable NodeRef[] refs = new @Nullable NodeRef[NodeFormat.MAX_LEVEL + 1];

    public TreeReader(RecordSource source) {
        this(source, null);
    }

    /// @param verifier under the repository's meta key: nodes whose content digest is not that of
    ///     their children are refused
    public TreeReader(RecordSource source, @Nullable KeyedHasher verifier) {
        this.source = source;
        this.verifier = verifier;
    }

    /// Shows every node and page in the order of regions.
    public void walk(VolumeTree tree, TreeVisitor visitor) {
        tree.top().ifPresent(top -> walk(tree, top, tree.height(), 0, visitor));
    }

    private void walk(VolumeTree tree, NodeRef ref, int level, long first, TreeVisitor visitor) {
        if (!visitor.node(ref, level, first)) {
            return;
        }
        TreeNode node;
        try {
            node = read(ref, level);
        } catch (GodwitException e) {
            visitor.unreadable(ref, e);
            return;
        }
        for (int child = 0; child < Regions.FAN_OUT; child++) {
            if (!node.has(child)) {
                continue;
            }
            long region = first + child * Regions.span(level);
            requireInside(tree, region, ref);
            PageRef page = level == 1 ? node.page(child) : null;
            NodeRef below = level == 1 ? null : node.node(child);
            if (page != null) {
                visitor.page(region, page);
            } else if (below != null) {
                walk(tree, below, level - 1, region, visitor);
            }
        }
    }

    /// The page of one region, or null when the region is all hole.
    public @Nullable PageRef page(VolumeTree tree, long region) {
        if (region < 0 || region >= tree.regions()) {
            throw new IllegalArgumentException("no such region: region=" + region);
        }
        NodeRef ref = tree.top().orElse(null);
        for (int level = tree.height(); level > 1 && ref != null; level--) {
            ref = cached(ref, level).node(Regions.childOf(region, level));
        }
        return ref == null ? null : cached(ref, 1).page(Regions.childOf(region, 1));
    }

    private TreeNode cached(NodeRef ref, int level) {
        TreeNode node = nodes[level];
        if (node == null || !ref.equals(refs[level])) {
            node = read(ref, level);
            nodes[level] = node;
            refs[level] = ref;
        }
        return node;
    }

    TreeNode read(NodeRef ref, int level) {
        try {
            return readInPlace(ref, level);
        } catch (GodwitException e) {
            ChunkRef instead = source.replacements().insteadOf(ref.chunk(), e);
            return readInPlace(new NodeRef(instead, ref.content()), level);
        }
    }

    private TreeNode readInPlace(NodeRef ref, int level) {
        TreeNode node = format.read(source, ref, level);
        if (verifier != null && !node.contentDigest(verifier).equals(ref.content())) {
            throw NodeFormat.corrupt(
                    "content digest of node differs from its children: level=" + level,
                    "node " + ref.chunk().id());
        }
        return node;
    }

    private static void requireInside(VolumeTree tree, long region, NodeRef ref) {
        if (region >= tree.regions()) {
            throw NodeFormat.corrupt(
                    "node has a child behind the volume's end: region=" + region,
                    "node " + ref.chunk().id());
        }
    }
}
