package io.godwit.index;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// Brings a [LocalCache] up to date with its repository: first what was swept, then what was added.
///
/// Owned by one thread. Failures of the store pass through; what is damaged in the store is left
/// out with a warning, for a row that is missing costs space only.
public final class IndexRefresh {
    private static final String SEGMENTS = "idx/l0/";
    private static final int LIST_LIMIT = 1000;

    /// Opens a segment as it was fetched: checks, decrypts.
    @FunctionalInterface
    public interface SegmentOpener {
        byte[] open(ObjectKey name, byte[] object);
    }

    /// Reads the chunks that a pack's footer lists.
    @FunctionalInterface
    public interface FooterReader {
        List<ChunkRef> chunks(PackId pack, boolean metadata);
    }

    /// What a decided collection round deleted.
    public record Sweep(long plan, Set<PackId> deleted) {
        public Sweep {
            deleted = Set.copyOf(deleted);
        }
    }

    /// A pack by name.
    public record PackName(PackId pack, boolean metadata) {}

    /// Segments that are fetched ahead, and their bytes: enough to hide a distant store, little in
    /// memory.
    private static final int MAX_AHEAD = 16;

    private static final long MAX_AHEAD_BYTES = 24L << 20;

    /// From this much on, sorting everything first is worth the spilling: about 1.5 million rows.
    private static final long BULK_FROM_BYTES = 64L << 20;

    private final LocalCache cache;
    private final Store store;
    private final SegmentOpener opener;
    private final CacheWarnings warnings;
    private final Executor fetchers;

    /// Fetches one segment after the other, on the calling thread.
    public IndexRefresh(
            LocalCache cache, Store store, SegmentOpener opener, CacheWarnings warnings) {
        this(cache, store, opener, warnings, Runnable::run);
    }

    /// @param fetchers run what waits for the store
    public IndexRefresh(
            LocalCache cache,
            Store store,
            SegmentOpener opener,
            CacheWarnings warnings,
            Executor fetchers) {
        this.cache = cache;
        this.store = store;
        this.opener = opener;
        this.warnings = warnings;
        this.fetchers = fetchers;
    }

    /// Makes the cache forget what was swept, and not use what is condemned: W0 of a session, and
    /// again at each new plan.
    ///
    /// The sweeps are applied and synced before the watermark moves, so that a crash in between
    /// repeats them.
    ///
    /// @param newestPlan of the store, 0 when there is none; a cache that knows a newer one is
    ///     discarded
    /// @param sweeps decided ones in ascending order, all of those above the cache's watermark
    /// @param condemned packs of published plans whose sweeps are not decided; what was condemned
    ///     before is spared
    public void bringTo(long newestPlan, List<Sweep> sweeps, Set<PackId> condemned) {
        long known = cache.watermark();
        if (known > newestPlan) {
            cache.discard("the store went back: cache=%d store=%d".formatted(known, newestPlan));
            known = 0;
        }
        cache.condemnOnly(condemned);
        long reached = known;
        for (Sweep sweep : sweeps) {
            if (sweep.plan() > known) {
                cache.deny(sweep.deleted(), sweep.plan());
                reached = Math.max(reached, sweep.plan());
            }
        }
        if (reached > known) {
            cache.advanceWatermark(reached);
        }
    }

    /// Takes in the index segments that the cache does not know yet, and returns how many rows they
    /// had.
    ///
    /// Fetches ahead, a bounded number of bytes. When there is much, as after a cache was
    /// discarded, all of it is sorted first and taken in as one.
    public long takeSegments() {
        List<Store.Listed> unknown = unknownSegments();
        long bytes = unknown.stream().mapToLong(Store.Listed::length).sum();
        if (bytes >= BULK_FROM_BYTES) {
            List<ObjectKey> taken = new ArrayList<>();
            long[] rows = {0};
            long expected = bytes / SegmentFormat.USUAL_ROW_BYTES;
            if (cache.addAll(expected, sink -> rows[0] = forEach(unknown, taken, sink))) {
                taken.forEach(cache::noteSegment);
                return rows[0];
            }
        }
        List<ObjectKey> taken = new ArrayList<>();
        return forEach(unknown, taken, segment -> takeOne(segment, taken.getLast()));
    }

    private void takeOne(SegmentReader segment, ObjectKey key) {
        cache.add(segment);
        cache.noteSegment(key);
    }

    /// Names that are gone from the store are forgotten on the way.
    private List<Store.Listed> unknownSegments() {
        Set<String> known = new HashSet<>();
        cache.facts(FactKeys.SEGMENTS, (key, value) -> known.add(FactKeys.name(key)));
        List<Store.Listed> unknown = new ArrayList<>();
        String after = "";
        boolean more = true;
        while (more) {
            Store.Page page = store.list(SEGMENTS, after, LIST_LIMIT);
            for (Store.Listed listed : page.objects()) {
                after = listed.key().value();
                if (!known.remove(after)) {
                    unknown.add(listed);
                }
            }
            more = page.more();
        }
        known.removeIf(name -> !name.startsWith(SEGMENTS));
        cache.forgetSegments(known);
        return unknown;
    }

    /// Shows the segments to `sink` in order, each after its name was added to `taken`; returns how
    /// many rows.
    private long forEach(
            List<Store.Listed> segments, List<ObjectKey> taken, Consumer<SegmentReader> sink) {
        Deque<Fetch> ahead = new ArrayDeque<>();
        long aheadBytes = 0;
        long rows = 0;
        int next = 0;
        while (next < segments.size() || !ahead.isEmpty()) {
            if (next < segments.size()
                    && ahead.size() < MAX_AHEAD
                    && (ahead.isEmpty() || aheadBytes < MAX_AHEAD_BYTES)) {
                Store.Listed listed = segments.get(next++);
                ahead.addLast(fetch(listed));
                aheadBytes += listed.length();
            } else {
                Fetch fetch = ahead.removeFirst();
                aheadBytes -= fetch.listed().length();
                rows += take(fetch, taken, sink);
            }
        }
        return rows;
    }

    private record Fetch(Store.Listed listed, CompletableFuture<Optional<byte[]>> object) {}

    private Fetch fetch(Store.Listed listed) {
        return new Fetch(
                listed,
                CompletableFuture.supplyAsync(
                        () -> store.get(listed.key(), SegmentFormat.MAX_OBJECT_BYTES), fetchers));
    }

    private long take(Fetch fetch, List<ObjectKey> taken, Consumer<SegmentReader> sink) {
        ObjectKey key = fetch.listed().key();
        try {
            Optional<byte[]> object = joined(fetch.object());
            if (object.isEmpty()) {
                return 0;
            }
            byte[] content = opener.open(key, object.get());
            SegmentReader reader = new SegmentReader(key.value(), content);
            taken.add(key);
            sink.accept(reader);
            return reader.rows();
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            warnings.warn("index segment left out: " + e.getMessage());
            return 0;
        }
    }

    private static Optional<byte[]> joined(CompletableFuture<Optional<byte[]>> object) {
        try {
            return object.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof GodwitException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /// Takes in the footers of packs that no segment lists: mixed packs of small sessions, or all
    /// packs when the segments are lost. Returns how many rows they had.
    public long takePacks(Iterable<PackName> packs, FooterReader footers) {
        long rows = 0;
        for (PackName name : packs) {
            byte[] key = FactKeys.segment(name.pack().toString());
            if (cache.fact(key) == null) {
                rows += takePack(name, footers);
                cache.putFacts(Map.of(key, FactKeys.KNOWN), false);
            }
        }
        return rows;
    }

    private long takePack(PackName name, FooterReader footers) {
        try {
            List<ChunkRef> chunks = new ArrayList<>(footers.chunks(name.pack(), name.metadata()));
            cache.add(chunks);
            return chunks.size();
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.NOT_FOUND) {
                throw e;
            }
            warnings.warn("pack left out of the index: " + e.getMessage());
            return 0;
        }
    }
}
