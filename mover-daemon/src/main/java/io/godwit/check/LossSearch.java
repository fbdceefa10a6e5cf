package io.godwit.check;

import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Losses;
import io.godwit.digest.Kernel;
import io.godwit.digest.KeyedHasher;
import io.godwit.error.GodwitException;
import io.godwit.pack.BadPlaces;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pipeline.MoverSettings;
import io.godwit.repository.ChunkReader;
import io.godwit.repository.Repository;
import io.godwit.volume.ContentDigest;
import io.godwit.volume.NodeRef;
import io.godwit.volume.PageLoader;
import io.godwit.volume.PageRef;
import io.godwit.volume.RegionMap;
import io.godwit.volume.Regions;
import io.godwit.volume.Replacements;
import io.godwit.volume.TreeReader;
import io.godwit.volume.TreeVisitor;
import io.godwit.volume.VolumeTree;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Finds where the content of lost chunks stands now: the same data in another pack, a page or a
/// node that says the same about its volume. What is found is read and compared before it counts.
///
/// Takes about 200 bytes of memory for each lost chunk. Used once, by one thread.
final class LossSearch implements Replacements, TreeListener {
    /// Footers that are read at once.
    private static final int PACKS_AT_ONCE = 256;

    /// What a page or a node says, and about how much.
    private record Content(ContentDigest digest, int level, long regionLength) {}

    private final Repository repository;
    private final MoverSettings settings;
    private final Map<ChunkId, ChunkRef> published = new HashMap<>();
    private final Map<ChunkId, ChunkRef> found = new TreeMap<>();
    private final Map<ChunkId, Content> lostTrees = new HashMap<>();
    private final Set<ChunkRef> lostPlaces = new HashSet<>();
    private final Set<Content> wantedTrees = new HashSet<>();
    private final Map<Content, ChunkRef> candidates = new HashMap<>();
    private final Map<ChunkId, ChunkRef> lostData = new HashMap<>();
    private BadPlaces bad = BadPlaces.NONE;

    /// @param before what was found by earlier repairs
    LossSearch(Repository repository, MoverSettings settings, Losses before) {
        this.repository = repository;
        this.settings = settings;
        before.found().forEach(each -> published.put(each.lost(), each.now()));
    }

    /// While the trees are walked, what was found before; afterwards what stands for certain.
    @Override
    public Optional<ChunkRef> of(ChunkRef lost) {
        ChunkRef now = found.get(lost.id());
        return Optional.ofNullable(now != null ? now : published.get(lost.id()));
    }

    boolean isFound(ChunkId lost) {
        return found.containsKey(lost);
    }

    /// Everything that was found, by lost chunk.
    List<Losses.Found> found() {
        return found.entrySet().stream()
                .map(each -> new Losses.Found(each.getKey(), each.getValue()))
                .toList();
    }

    // ---- what the walk over all trees comes by, each shared part once

    @Override
    public void extent(CatalogueEntry snapshot, ChunkRef chunk, long offset, long length) {
        if (bad.contain(chunk.record())) {
            lostData.putIfAbsent(chunk.id(), chunk);
        }
    }

    @Override
    public void lostPage(CatalogueEntry snapshot, PageRef page, long offset, long length) {
        lost(page.chunk(), new Content(page.content(), 0, length));
    }

    @Override
    public void lostNode(CatalogueEntry snapshot, NodeRef node, int level) {
        lost(node.chunk(), new Content(node.content(), level, 0));
    }

    private void lost(ChunkRef chunk, Content content) {
        lostTrees.put(chunk.id(), content);
        lostPlaces.add(chunk);
        wantedTrees.add(content);
    }

    @Override
    public void page(PageRef page, long region, long regionLength) {
        candidate(page.chunk(), new Content(page.content(), 0, regionLength));
    }

    @Override
    public void node(NodeRef node, int level) {
        candidate(node.chunk(), new Content(node.content(), level, 0));
    }

    private void candidate(ChunkRef chunk, Content content) {
        // A page that was written again as it was is the same chunk in another place.
        if (wantedTrees.contains(content) && !lostPlaces.contains(chunk)) {
            candidates.putIfAbsent(content, chunk);
        }
    }

    // ---- the search

    /// Walks everything once more: now it is known what is lost.
    void gather(Collection<CatalogueEntry> snapshots, BadPlaces places)
            throws InterruptedException {
        bad = places;
        Damage aside = new Damage();
        try (SnapshotWalk walk = new SnapshotWalk(repository, this, aside, true, this)) {
            for (CatalogueEntry snapshot : snapshots) {
                RepairEngine.stopWhenInterrupted();
                walk.walk(snapshot);
            }
        }
    }

    /// Looks for what is lost: what was found before must still stand there.
    void search(Collection<PackId> dataPacks) throws InterruptedException {
        searchTrees();
        try (ChunkReader reader =
                repository.newReader(repository.newHasher(settings.kernel()), ChunkType.DATA)) {
            for (ChunkId lost : lostData.keySet()) {
                RepairEngine.stopWhenInterrupted();
                ChunkRef before = published.get(lost);
                if (before != null) {
                    proveData(reader, before);
                }
            }
            searchPacks(reader, dataPacks);
            searchInPlace(reader, new HashSet<>(dataPacks));
        }
        published.clear();
    }

    /// A pack whose end is damaged may hold much that can be read all the same.
    private void searchInPlace(ChunkReader reader, Set<PackId> dataPacks)
            throws InterruptedException {
        Set<PackId> whole = bad.wholePacks();
        for (ChunkRef chunk : lostData.values()) {
            PackId pack = chunk.record().pack();
            if (whole.contains(pack) && dataPacks.contains(pack) && !isFound(chunk.id())) {
                RepairEngine.stopWhenInterrupted();
                prove(reader, chunk);
            }
        }
    }

    private void searchPacks(ChunkReader reader, Collection<PackId> dataPacks)
            throws InterruptedException {
        List<PackId> packs =
                dataPacks.stream().filter(pack -> !bad.wholePacks().contains(pack)).toList();
        for (int i = 0; i < packs.size() && missing(); i += PACKS_AT_ONCE) {
            RepairEngine.stopWhenInterrupted();
            List<PackId> slice = packs.subList(i, Math.min(packs.size(), i + PACKS_AT_ONCE));
            for (List<ChunkRef> chunks : repository.access().fanOut().map(slice, this::wanted)) {
                chunks.forEach(chunk -> proveData(reader, chunk));
            }
        }
    }

    private boolean missing() {
        return !found.keySet().containsAll(lostData.keySet());
    }

    /// Called by threads of the fan-out, while nothing else changes.
    private List<ChunkRef> wanted(PackId pack) {
        try {
            return repository.dataChunks(pack).stream()
                    .filter(chunk -> lostData.containsKey(chunk.id()))
                    .filter(chunk -> !bad.contain(chunk.record()))
                    .toList();
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
            return List.of();
        }
    }

    private void proveData(ChunkReader reader, ChunkRef chunk) {
        if (!found.containsKey(chunk.id()) && !bad.contain(chunk.record())) {
            prove(reader, chunk);
        }
    }

    private void prove(ChunkReader reader, ChunkRef chunk) {
        try {
            reader.read(chunk);
            found.put(chunk.id(), chunk);
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
        }
    }

    private void searchTrees() {
        lostTrees.forEach(
                (lost, content) -> {
                    List<ChunkRef> places = new ArrayList<>();
                    Optional.ofNullable(published.get(lost)).ifPresent(places::add);
                    Optional.ofNullable(candidates.get(content)).ifPresent(places::add);
                    places.stream()
                            .filter(place -> says(place, content))
                            .findFirst()
                            .ifPresent(place -> found.put(lost, place));
                });
    }

    /// Whether the page or the node can be read in its place, and says this.
    private boolean says(ChunkRef place, Content content) {
        try (ChunkReader reader =
                repository.newReader(repository.newHasher(Kernel.SCALAR), ChunkType.META)) {
            return content.level() == 0
                    ? pageSays(reader, place, content)
                    : nodeSays(reader, place, content);
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
            return false;
        }
    }

    private boolean pageSays(ChunkReader reader, ChunkRef place, Content content) {
        RegionMap map = new RegionMap();
        new PageLoader(reader).load(place, map);
        KeyedHasher hasher = new KeyedHasher(repository.keys().metaKey());
        return map.regionLength() == content.regionLength()
                && map.contentDigest(hasher).equals(content.digest());
    }

    private boolean nodeSays(ChunkReader reader, ChunkRef place, Content content) {
        long bytes = Regions.below(content.level()) * Regions.REGION_BYTES;
        NodeRef node = new NodeRef(place, content.digest());
        TreeReader tree = new TreeReader(reader, new KeyedHasher(repository.keys().metaKey()));
        // The node alone: reading it compares its digest.
        tree.walk(
                new VolumeTree(bytes, Optional.of(node)),
                new TreeVisitor() {
                    @Override
                    public boolean node(NodeRef below, int level, long firstRegion) {
                        return below.equals(node);
                    }

                    @Override
                    public void page(long region, PageRef page) {}
                });
        return true;
    }
}
