package io.godwit.collect;

import io.godwit.commit.FanOut;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.volume.NodeRef;
import io.godwit.volume.PageRef;
import io.godwit.volume.RecordSource;
import io.godwit.volume.Root;
import io.godwit.volume.RootFormat;
import io.godwit.volume.TreeReader;
import io.godwit.volume.TreeVisitor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
    private final VisitedChunks visited;
    private final Queue<PageMark> idle = new ConcurrentLinkedQueue<>();
    private final Map<SessionId, SessionId> owners = new HashMap<>();

    /// @param sources of metadata, each for one thread
    public TreeMark(Supplier<RecordSource> sources, FanOut fanOut) {
        this(sources, fanOut, VisitedChunks.LIMIT);
    }

    TreeMark(Supplier<RecordSource> sources, FanOut fanOut, int visitedLimit) {
        this.sources = sources;
        this.metadata = sources.get();
        this.tree = new TreeReader(metadata);
        this.fanOut = fanOut;
        this.visited = new VisitedChunks(visitedLimit);
    }

    @Override
    public void mark(ChunkRef root, Missing missing, Set<PackId> packs) {
        add(root.record().pack(), packs);
        try {
            Root found = RootFormat.read(metadata, root);
            found.attachments().forEach(a -> add(a.chunk().record().pack(), packs));
            Walk walk = new Walk(missing, packs);
            tree.walk(found.tree(), walk);
            walk.readPages();
        } catch (GodwitException e) {
            requireSkipped(e, missing);
        }
    }

    private static void requireSkipped(GodwitException e, Missing missing) {
        if (e.kind() != FailureKind.NOT_FOUND || missing == Missing.FAILS) {
            throw e;
        }
    }

    private void add(PackId pack, Set<PackId> packs) {
        // A session writes many packs: its name is kept once.
        SessionId owner = owners.computeIfAbsent(pack.owner(), name -> name);
        packs.add(new PackId(owner, pack.counter()));
    }

    private final class Walk implements TreeVisitor {
        private final Missing missing;
        private final Set<PackId> packs;
        private final List<ChunkRef> pages = new ArrayList<>();

        Walk(Missing missing, Set<PackId> packs) {
            this.missing = missing;
            this.packs = packs;
        }

        /// The same node may stand in several packs, and each reference needs its own.
        @Override
        public boolean node(NodeRef node, int level, long firstRegion) {
            add(node.chunk().record().pack(), packs);
            return visited.add(node.chunk().id());
        }

        @Override
        public void unreadable(NodeRef node, GodwitException failure) {
            requireSkipped(failure, missing);
        }

        @Override
        public void page(long region, PageRef page) {
            add(page.chunk().record().pack(), packs);
            if (visited.add(page.chunk().id())) {
                pages.add(page.chunk());
                if (pages.size() == PAGES_AT_ONCE) {
                    readPages();
                }
            }
        }

        void readPages() {
            for (Set<PackId> found : fanOut.map(pages, page -> packsOf(page, missing))) {
                found.forEach(pack -> add(pack, packs));
            }
            pages.clear();
        }
    }

    private Set<PackId> packsOf(ChunkRef page, Missing missing) {
        PageMark mark = idle.poll();
        if (mark == null) {
            mark = new PageMark(sources.get());
        }
        try {
            return mark.packs(page);
        } catch (GodwitException e) {
            requireSkipped(e, missing);
            return Set.of();
        } finally {
            idle.add(mark);
        }
    }
}
