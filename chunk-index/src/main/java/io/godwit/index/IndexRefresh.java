package io.godwit.index;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Brings a [LocalCache] up to date with its repository: first what was swept, then what was added.
///
/// Owned by one thread. Failures of the store pass through; what is damaged in the store is left out with a warning,
/// for a row that is missing costs space only.
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

    private final LocalCache cache;
    private final Store store;
    private final SegmentOpener opener;
    private final CacheWarnings warnings;

    public IndexRefresh(
            LocalCache cache, Store store, SegmentOpener opener, CacheWarnings warnings) {
        this.cache = cache;
        this.store = store;
        this.opener = opener;
        this.warnings = warnings;
    }

    /// Makes the cache forget what was swept, and not use what is condemned: W0 of a session, and again at each
    /// new plan.
    ///
    /// The sweeps are applied and synced before the watermark moves, so that a crash in between repeats them.
    ///
    /// @param newestPlan of the store, 0 when there is none; a cache that knows a newer one is discarded
    /// @param sweeps decided ones in ascending order, all of those above the cache's watermark
    /// @param condemned packs of published plans whose sweeps are not decided; what was condemned before is spared
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

    /// Takes in the index segments that the cache does not know yet, and returns how many rows they had.
    public long takeSegments() {
        Set<String> known = new HashSet<>();
        cache.facts(FactKeys.SEGMENTS, (key, value) -> known.add(FactKeys.name(key)));
        long rows = 0;
        String after = "";
        boolean more = true;
        while (more) {
            Store.Page page = store.list(SEGMENTS, after, LIST_LIMIT);
            for (Store.Listed listed : page.objects()) {
                after = listed.key().value();
                if (!known.contains(after)) {
                    rows += takeSegment(listed.key());
                }
            }
            more = page.more();
        }
        return rows;
    }

    private long takeSegment(ObjectKey key) {
        Optional<byte[]> object = store.get(key, SegmentFormat.MAX_OBJECT_BYTES);
        if (object.isEmpty()) {
            return 0;
        }
        try {
            byte[] content = opener.open(key, object.get());
            SegmentReader reader = new SegmentReader(key.value(), content);
            cache.add(reader, () -> new SegmentReader(key.value(), content));
            cache.noteSegment(key);
            return reader.rows();
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            warnings.warn("index segment left out: " + e.getMessage());
            return 0;
        }
    }

    /// Takes in the footers of packs that no segment lists: mixed packs of small sessions, or all packs when the
    /// segments are lost. Returns how many rows they had.
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
