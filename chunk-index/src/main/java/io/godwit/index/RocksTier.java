package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The database of a cache: chunks, leaf lists and facts, each a column family.
///
/// Any number of threads; who closes it knows that nobody is inside. Whatever the vendor throws
/// becomes a [CacheFailure].
final class RocksTier implements AutoCloseable {
    /// From this many rows on, a sorted file is written and taken in; below, rows go the usual way.
    static final int INGEST_FROM_ROWS = 8192;

    /// How often and how long a writer lets the database catch up: 2 s in all.
    private static final int MAX_STALL_PAUSES = 400;

    private static final long STALL_PAUSE_NANOS = 5_000_000;

    private final RocksSettings settings;
    private final RocksDB db;
    private final ColumnFamilyHandle facts;
    private final ColumnFamilyHandle chunks;
    private final ColumnFamilyHandle leaves;
    private final List<ColumnFamilyHandle> chunksAlone;
    private final ReadOptions read = new ReadOptions();
    private final ReadOptions readOnce = new ReadOptions().setFillCache(false);
    private final WriteOptions write = new WriteOptions().setNoSlowdown(true);
    private final WriteOptions writeSynced = new WriteOptions().setNoSlowdown(true).setSync(true);
    private final Path scratch;
    private final boolean writable;

    private RocksTier(
            RocksSettings settings,
            RocksDB db,
            List<ColumnFamilyHandle> handles,
            Path scratch,
            boolean writable) {
        this.settings = settings;
        this.db = db;
        facts = handles.get(0);
        chunks = handles.get(1);
        leaves = handles.get(2);
        chunksAlone = List.of(chunks);
        this.scratch = scratch;
        this.writable = writable;
    }

    static RocksTier open(Path directory, boolean writable) throws CacheFailure {
        RocksSettings settings = new RocksSettings(logs(directory));
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        String path = directory.toString();
        try {
            RocksDB db =
                    writable
                            ? RocksDB.open(settings.database(), path, settings.families(), handles)
                            : RocksDB.openReadOnly(
                                    settings.database(), path, settings.families(), handles);
            return new RocksTier(
                    settings, db, handles, directory.resolveSibling("ingest"), writable);
        } catch (RocksDBException e) {
            settings.close();
            throw failure("cannot be opened", e);
        }
    }

    private static int logs(Path directory) {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory, "*.log")) {
            int count = 0;
            for (Path log : logs) {
                count += log.toString().isEmpty() ? 0 : 1;
            }
            return count;
        } catch (IOException e) {
            return 0;
        }
    }

    boolean writable() {
        return writable;
    }

    /// Looks up what the batch is missing, and returns how many that were: their numbers are in the
    /// batch's scratch. Rows in `unusable` packs, and rows that make no sense, stay missing.
    int find(LookupBatch batch, PackSet unusable) throws CacheFailure {
        BatchScratch scratchOf = batch.scratch();
        int count = scratchOf.gather(batch);
        if (count == 0) {
            return 0;
        }
        try {
            List<ByteBufferGetStatus> values =
                    db.multiGetByteBuffers(
                            read, chunksAlone, scratchOf.keys(), scratchOf.targets());
            for (int k = 0; k < count; k++) {
                answer(batch, scratchOf.number(k), values.get(k), unusable);
            }
            return count;
        } catch (RocksDBException e) {
            throw failure("cannot be read", e);
        }
    }

    /// What is neither there nor damaged is a doubt, and stays missing: for example, no memory to
    /// read it into.
    private static void answer(
            LookupBatch batch, int i, ByteBufferGetStatus value, PackSet unusable)
            throws RocksDBException {
        Status.Code code = value.status.getCode();
        if (code == Status.Code.Corruption || code == Status.Code.IOError) {
            throw new RocksDBException(value.status);
        }
        long at = LookupBatch.placeOffset(i);
        if (code == Status.Code.Ok
                && RowFormat.unpack(
                        batch.scratch().values(),
                        BatchScratch.valueOffset(i),
                        value.requiredSize,
                        batch.places(),
                        at)
                && !RowFormat.in(unusable, batch.places(), at)) {
            batch.answer(i, LookupBatch.Answer.FOUND);
        }
    }

    /// Shows all chunks in the order of their ids, except those in `unusable` packs and rows that
    /// make no sense.
    void chunks(PackSet unusable, LocalCache.ChunkVisitor visitor) throws CacheFailure {
        try (Arena arena = Arena.ofConfined();
                RocksIterator iterator = db.newIterator(chunks, readOnce)) {
            MemorySegment wide = arena.allocate(RowFormat.WIDE_BYTES, Long.BYTES);
            for (iterator.seekToFirst(); iterator.isValid(); iterator.next()) {
                byte[] key = iterator.key();
                byte[] row = iterator.value();
                if (key.length == ChunkId.BYTES
                        && RowFormat.unpack(MemorySegment.ofArray(row), 0, row.length, wide, 0)
                        && !RowFormat.in(unusable, wide, 0)) {
                    ChunkId id = ChunkId.read(MemorySegment.ofArray(key), 0);
                    visitor.chunk(id, RowFormat.length(wide, 0));
                }
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw failure("cannot be read", e);
        }
    }

    void add(List<ChunkRef> refs) throws CacheFailure {
        try (Arena arena = Arena.ofConfined();
                WriteBatch batch = new WriteBatch()) {
            RowBuffers row = new RowBuffers(arena);
            for (ChunkRef ref : refs) {
                row.set(ref);
                batch.put(chunks, row.keyBuffer(), row.valueBuffer());
            }
            write(write, batch);
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        }
    }

    /// Takes in a segment's rows, except those in `unusable` packs.
    void add(SegmentReader segment, PackSet unusable) throws CacheFailure {
        if (segment.rows() >= INGEST_FROM_ROWS) {
            ingest(segment, unusable);
            return;
        }
        try (Arena arena = Arena.ofConfined();
                WriteBatch batch = new WriteBatch()) {
            RowBuffers row = new RowBuffers(arena);
            while (segment.next()) {
                if (!RowFormat.in(unusable, segment.place(), 0)) {
                    row.set(segment);
                    batch.put(chunks, row.keyBuffer(), row.valueBuffer());
                }
            }
            write(write, batch);
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        }
    }

    private void ingest(SegmentReader segment, PackSet unusable) throws CacheFailure {
        try (Arena arena = Arena.ofConfined();
                SortedFiles files = sortedFiles()) {
            RowBuffers row = new RowBuffers(arena);
            while (segment.next()) {
                if (!RowFormat.in(unusable, segment.place(), 0)) {
                    row.set(segment);
                    files.put(row);
                }
            }
            ingest(files);
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        } catch (IOException e) {
            throw new CacheFailure("cannot be written: " + e.getMessage(), false, e);
        }
    }

    /// Writes, and does not wait for a database that cannot keep up: on a full disk it would be for
    /// ever.
    private void write(WriteOptions how, WriteBatch batch) throws RocksDBException {
        for (int pauses = 0; true; pauses++) {
            try {
                db.write(how, batch);
                return;
            } catch (RocksDBException e) {
                Status status = e.getStatus();
                boolean stalled = status != null && status.getCode() == Status.Code.Incomplete;
                if (!stalled || pauses == MAX_STALL_PAUSES) {
                    throw e;
                }
                LockSupport.parkNanos(this, STALL_PAUSE_NANOS);
            }
        }
    }

    SortedFiles sortedFiles() throws IOException {
        return new SortedFiles(settings, scratch);
    }

    BulkLoad bulkLoad(long expectedRows) throws CacheFailure {
        try {
            return new BulkLoad(scratch, expectedRows);
        } catch (IOException e) {
            throw new CacheFailure("cannot be written: " + e.getMessage(), false, e);
        }
    }

    /// Takes in what was gathered.
    void add(BulkLoad rows) throws CacheFailure {
        try (SortedFiles files = sortedFiles()) {
            rows.sortInto(files);
            ingest(files);
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        } catch (IOException e) {
            throw new CacheFailure("cannot be written: " + e.getMessage(), false, e);
        }
    }

    /// Takes finished files in, all at once.
    void ingest(SortedFiles files) throws RocksDBException {
        List<String> names = files.finish();
        if (!names.isEmpty()) {
            try (IngestExternalFileOptions how =
                    new IngestExternalFileOptions().setMoveFiles(true)) {
                db.ingestExternalFile(chunks, names, how);
            }
        }
    }

    byte @Nullable [] fact(byte[] key) throws CacheFailure {
        try {
            return db.get(facts, read, key);
        } catch (RocksDBException e) {
            throw failure("cannot be read", e);
        }
    }

    /// Writes all of these or none of them; an empty value deletes. Synced facts are on the disk
    /// afterwards, with everything that was written before.
    void putFacts(Map<byte[], byte[]> changes, boolean synced) throws CacheFailure {
        try (WriteBatch batch = new WriteBatch()) {
            for (Map.Entry<byte[], byte[]> change : changes.entrySet()) {
                if (change.getValue().length == 0) {
                    batch.delete(facts, change.getKey());
                } else {
                    batch.put(facts, change.getKey(), change.getValue());
                }
            }
            write(synced ? writeSynced : write, batch);
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        }
    }

    /// Shows the facts whose key starts with `prefix`, in the order of their keys.
    void facts(byte[] prefix, FactVisitor visitor) throws CacheFailure {
        try (RocksIterator iterator = db.newIterator(facts, readOnce)) {
            for (iterator.seek(prefix); iterator.isValid(); iterator.next()) {
                byte[] key = iterator.key();
                if (!FactKeys.startsWith(key, prefix)) {
                    break;
                }
                visitor.fact(key, iterator.value());
            }
            iterator.status();
        } catch (RocksDBException e) {
            throw failure("cannot be read", e);
        }
    }

    /// Copies a pack's leaf list to `target` and returns its length; -1 when there is none. When it
    /// is longer than the target, nothing can be relied on in there.
    int readLeaves(PackId pack, MemorySegment target) throws CacheFailure {
        try (Arena arena = Arena.ofConfined()) {
            int length = db.get(leaves, readOnce, key(arena, pack), target.asByteBuffer());
            return length == RocksDB.NOT_FOUND ? -1 : length;
        } catch (RocksDBException e) {
            throw failure("cannot be read", e);
        }
    }

    void putLeaves(PackId pack, MemorySegment content) throws CacheFailure {
        try (Arena arena = Arena.ofConfined();
                WriteBatch batch = new WriteBatch()) {
            batch.put(leaves, key(arena, pack), content.asByteBuffer());
            write(write, batch);
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        }
    }

    void deleteLeaves(List<PackId> packs) throws CacheFailure {
        try (Arena arena = Arena.ofConfined();
                WriteBatch batch = new WriteBatch()) {
            for (PackId pack : packs) {
                batch.delete(leaves, key(arena, pack));
            }
            write(write, batch);
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        }
    }

    private static ByteBuffer key(Arena arena, PackId pack) {
        MemorySegment key = arena.allocate(PackId.BYTES);
        SegmentFormat.putPack(key, 0, pack);
        return key.asByteBuffer();
    }

    /// Forgets all chunks and leaf lists, and what they were taken from; it must be closed then.
    ///
    /// The objects first: killed in between, it knows chunks that it will take in once more.
    void forgetChunks() throws CacheFailure {
        Map<byte[], byte[]> objects = new TreeMap<>(Arrays::compareUnsigned);
        facts(FactKeys.SEGMENTS, (key, _) -> objects.put(key, new byte[0]));
        putFacts(objects, true);
        try {
            db.dropColumnFamilies(List.of(chunks, leaves));
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        }
    }

    /// Makes files of everything that is in the log only.
    void flush() throws CacheFailure {
        try (FlushOptions how = new FlushOptions().setWaitForFlush(true)) {
            db.flush(how, List.of(facts, chunks, leaves));
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        }
    }

    long memoryBytes() {
        return settings.cacheBytes();
    }

    @Override
    public void close() {
        facts.close();
        chunks.close();
        leaves.close();
        db.close();
        read.close();
        readOnce.close();
        write.close();
        writeSynced.close();
        settings.close();
    }

    private static CacheFailure failure(String what, RocksDBException e) {
        Status status = e.getStatus();
        boolean corrupt = status != null && status.getCode() == Status.Code.Corruption;
        return new CacheFailure(what + ": " + e.getMessage(), corrupt, e);
    }
}
