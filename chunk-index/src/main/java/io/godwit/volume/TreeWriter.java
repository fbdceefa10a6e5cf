package io.godwit.volume;

import io.godwit.digest.KeyedHasher;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.pack.ChunkRef;
import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/// Writes a volume's tree from its parent's: copies the paths to pages that changed and refers to
/// the rest.
///
/// Regions come in ascending order, so that only one node of each level is in memory, whatever the
/// volume's size. A region that is not mentioned keeps its page; a node none of whose children
/// changed keeps its place; a node without children is absent. The parent's tree is that of a
/// snapshot which the session may take over; without one it is [VolumeTree#hole].
///
/// Where the volume's size changed, the region at the end of the smaller one has another length;
/// its page, if there is one, must be given anew. Regions behind the end are dropped.
///
/// Used once, by one thread. After a failure it is of no use.
public final class TreeWriter {
    private final VolumeTree parent;
    private final long volumeBytes;
    private final long regions;
    private final RecordSource source;
    private final MetaSink sink;
    private final KeyedHasher hasher;
    private final NodeFormat format = new NodeFormat();
    private final ByteWriter out = new ByteWriter();

    /// The open node of each level, from 1 on; null when none is open.
    private final @Nullable OpenNode[] open;

    private long lastRegion = -1;

    /// The region whose length changed, or -1 when none did or its page was given.
    private long resizedRegion;

    private @Nullable NodeRef top;
    private boolean failed;

    /// @param source of the parent's nodes
    /// @param hasher under the repository's meta key
    public TreeWriter(
            VolumeTree parent,
            long volumeBytes,
            RecordSource source,
            MetaSink sink,
            KeyedHasher hasher) {
        this.parent = parent;
        this.volumeBytes = volumeBytes;
        this.source = source;
        this.sink = sink;
        this.hasher = hasher;
        regions = Regions.count(volumeBytes);
        open = new @Nullable OpenNode[Regions.height(regions) + 1];
        resizedRegion = resizedRegion();
        if (parent.top().isPresent() && regions > 0) {
            openPath(0, Math.min(parent.height() + 1, height()));
        }
    }

    /// A node that is being changed, beside what it was.
    private static final class OpenNode {
        private final long index;
        private final @Nullable NodeRef originalRef;
        private final TreeNode original;
        private final TreeNode now;

        OpenNode(long index, @Nullable NodeRef originalRef, TreeNode original) {
            this.index = index;
            this.originalRef = originalRef;
            this.original = original;
            now = new TreeNode(original);
        }
    }

    /// Writes a tree in one call: the pages that changed by region, empty where a region became a
    /// hole.
    public static VolumeTree build(
            VolumeTree parent,
            SortedMap<Long, Optional<PageRef>> changed,
            long volumeBytes,
            RecordSource source,
            MetaSink sink,
            KeyedHasher hasher) {
        TreeWriter writer = new TreeWriter(parent, volumeBytes, source, sink, hasher);
        changed.forEach((region, page) -> writer.set(region, page.orElse(null)));
        return writer.finish();
    }

    /// Gives a region its page, or none when it became a hole. Regions come in ascending order.
    public void set(long region, @Nullable PageRef page) {
        if (region <= lastRegion || region >= regions) {
            throw new IllegalArgumentException(
                    "region out of order: region=" + region + " last=" + lastRegion);
        }
        begin();
        if (region == resizedRegion) {
            resizedRegion = -1;
        } else if (region > resizedRegion) {
            requireNoResizedPage();
        }
        TreeNode node = openPath(region, 1).now;
        int child = Regions.childOf(region, 1);
        if (page == null) {
            node.remove(child);
        } else {
            node.set(child, page.chunk(), page.content());
        }
        lastRegion = region;
        failed = false;
    }

    /// Writes what is still open and returns the tree.
    public VolumeTree finish() {
        begin();
        requireNoResizedPage();
        if (regions > 0 && regions < parent.regions()) {
            dropBehindEnd();
        }
        closeUpTo(height());
        return new VolumeTree(volumeBytes, Optional.ofNullable(top));
    }

    /// Fails when an earlier call failed, or when this one will have.
    private void begin() {
        if (failed) {
            throw new IllegalStateException("tree writer failed before, or has finished");
        }
        failed = true;
    }

    private int height() {
        return open.length - 1;
    }

    private long resizedRegion() {
        long last = Math.min(regions, parent.regions()) - 1;
        boolean same =
                last < 0
                        || Regions.length(volumeBytes, last)
                                == Regions.length(parent.volumeBytes(), last);
        return same ? -1 : last;
    }

    private void requireNoResizedPage() {
        if (resizedRegion < 0) {
            return;
        }
        TreeNode node = openPath(resizedRegion, 1).now;
        if (node.has(Regions.childOf(resizedRegion, 1))) {
            throw new GodwitException(
                    FailureKind.INTERNAL,
                    "region changed its length and needs a new page: region=" + resizedRegion);
        }
        resizedRegion = -1;
    }

    private void dropBehindEnd() {
        openPath(regions - 1, 1);
        for (int level = 1; level <= height(); level++) {
            TreeNode node = required(level).now;
            int last = Regions.childOf(regions - 1, level);
            for (int child = last + 1; child < Regions.FAN_OUT; child++) {
                node.remove(child);
            }
        }
    }

    /// Opens the nodes over a region from the top down to a level and returns the lowest; closes
    /// what lies to the left.
    private OpenNode openPath(long region, int lowest) {
        int level = height();
        while (level >= lowest && isOpen(region, level)) {
            level--;
        }
        closeUpTo(level);
        for (; level >= lowest; level--) {
            open[level] = open(Regions.nodeOf(region, level), level);
        }
        return required(lowest);
    }

    private boolean isOpen(long region, int level) {
        OpenNode node = open[level];
        return node != null && node.index == Regions.nodeOf(region, level);
    }

    private OpenNode required(int level) {
        OpenNode node = open[level];
        if (node == null) {
            throw new IllegalStateException("no open node: level=" + level);
        }
        return node;
    }

    private OpenNode open(long index, int level) {
        int parentHeight = parent.height();
        if (level > parentHeight) {
            TreeNode above = new TreeNode(level);
            NodeRef below = parent.top().orElse(null);
            if (index == 0 && level == parentHeight + 1 && below != null) {
                above.set(0, below.chunk(), below.content());
            }
            return new OpenNode(index, null, above);
        }
        NodeRef ref =
                level == height()
                        ? leftmost(level)
                        : required(level + 1).original.node((int) index & (Regions.FAN_OUT - 1));
        TreeNode original = ref == null ? new TreeNode(level) : format.read(source, ref, level);
        return new OpenNode(index, ref, original);
    }

    /// The parent's first node at a level; those above it were for a larger volume.
    private @Nullable NodeRef leftmost(int level) {
        NodeRef ref = parent.top().orElse(null);
        for (int above = parent.height(); above > level && ref != null; above--) {
            ref = format.read(source, ref, above).node(0);
        }
        return ref;
    }

    private void closeUpTo(int highest) {
        for (int level = 1; level <= highest; level++) {
            OpenNode node = open[level];
            if (node != null) {
                close(node, level);
                open[level] = null;
            }
        }
    }

    private void close(OpenNode node, int level) {
        NodeRef ref = written(node);
        if (level == height()) {
            top = ref;
            return;
        }
        TreeNode above = required(level + 1).now;
        int child = (int) node.index & (Regions.FAN_OUT - 1);
        if (ref == null) {
            above.remove(child);
        } else {
            above.set(child, ref.chunk(), ref.content());
        }
    }

    private @Nullable NodeRef written(OpenNode node) {
        if (node.now.isEmpty()) {
            return null;
        }
        if (node.originalRef != null && node.now.sameChildren(node.original)) {
            return node.originalRef;
        }
        out.reset();
        format.write(node.now, out);
        requireSame(node.now);
        ChunkRef chunk = sink.put(out.written(), (int) out.size());
        return new NodeRef(chunk, node.now.contentDigest(hasher));
    }

    /// What was encoded is decoded before it leaves.
    private void requireSame(TreeNode node) {
        ByteReader in = new ByteReader(out.written(), "node just written");
        if (!format.read(in).sameChildren(node)) {
            throw new GodwitException(
                    FailureKind.INTERNAL, "node does not decode to itself: bytes=" + out.size());
        }
    }
}
