package io.godwit.simulation.repository;

import io.godwit.commit.Catalogue;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueMemory;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.SnapshotId;
import io.godwit.error.GodwitException;
import io.godwit.pack.SessionId;
import io.godwit.repository.Repository;
import io.godwit.simulation.Kernel;
import io.godwit.simulation.Violation;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Watches the store, and knows what nobody in the history may be asked for: what each snapshot
/// should read as, and what writers said of how they ended.
///
/// It sees the store as it is, at one moment. Whenever something changes that the catalogue depends
/// on, it looks who came and who went; when a pack is deleted, it reads again what needed it.
final class Judge implements SimulatedStore.Watcher, AutoCloseable {
    private static final int ID_DIGITS = SnapshotId.DIGITS;

    private final Kernel kernel;
    private final SimulatedStore store;
    private final Repository repository;
    private final Catalogue catalogue;
    private final PackLog reads;
    private final SnapshotReading reading;
    private final IndexTruth index;
    private final Map<SnapshotId, Claim> claims = new HashMap<>();
    private final Map<SessionId, Claim> decided = new HashMap<>();
    private final Map<SnapshotId, CatalogueEntry> visible = new LinkedHashMap<>();
    private final Map<SnapshotId, CatalogueEntry> visibleEver = new LinkedHashMap<>();
    private final Map<SnapshotId, Set<String>> needs = new HashMap<>();
    private final Set<SnapshotId> seen = new HashSet<>();
    private final Set<SnapshotId> forgotten = new HashSet<>();
    private final Set<SessionId> refused = new HashSet<>();
    private int deletedPacks;

    /// What a session is about to commit.
    record Claim(SessionId session, Map<SnapshotId, Content> snapshots) {}

    /// @param reads the store that the repository was opened on
    /// @param tail room for the end of a pack
    Judge(
            Kernel kernel,
            SimulatedStore store,
            PackLog reads,
            Repository repository,
            MemorySegment tail) {
        this.kernel = kernel;
        this.store = store;
        this.reads = reads;
        this.repository = repository;
        this.catalogue = new Catalogue(repository.access(), CatalogueMemory.none());
        this.reading = new SnapshotReading(repository);
        this.index = new IndexTruth(repository, tail);
        store.watch(this);
    }

    RepositoryAccess access() {
        return repository.access();
    }

    IndexTruth index() {
        return index;
    }

    // ---- what writers say

    void claim(SessionId session, Map<SnapshotId, Content> snapshots) {
        Claim claim = new Claim(session, Map.copyOf(snapshots));
        snapshots.keySet().forEach(id -> claims.put(id, claim));
    }

    void committed(SessionId session, List<SnapshotId> snapshots) {
        for (SnapshotId id : snapshots) {
            if (!seen.contains(id)) {
                throw new Violation(
                        "a writer said committed, and nobody sees it",
                        "session=%s snapshot=%s".formatted(session, id));
            }
        }
    }

    /// A writer said that nothing was committed. One that stood still after its commit, until its
    /// snapshots were forgotten and collected, cannot know better.
    void fenced(SessionId session) {
        refused.add(session);
        Claim claim = decided.get(session);
        if (claim != null && !forgotten.containsAll(claim.snapshots().keySet())) {
            throw new Violation("a fenced session is visible", "session=" + session);
        }
    }

    /// What a snapshot reads as.
    Content content(CatalogueEntry entry) {
        return content(entry.snapshot())
                .orElseThrow(() -> new Violation("a snapshot of nobody", "entry=" + entry));
    }

    private Optional<Content> content(SnapshotId id) {
        return Optional.ofNullable(claims.get(id)).map(claim -> claim.snapshots().get(id));
    }

    boolean forgotten(SnapshotId id) {
        return forgotten.contains(id);
    }

    // ---- what it sees

    @Override
    public void created(ObjectKey key) {
        String name = key.value();
        index.created(key);
        if (name.startsWith("snap-del/")) {
            forgotten.add(SnapshotId.parse(name.substring(name.length() - ID_DIGITS)));
        }
        if (name.endsWith("/outcome") || name.startsWith("snap") || name.startsWith("cat/")) {
            look();
        }
        if (name.endsWith("/outcome")) {
            SessionId session =
                    SessionId.parse(name.substring("s/".length(), name.lastIndexOf('/')));
            if (!decided.containsKey(session) && store.exists(CommitKeys.open(session))) {
                // An ABORT, in effect.
                refused.add(session);
            }
        }
    }

    @Override
    public void deleted(ObjectKey key) {
        String name = key.value();
        if (name.startsWith("p/") || name.startsWith("m/")) {
            deletedPacks++;
            packDeleted(name);
        } else if (name.endsWith("/open")
                || name.endsWith("/outcome")
                || name.startsWith("snap")
                || name.startsWith("cat/")) {
            look();
        }
    }

    private void packDeleted(String name) {
        for (CatalogueEntry entry : List.copyOf(visible.values())) {
            if (needs.getOrDefault(entry.snapshot(), Set.of()).contains(name)) {
                read(entry, "a pack was deleted that is referenced");
            }
        }
    }

    /// Who came and who went.
    private void look() {
        CatalogueView view = view();
        Map<SnapshotId, CatalogueEntry> now = new LinkedHashMap<>();
        view.entries().forEach(entry -> now.put(entry.snapshot(), entry));
        for (CatalogueEntry entry : view.entries()) {
            if (!visible.containsKey(entry.snapshot())) {
                appeared(entry, view);
            }
        }
        for (CatalogueEntry entry : visible.values()) {
            if (!now.containsKey(entry.snapshot()) && !forgotten.contains(entry.snapshot())) {
                throw new Violation(
                        "a committed snapshot is gone",
                        "snapshot=%s session=%s".formatted(entry.snapshot(), entry.session()));
            }
        }
        visible.clear();
        visible.putAll(now);
    }

    private CatalogueView view() {
        CatalogueView view;
        try {
            view = catalogue.read();
        } catch (GodwitException e) {
            throw new Violation("the catalogue cannot be read", String.valueOf(e.getMessage()));
        }
        if (!view.unread().isEmpty()) {
            throw new Violation("the catalogue cannot be read", view.unread().toString());
        }
        return view;
    }

    private void appeared(CatalogueEntry entry, CatalogueView view) {
        SnapshotId id = entry.snapshot();
        Claim claim = claims.computeIfAbsent(id, _ -> undeleted(entry));
        if (refused.contains(entry.session())) {
            throw new Violation("a fenced session is visible", "session=" + entry.session());
        }
        if (forgotten.contains(id)) {
            throw new Violation("a forgotten snapshot is back", "snapshot=" + id);
        }
        if (decided.putIfAbsent(entry.session(), claim) == null) {
            requireSiblings(claim, view);
        } else if (!claim.equals(decided.get(entry.session()))) {
            throw new Violation("two commits of one session", "session=" + entry.session());
        }
        seen.add(id);
        read(entry, "a committed snapshot cannot be read");
    }

    /// Nobody told of it, so it must be one that was brought back.
    private Claim undeleted(CatalogueEntry entry) {
        for (CatalogueEntry known : visibleEver.values()) {
            if (known.root().equals(entry.root())) {
                return new Claim(entry.session(), Map.of(entry.snapshot(), content(known)));
            }
        }
        throw new Violation("a snapshot of nobody", "snapshot=" + entry.snapshot());
    }

    private static void requireSiblings(Claim claim, CatalogueView view) {
        Set<SnapshotId> there = new HashSet<>();
        view.entries().forEach(entry -> there.add(entry.snapshot()));
        view.forgotten().forEach(entry -> there.add(entry.snapshot()));
        if (!there.containsAll(claim.snapshots().keySet())) {
            throw new Violation("half a commit is visible", "session=" + claim.session());
        }
    }

    // ---- reading

    private void read(CatalogueEntry entry, String rule) {
        visibleEver.put(entry.snapshot(), entry);
        reads.clear();
        try {
            reading.compare(entry, content(entry));
        } catch (GodwitException e) {
            throw new Violation(
                    rule,
                    "snapshot=%s volume=%s: %s"
                            .formatted(entry.snapshot(), entry.volume(), e.getMessage()));
        }
        needs.put(entry.snapshot(), reads.packs());
    }

    /// Reads every visible snapshot in full.
    void review() {
        look();
        visible.values().forEach(entry -> read(entry, "a committed snapshot cannot be read"));
    }

    /// Nobody works any more and collectors have come by: nothing is left that nothing needs.
    void requireClean() {
        review();
        Set<String> needed = new LinkedHashSet<>();
        visible.keySet().forEach(id -> needed.addAll(needs.getOrDefault(id, Set.of())));
        for (String prefix : new String[] {"p/", "m/", "s/", "snap/", "snap-del/"}) {
            for (var listed : store.truth().list(prefix, "", 100_000).objects()) {
                String name = listed.key().value();
                if (!needed.contains(name)) {
                    throw new Violation("garbage stays for ever", "object=" + name);
                }
            }
        }
        kernel.note("clean: " + visible.size() + " snapshots, " + needed.size() + " packs");
    }

    int snapshots() {
        return seen.size();
    }

    int deletedPacks() {
        return deletedPacks;
    }

    @Override
    public void close() {
        reading.close();
    }
}
