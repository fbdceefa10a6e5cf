package io.godwit.collect;

import io.godwit.commit.FanOut;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.volume.NodeRef;
import io.godwit.volume.PageRef;
import io.godwit.volume.RecordSource;
import io.godwit.volume.Relocation;
import io.godwit.volume.Root;
import io.godwit.volume.RootFormat;
import io.godwit.volume.TreeReader;
import io.godwit.volume.TreeVisitor;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/// Marks over the tree of pages: root, nodes, pages with those below them, effective extents.
///
/// Nodes and pages that several snapshots share are read once: they are remembered by their chunk
/// ids, up to [VisitedChunks#LIMIT] of them; more are read again, which costs time and no more. The
/// packs found take about 100 bytes each, 7 MiB for a terabyte. Belongs to one thread; pages are
/// read by those of the fan-out.
public final class TreeMark implements PackMark {
    /// References to pages that wait to be read at once: enough to keep a fan-out busy.
    static final int PAGES_AT_ONCE = 1024;

    private final Supplier<RecordSource> sources;
    private final RecordSource metadata;
    private final TreeReader tree;
    private final FanOut fanOut;
    private final Relocation relocation;
    private final VisitedChunks visited;
    private final Queue<PageMark> idle = new ConcurrentLinkedQueue<>();

    /// Where nothing was ever repacked.
    public TreeMark(Supplier<RecordSource> sources, FanOut fanOut) {
        this(sources, fanOut, Relocation.none());
    }

    /// @param sources of metadata, each for one thread
    /// @param relocation of what was repacked
    public TreeMark(Supplier<RecordSource> sources, FanOut fanOut, Relocation relocation) {
        this(sources, fanOut, relocation, VisitedChunks.LIMIT);
    }

    TreeMark(
            Supplier<RecordSource> sources,
            FanOut fanOut,
            Relocation relocation,
            int visitedLimit) {
        this.sources = sources;
        this.metadata = sources.get();
        this.tree = new TreeReader(metadata);
        this.fanOut = fanOut;
        this.relocation = relocation;
        this.visited = new VisitedChunks(visitedLimit);
    }

    @Override
    public void mark(ChunkRef root, Missing missing, Set<PackId> packs) {
        mark(
                root,
                missing,
                new References() {
                    @Override
                    public void pack(PackId pack) {
                        packs.add(pack);
                    }

                    @Override
                    public boolean wantsChunks(PackId pack) {
                        return false;
                    }

                    @Override
                    public void chunk(ChunkRef chunk) {
                        pack(chunk.record().pack());
                    }
                });
    }

    @Override
    public void mark(ChunkRef root, Missing missing, References found) {
        reach(root, found);
        try {
            Root read = RootFormat.read(metadata, root);
            read.attachments().forEach(attachment -> reach(attachment.chunk(), found));
            Walk walk = new Walk(missing, found);
            tree.walk(read.tree(), walk);
            walk.readPages();
        } catch (GodwitException e) {
            requireSkipped(e, missing);
        }
    }

    private void reach(ChunkRef chunk, References found) {
        synchronized (found) {
            found.chunk(relocation.locate(chunk));
        }
    }

    private static void requireSkipped(GodwitException e, Missing missing) {
        if (e.kind() != FailureKind.NOT_FOUND || missing == Missing.FAILS) {
            throw e;
        }
    }

    private final class Walk implements TreeVisitor {
        private final Missing missing;
        private final References found;
        private final List<ChunkRef> pages = new ArrayList<>();

        Walk(Missing missing, References found) {
            this.missing = missing;
            this.found = found;
        }

        /// The same node may stand in several packs, and each reference needs its own.
        @Override
        public boolean node(NodeRef node, int level, long firstRegion) {
            reach(node.chunk(), found);
            return visited.add(node.chunk().id());
        }

        @Override
        public void unreadable(NodeRef node, GodwitException failure) {
            requireSkipped(failure, missing);
        }

        @Override
        public void page(long region, PageRef page) {
            reach(page.chunk(), found);
            if (visited.add(page.chunk().id())) {
                pages.add(page.chunk());
                if (pages.size() == PAGES_AT_ONCE) {
                    readPages();
                }
            }
        }

        void readPages() {
            fanOut.map(pages, page -> markPage(page, missing, found));
            pages.clear();
        }
    }

    private boolean markPage(ChunkRef page, Missing missing, References found) {
        PageMark mark = idle.poll();
        if (mark == null) {
            mark = new PageMark(sources.get(), relocation);
        }
        try {
            mark.mark(page, found);
        } catch (GodwitException e) {
            requireSkipped(e, missing);
        } finally {
            idle.add(mark);
        }
        return true;
    }
}
