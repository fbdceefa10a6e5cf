package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.BadPlaces;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.store.ObjectKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one node knows about one repository, so that it need not ask the store: chunks, leaf lists,
/// and a few facts.
///
/// It can be deleted at any time. It never fails and never waits: a cache that is damaged, of
/// another repository, of another format, or newer than its store is discarded with one warning;
/// one that another process holds is read as it is, with what this process learns kept on top in
/// memory; where nothing can be written, everything stays in memory, bounded. Whatever it cannot
/// answer for certain, it does not know.
///
/// Any number of threads may call it. One thread closes it, when no other is inside a [use][#use].
public final class LocalCache implements ChunkIndex, AutoCloseable {
    /// How a cache could be opened.
    public enum Mode {
        /// Ours to write, on disk.
        PRIMARY,
        /// On disk and another process's, read; what is learned stays in memory.
        READ_ONLY,
        /// In memory only.
        MEMORY
    }

    private static final int SINGLE = 1;

    /// 2.5 MiB.
    private static final int RECENT_ROWS = 1 << 15;

    private final @Nullable CacheOpener opener;
    private final LookupGate gate;

    private final MemoryTier memory = new MemoryTier();

    /// What was found on the disk a moment ago: volumes that are alike are often read at the same
    /// time.
    private final MemoryRows recent = new MemoryRows(RECENT_ROWS);

    private final Object changing = new Object();
    private final ThreadLocal<LookupBatch> single =
            ThreadLocal.withInitial(() -> new LookupBatch(SINGLE));
    private final CacheDisk disk;
    private @Nullable CacheLock lock;

    private volatile boolean memoryUsed;
    private volatile PackSet denied = PackSet.EMPTY;
    private volatile PackSet condemned = PackSet.EMPTY;
    private volatile PackSet unusable = PackSet.EMPTY;
    private volatile BadPlaces bad = BadPlaces.NONE;

    /// Packs of which single records are bad.
    private volatile PackSet doubtful = PackSet.EMPTY;

    private LocalCache(@Nullable CacheOpener opener, LookupGate gate) {
        this.opener = opener;
        this.disk = new CacheDisk(opener);
        this.gate = gate;
    }

    /// Opens the cache of a repository below `cacheDirectory`.
    ///
    /// @param repositoryId 16 bytes
    public static LocalCache open(
            Path cacheDirectory, byte[] repositoryId, CacheWarnings warnings) {
        CacheOpener opener = new CacheOpener(cacheDirectory, repositoryId, warnings);
        LocalCache cache = new LocalCache(opener, new LookupGate());
        try {
            CacheOpener.loadLibrary(cacheDirectory);
            cache.attach(opener.open());
        } catch (RuntimeException | LinkageError e) {
            opener.warn("cannot be used, this run keeps its index in memory", e.toString());
        }
        return cache;
    }

    /// A cache without a disk.
    public static LocalCache inMemory() {
        return new LocalCache(null, new LookupGate());
    }

    /// The same, for a simulation.
    ///
    /// @param waiting lets a little time pass, where a look-up has to end first
    public static LocalCache inMemory(Runnable waiting) {
        return new LocalCache(null, new LookupGate(waiting));
    }

    public Mode mode() {
        if (disk.tier() == null) {
            return Mode.MEMORY;
        }
        return disk.writableTier() == null ? Mode.READ_ONLY : Mode.PRIMARY;
    }

    private void attach(CacheOpener.Opened opened) {
        lock = opened.lock();
        disk.attach(opened.tier());
        List<PackId> gone = new ArrayList<>();
        facts(FactKeys.DENIED, (key, value) -> gone.add(FactKeys.deniedPack(key)));
        denied = PackSet.EMPTY.with(gone);
        unusable = condemned.with(gone).with(bad.wholePacks());
    }

    // ---- look-ups

    @Override
    public LookupGate.Use use() {
        return gate.enter();
    }

    @Override
    public @Nullable ChunkRef find(ChunkId id) {
        LookupBatch batch = single.get();
        batch.clear();
        batch.add(id);
        find(batch);
        return batch.found(0) ? batch.ref(0) : null;
    }

    @Override
    public void find(LookupBatch batch) {
        int slot = gate.enterSlot();
        try {
            PackSet without = unusable;
            if (memoryUsed) {
                memory.find(batch, without);
            }
            RocksTier tier = disk.tier();
            if (tier != null) {
                recent.find(batch, without);
                int asked = tier.find(batch, without);
                if (asked > 0) {
                    recent.putFound(batch, batch.scratch(), asked);
                }
            }
            if (doubtful.size() > 0) {
                refuseBad(batch);
            }
        } catch (CacheFailure e) {
            disk.abandon(e);
        } finally {
            gate.leaveSlot(slot);
        }
    }

    private void refuseBad(LookupBatch batch) {
        PackSet packs = doubtful;
        for (int i = 0; i < batch.size(); i++) {
            if (batch.found(i)
                    && RowFormat.in(packs, batch.places(), LookupBatch.placeOffset(i))
                    && bad.contain(batch.ref(i).record())) {
                batch.answer(i, LookupBatch.Answer.MISSING);
            }
        }
    }

    /// From now on what stands in these places is not there, for this process; what was said to be
    /// bad before and is not among them can be used again.
    public void avoid(BadPlaces places) {
        synchronized (changing) {
            bad = places;
            doubtful = PackSet.EMPTY.with(places.packs());
            unusable = denied.with(condemned).with(places.wholePacks());
        }
        gate.await();
    }

    @Override
    public void condemn(Set<PackId> packs) {
        synchronized (changing) {
            condemned = condemned.with(packs);
            unusable = unusable.with(packs);
        }
        gate.await();
    }

    /// Replaces the set of condemned packs: what an earlier plan condemned and its sweep spared can
    /// be used again.
    public void condemnOnly(Set<PackId> packs) {
        synchronized (changing) {
            condemned = PackSet.EMPTY.with(packs);
            unusable = denied.with(packs).with(bad.wholePacks());
        }
        gate.await();
    }

    // ---- what is learned

    @Override
    public void add(List<ChunkRef> durable) {
        if (!durable.isEmpty()) {
            disk.write(
                    tier -> tier.add(durable),
                    () -> {
                        memory.add(durable);
                        memoryUsed = true;
                    });
        }
    }

    /// Takes a segment's rows in.
    void add(SegmentReader segment) {
        disk.write(
                tier -> tier.add(segment, unusable),
                () -> {
                    memory.add(segment.restarted(), unusable);
                    memoryUsed = true;
                });
    }

    /// Takes many segments in at once; false when that is not possible here, or did not work out.
    ///
    /// @param segments shows them all to the one it is given
    boolean addAll(long expectedRows, Consumer<Consumer<SegmentReader>> segments) {
        RocksTier tier = disk.writableTier();
        if (tier == null) {
            return false;
        }
        try (BulkLoad load = tier.bulkLoad(expectedRows)) {
            segments.accept(segment -> addTo(load, segment));
            return disk.writeIfStill(tier, still -> still.add(load));
        } catch (CacheFailure e) {
            disk.stopWriting(e);
        } catch (UncheckedIOException e) {
            disk.stopWriting(new CacheFailure("cannot be written: " + e.getMessage(), false, e));
        }
        return false;
    }

    private void addTo(BulkLoad load, SegmentReader segment) {
        try {
            load.add(segment, unusable);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Shows every data chunk that is on the disk, with its length, once, in the order of ids;
    /// false when that cannot be: there is no disk, or it failed.
    public boolean forEachChunk(ChunkVisitor visitor) {
        return disk.read(
                false,
                tier -> {
                    if (tier != null) {
                        tier.chunks(unusable, visitor);
                    }
                    return tier != null;
                });
    }

    /// Is shown chunks.
    @FunctionalInterface
    public interface ChunkVisitor {
        void chunk(ChunkId id, int length);
    }

    /// Copies the leaf list of a pack to `target` and returns its length, or -1 when it is not
    /// here. A length over the target's size says how much room it takes: the target then holds
    /// nothing useful.
    public int readLeafList(PackId pack, MemorySegment target) {
        return disk.read(
                -1,
                tier -> {
                    int length = memory.readLeaves(pack, target);
                    return length >= 0 || tier == null ? length : tier.readLeaves(pack, target);
                });
    }

    /// Keeps the leaf list of a pack. `content` lies outside the heap.
    public void putLeafList(PackId pack, MemorySegment content) {
        disk.write(tier -> tier.putLeaves(pack, content), () -> memory.putLeaves(pack, content));
    }

    // ---- sweeps and the watermark

    /// The newest collection plan whose sweep was applied here, with every one before it; 0 in a
    /// new cache.
    public long watermark() {
        byte[] value = fact(FactKeys.WATERMARK);
        return value == null ? 0 : FactKeys.number(value);
    }

    /// Forgets everything in these packs for ever, synced.
    void deny(Collection<PackId> packs, long plan) {
        Map<byte[], byte[]> changes = new TreeMap<>(Arrays::compareUnsigned);
        packs.forEach(pack -> changes.put(FactKeys.denied(pack), FactKeys.number(plan)));
        synchronized (changing) {
            denied = denied.with(packs);
            unusable = unusable.with(packs);
        }
        putFacts(changes, true);
        gate.await();
        deleteLeafLists(List.copyOf(packs));
    }

    void advanceWatermark(long plan) {
        putFacts(Map.of(FactKeys.WATERMARK, FactKeys.number(plan)), true);
    }

    private void deleteLeafLists(List<PackId> packs) {
        memory.deleteLeaves(packs);
        disk.write(tier -> tier.deleteLeaves(packs), () -> {});
    }

    /// Forgets everything, because the store contradicts it.
    void discard(String reason) {
        synchronized (changing) {
            detach();
            CacheLock held = lock;
            memory.clear();
            recent.clear();
            memoryUsed = false;
            denied = PackSet.EMPTY;
            unusable = condemned.with(bad.wholePacks());
            CacheOpener with = opener;
            if (with != null) {
                with.warn("discarded, it is built again", reason);
                attach(held == null ? new CacheOpener.Opened(null, null) : with.reopenEmpty(held));
            }
        }
    }

    /// Forgets where chunks stand and their leaf lists, to learn them anew; only in mode `PRIMARY`.
    /// What else this node remembers of the repository stays: sweeps, counters that tell when the
    /// store goes back, what is distrusted.
    public void forgetChunks() {
        synchronized (changing) {
            CacheOpener with = opener;
            CacheLock held = lock;
            RocksTier tier = disk.writableTier();
            if (with == null || held == null || tier == null) {
                throw new IllegalStateException("not ours to change: mode=" + mode());
            }
            disk.takeOut();
            gate.await();
            disk.awaitInside();
            try {
                tier.forgetChunks();
            } catch (CacheFailure e) {
                with.warn("discarded, it is built again", e);
                with.markDamaged();
            }
            tier.close();
            recent.clear();
            attach(with.openToWrite(held));
        }
    }

    /// Makes files of everything that is in the database's log only.
    void flush() {
        disk.write(RocksTier::flush, () -> {});
    }

    // ---- facts

    /// Remembers that a segment's rows are in this cache: a session's own, once they are put.
    public void noteSegment(ObjectKey segment) {
        noteTaken(List.of(segment.value()));
    }

    /// The same for any objects with rows: segments, or packs by their id.
    void noteTaken(List<String> objects) {
        Map<byte[], byte[]> taken = new TreeMap<>(Arrays::compareUnsigned);
        objects.forEach(name -> taken.put(FactKeys.segment(name), FactKeys.KNOWN));
        if (!taken.isEmpty()) {
            putFacts(taken, false);
        }
    }

    /// Forgets that segments were taken in: they are gone from the store, whose names are used
    /// once.
    void forgetSegments(Set<String> names) {
        Map<byte[], byte[]> gone = new TreeMap<>(Arrays::compareUnsigned);
        names.forEach(name -> gone.put(FactKeys.segment(name), new byte[0]));
        if (!gone.isEmpty()) {
            putFacts(gone, false);
        }
    }

    /// The newest counter of a volume's snapshots that was ever seen here: a store that shows less
    /// went back.
    public OptionalLong newestCounter(String volumeKey) {
        byte[] value = fact(FactKeys.counter(volumeKey));
        return value == null ? OptionalLong.empty() : OptionalLong.of(FactKeys.number(value));
    }

    /// Remembers a counter, unless a newer one is known.
    public void noteCounter(String volumeKey, long counter) {
        synchronized (changing) {
            if (newestCounter(volumeKey).orElse(-1) < counter) {
                putFacts(Map.of(FactKeys.counter(volumeKey), FactKeys.number(counter)), false);
            }
        }
    }

    /// A fact by name, for what has no accessor of its own; null when it is not known.
    public byte @Nullable [] getFact(String name) {
        return fact(FactKeys.other(name));
    }

    /// Keeps a fact by name; an empty one deletes.
    public void putFact(String name, byte[] value) {
        putFacts(Map.of(FactKeys.other(name), value), false);
    }

    byte @Nullable [] fact(byte[] key) {
        byte[] newer = memory.fact(key);
        byte[] value =
                disk.read(newer, tier -> newer != null || tier == null ? newer : tier.fact(key));
        return value == null || value.length == 0 ? null : value;
    }

    /// Writes all of these or none; an empty value deletes.
    void putFacts(Map<byte[], byte[]> changes, boolean synced) {
        disk.write(tier -> tier.putFacts(changes, synced), () -> memory.putFacts(changes));
    }

    /// Shows the facts whose key starts with `prefix`, in the order of their keys.
    void facts(byte[] prefix, FactVisitor visitor) {
        TreeMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
        disk.read(
                false,
                tier -> {
                    if (tier != null) {
                        tier.facts(prefix, found::put);
                    }
                    return tier != null;
                });
        memory.facts(prefix, found::put);
        found.forEach(
                (key, value) -> {
                    if (value.length > 0) {
                        visitor.fact(key, value);
                    }
                });
    }

    /// What the database takes of memory, in bytes.
    public long databaseMemoryBytes() {
        return disk.read(0L, tier -> tier == null ? 0L : tier.memoryBytes());
    }

    @Override
    public void close() {
        synchronized (changing) {
            detach();
            CacheLock held = lock;
            if (held != null) {
                held.close();
                lock = null;
            }
        }
    }

    /// Takes the database out of use and closes it when nobody is inside any more.
    private void detach() {
        RocksTier tier = disk.takeOut();
        gate.await();
        disk.awaitInside();
        if (tier != null) {
            tier.close();
        }
        disk.closeAbandoned();
    }
}
