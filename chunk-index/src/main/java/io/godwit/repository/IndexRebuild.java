package io.godwit.repository;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.IndexDigest;
import io.godwit.index.IndexRefresh;
import io.godwit.index.LocalCache;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/// Makes a node's index of a repository anew, from what the store says.
///
/// The index holds every data chunk of every pack that is there. Index segments say most of it in
/// few objects; what they do not name, or are too damaged to tell, the packs' own footers say.
/// Killed in the middle, it leaves an index that knows less, which costs space and no more: the
/// next rebuild, or in part the next backup, makes up for it. Used once, by one thread; takes about
/// 150 bytes of memory for each pack.
public final class IndexRebuild {
    private static final int LIST_PAGE = 10_000;

    /// What tells how far it is.
    @FunctionalInterface
    public interface Phases {
        /// A phase begins.
        ///
        /// @param totalBytes of the objects that are represented in what is read
        void phase(String name, long totalBytes);
    }

    /// What was built.
    ///
    /// @param chunks different data chunks in the index
    /// @param segments that were read
    /// @param packs whose footers were read
    /// @param digest of the index as it now stands, see [IndexDigest]
    public record Result(long chunks, long segments, long packs, String digest) {}

    private final Repository repository;
    private final LocalCache cache;
    private final IndexRefresh refresh;
    private final Phases phases;
    private final LongAdder doneBytes = new LongAdder();
    private final Map<PackId, Long> unread = new LinkedHashMap<>();
    private long segments;

    IndexRebuild(Repository repository, IndexRefresh refresh, Phases phases) {
        this.repository = repository;
        this.cache = repository.cache();
        this.refresh = refresh;
        this.phases = phases;
    }

    /// Of the phase's total.
    public long doneBytes() {
        return doneBytes.sum();
    }

    /// Forgets where chunks stand and learns it anew.
    ///
    /// @param fromPacks not to ask the index segments: from footers alone
    /// @throws GodwitException `UNAVAILABLE` when another process has the index, or it cannot be
    ///     written
    public Result run(boolean fromPacks) {
        requireOwnIndex();
        repository.catchUp();
        cache.forgetChunks();
        // In this order: a segment is put after its packs, so the packs of all of these are listed.
        List<Store.Listed> listed = fromPacks ? List.of() : refresh.unknownSegments();
        listPacks();
        takeSegments(listed);
        long packs = unread.size();
        takePacks();
        return result(packs);
    }

    private void requireOwnIndex() {
        if (cache.mode() != LocalCache.Mode.PRIMARY) {
            throw new GodwitException(
                            FailureKind.UNAVAILABLE,
                            "the index of this node is in use, or cannot be written")
                    .withHint("run it again when no other godwit works here, or use --cache-dir");
        }
    }

    private void listPacks() {
        String after = "";
        boolean more = true;
        while (more) {
            Store.Page page = repository.store().list(PackNames.DATA_PREFIX, after, LIST_PAGE);
            for (Store.Listed object : page.objects()) {
                after = object.key().value();
                PackNames.parse(object.key())
                        .ifPresent(name -> unread.put(name.pack(), object.length()));
            }
            more = page.more();
        }
    }

    /// Rows that name packs which are gone are not taken in.
    private void takeSegments(List<Store.Listed> listed) {
        phases.phase("reading segments", listed.stream().mapToLong(Store.Listed::length).sum());
        Set<PackId> told = new HashSet<>();
        refresh.takeSegments(
                listed,
                (object, segment) -> {
                    Set<PackId> gone = new HashSet<>();
                    for (PackId pack : segment.packs()) {
                        if (unread.containsKey(pack)) {
                            told.add(pack);
                        } else {
                            gone.add(pack);
                        }
                    }
                    if (!gone.isEmpty()) {
                        cache.condemn(gone);
                    }
                    segments++;
                    doneBytes.add(object.length());
                });
        unread.keySet().removeAll(told);
    }

    private void takePacks() {
        doneBytes.reset();
        phases.phase("reading packs", unread.values().stream().mapToLong(Long::longValue).sum());
        PackFooters footers = new PackFooters(repository.store(), repository.keys());
        refresh.takePacks(
                new ArrayList<>(unread.keySet()),
                pack -> {
                    doneBytes.add(unread.getOrDefault(pack, 0L));
                    return footers.chunks(pack);
                });
    }

    private Result result(long packs) {
        doneBytes.reset();
        phases.phase("comparing", 0);
        IndexDigest digest = new IndexDigest(repository.keys().metaKey());
        boolean kept = cache.mode() == LocalCache.Mode.PRIMARY && cache.forEachChunk(digest::add);
        if (!kept) {
            throw new GodwitException(
                            FailureKind.UNAVAILABLE,
                            "the index could not be kept: see the warning before")
                    .withHint("free some space, or use --cache-dir, and run it again");
        }
        return new Result(digest.chunks(), segments, packs, digest.hex());
    }
}
