package io.godwit.index;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackReader;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Brings a [LocalCache] up to date with its repository: first what was swept, then what was added.
///
/// Owned by one thread. Failures of the store pass through; what is damaged in the store is left
/// out with a warning, for a row that is missing costs space only.
public final class IndexRefresh {
    /// As sessions wrote them, and merged by a collector; in this order, so that what is merged
    /// and deleted between two listings stands in the second.
    private static final List<String> SEGMENTS = List.of("idx/l0/", "idx/l1/");

    private static final int LIST_LIMIT = 1000;

    /// Opens a segment as it was fetched: checks, decrypts.
    @FunctionalInterface
    public interface SegmentOpener {
        byte[] open(ObjectKey name, byte[] object);
    }

    /// Reads the data chunks that a pack's footer lists; any number of threads may.
    @FunctionalInterface
    public interface FooterReader {
        List<ChunkRef> chunks(PackId pack);
    }

    /// What a decided collection round deleted.
    public record Sweep(long plan, Set<PackId> deleted) {
        public Sweep {
            deleted = Set.copyOf(deleted);
        }
    }

    /// From this many rows on, sorting everything first is worth the spilling.
    private static final long BULK_FROM_ROWS = 3L << 19;

    /// Those of a pack of 16 MiB, about.
    private static final int USUAL_PACK_ROWS = 512;

    private final LocalCache cache;
    private final Store store;
    private final SegmentOpener opener;
    private final CacheWarnings warnings;
    private final Executor fetchers;
    private volatile Set<String> leftOut = Set.of();

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
    public long takeSegments() {
        return takeSegments(unknownSegments(), (_, _) -> {});
    }

    /// Is shown each segment before its rows are taken in.
    @FunctionalInterface
    public interface SegmentWatcher {
        void opened(Store.Listed object, SegmentReader segment);
    }

    /// Takes in these segments.
    public long takeSegments(List<Store.Listed> segments, SegmentWatcher watcher) {
        long bytes = segments.stream().mapToLong(Store.Listed::length).sum();
        return take(
                bytes / SegmentFormat.USUAL_ROW_BYTES,
                sink -> readSegments(segments, watcher, sink));
    }

    /// Segments of the store that the cache has not taken in. Names that are gone from the store
    /// are forgotten on the way.
    public List<Store.Listed> unknownSegments() {
        Set<String> known = new HashSet<>();
        cache.facts(FactKeys.SEGMENTS, (key, value) -> known.add(FactKeys.name(key)));
        List<Store.Listed> unknown = new ArrayList<>();
        SEGMENTS.forEach(prefix -> list(prefix, known, unknown));
        known.removeIf(name -> SEGMENTS.stream().noneMatch(name::startsWith));
        cache.forgetSegments(known);
        return unknown;
    }

    private void list(String prefix, Set<String> known, List<Store.Listed> unknown) {
        String after = "";
        boolean more = true;
        while (more) {
            Store.Page page = store.list(prefix, after, LIST_LIMIT);
            for (Store.Listed listed : page.objects()) {
                after = listed.key().value();
                if (!known.remove(after) && !leftOut.contains(after)) {
                    unknown.add(listed);
                }
            }
            more = page.more();
        }
    }

    /// Segments that are known to be damaged, and whose rows stand in others: not asked for.
    public void leaveOut(Set<String> names) {
        leftOut = names;
    }

    private void readSegments(List<Store.Listed> segments, SegmentWatcher watcher, Sink sink) {
        FetchAhead<Store.Listed, Optional<byte[]>> ahead =
                new FetchAhead<>(
                        fetchers,
                        listed -> store.get(listed.key(), SegmentFormat.MAX_OBJECT_BYTES),
                        Store.Listed::length);
        ahead.forEach(segments, (listed, object) -> read(listed, object, watcher, sink));
    }

    private void read(
            Store.Listed listed,
            Supplier<Optional<byte[]>> object,
            SegmentWatcher watcher,
            Sink sink) {
        ObjectKey key = listed.key();
        try {
            Optional<byte[]> content = object.get();
            if (content.isPresent()) {
                SegmentReader segment =
                        new SegmentReader(key.value(), opener.open(key, content.get()));
                watcher.opened(listed, segment);
                sink.take(segment, List.of(key.value()));
            }
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            warnings.warn("index segment left out: " + e.getMessage());
        }
    }

    /// Takes in the footers of packs that no segment lists, and that the cache does not know yet:
    /// mixed packs of small sessions, or all packs when the segments are lost. Returns how many
    /// rows they had.
    public long takePacks(List<PackId> packs, FooterReader footers) {
        List<PackId> unknown =
                packs.stream()
                        .filter(pack -> cache.fact(FactKeys.segment(pack.toString())) == null)
                        .toList();
        return take(
                (long) unknown.size() * USUAL_PACK_ROWS, sink -> readPacks(unknown, footers, sink));
    }

    /// Rows of packs become segments in memory, so that there is one way for rows to go.
    private void readPacks(List<PackId> packs, FooterReader footers, Sink sink) {
        FetchAhead<PackId, List<ChunkRef>> ahead =
                new FetchAhead<>(fetchers, footers::chunks, _ -> PackReader.TAIL_BYTES);
        List<String> names = new ArrayList<>();
        try (SegmentWriter rows = new SegmentWriter()) {
            ahead.forEach(
                    packs,
                    (pack, footer) -> {
                        List<ChunkRef> chunks = chunks(footer);
                        if (!rows.hasRoomFor(chunks.size())) {
                            hand(rows, names, sink);
                        }
                        chunks.forEach(rows::add);
                        names.add(pack.toString());
                    });
            hand(rows, names, sink);
        }
    }

    private static void hand(SegmentWriter rows, List<String> names, Sink sink) {
        sink.take(new SegmentReader("footers", rows.finish()), List.copyOf(names));
        names.clear();
    }

    private List<ChunkRef> chunks(Supplier<List<ChunkRef>> footer) {
        try {
            return footer.get();
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.NOT_FOUND) {
                throw e;
            }
            warnings.warn("pack left out of the index: " + e.getMessage());
            return List.of();
        }
    }

    /// Where rows go, with the names of the objects that they are from.
    private interface Sink {
        void take(SegmentReader segment, List<String> names);
    }

    /// When there is much, as after a cache was discarded, all of it is sorted first and taken in
    /// as one. Objects are noted once their rows are in.
    private long take(long expectedRows, Consumer<Sink> source) {
        long[] rows = {0};
        if (expectedRows >= BULK_FROM_ROWS) {
            List<String> taken = new ArrayList<>();
            boolean done =
                    cache.addAll(
                            expectedRows,
                            load ->
                                    source.accept(
                                            (segment, names) -> {
                                                load.accept(segment);
                                                rows[0] += segment.rows();
                                                taken.addAll(names);
                                            }));
            if (done) {
                cache.noteTaken(taken);
                return rows[0];
            }
            rows[0] = 0;
        }
        source.accept(
                (segment, names) -> {
                    cache.add(segment);
                    cache.noteTaken(names);
                    rows[0] += segment.rows();
                });
        return rows[0];
    }
}
