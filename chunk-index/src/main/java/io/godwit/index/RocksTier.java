package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ByteBufferGetStatus;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.SstFileWriter;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/// The database of a cache: chunks, leaf lists and facts, each a column family.
///
/// Any number of threads; who closes it knows that nobody is inside. Whatever the vendor throws becomes a
/// [CacheFailure].
final class RocksTier implements AutoCloseable {
    /// From this many rows on, a sorted file is written and taken in; below, rows go the usual way.
    static final int INGEST_FROM_ROWS = 8192;

    private final RocksSettings settings;
    private final RocksDB db;
    private final ColumnFamilyHandle facts;
    private final ColumnFamilyHandle chunks;
    private final ColumnFamilyHandle leaves;
    private final List<ColumnFamilyHandle> chunksAlone;
    private final ReadOptions read = new ReadOptions();
    private final ReadOptions readOnce = new ReadOptions().setFillCache(false);
    private final WriteOptions write = new WriteOptions();
    private final WriteOptions writeSynced = new WriteOptions().setSync(true);
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
        RocksSettings settings = new RocksSettings();
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

    boolean writable() {
        return writable;
    }

    /// Looks up what the batch is missing. Rows in `unusable` packs, and rows that make no sense, stay missing.
    void find(LookupBatch batch, PackSet unusable) throws CacheFailure {
        BatchScratch scratchOf = batch.scratch();
        int count = scratchOf.gather(batch);
        if (count == 0) {
            return;
        }
        try {
            List<ByteBufferGetStatus> values =
                    db.multiGetByteBuffers(
                            read, chunksAlone, scratchOf.keys(), scratchOf.targets());
            for (int k = 0; k < count; k++) {
                ByteBufferGetStatus value = values.get(k);
                if (value.status.getCode() == Status.Code.Ok) {
                    int i = scratchOf.number(k);
                    long at = LookupBatch.placeOffset(i);
                    if (RowFormat.unpack(
                                    scratchOf.values(),
                                    BatchScratch.valueOffset(i),
                                    value.requiredSize,
                                    batch.places(),
                                    at)
                            && !RowFormat.in(unusable, batch.places(), at)) {
                        batch.answer(i, LookupBatch.Answer.FOUND);
                    }
                } else if (value.status.getCode() != Status.Code.NotFound) {
                    throw failure("cannot be read", new RocksDBException(value.status));
                }
            }
        } catch (RocksDBException e) {
            throw failure("cannot be read", e);
        }
    }

    void add(List<ChunkRef> refs) throws CacheFailure {
        try (Arena arena = Arena.ofConfined();
                WriteBatch batch = new WriteBatch()) {
            RowBuffers row = new RowBuffers(arena);
            for (ChunkRef ref : refs) {
                ref.id().write(row.key, 0);
                RowFormat.writeWide(row.place, 0, ref);
                batch.put(chunks, row.keyBuffer(), row.valueBuffer());
            }
            db.write(write, batch);
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
                    row.take(segment);
                    batch.put(chunks, row.keyBuffer(), row.valueBuffer());
                }
            }
            db.write(write, batch);
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        }
    }

    private void ingest(SegmentReader segment, PackSet unusable) throws CacheFailure {
        Path file = null;
        try (Arena arena = Arena.ofConfined();
                RocksSettings.SstSettings sst = settings.sortedFiles();
                SstFileWriter writer = new SstFileWriter(sst.environment(), sst.options())) {
            Files.createDirectories(scratch);
            file = Files.createTempFile(scratch, "rows-", ".sst");
            writer.open(file.toString());
            RowBuffers row = new RowBuffers(arena);
            int count = 0;
            while (segment.next()) {
                if (!RowFormat.in(unusable, segment.place(), 0)) {
                    row.take(segment);
                    writer.put(row.keyBuffer(), row.valueBuffer());
                    count++;
                }
            }
            if (count > 0) {
                writer.finish();
                ingest(List.of(file.toString()));
            }
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        } catch (IOException e) {
            throw new CacheFailure("cannot be written: " + e.getMessage(), false, e);
        } finally {
            deleteQuietly(file);
        }
    }

    private void ingest(List<String> files) throws RocksDBException {
        try (IngestExternalFileOptions how = new IngestExternalFileOptions().setMoveFiles(true)) {
            db.ingestExternalFile(chunks, files, how);
        }
    }

    private static void deleteQuietly(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // It is swept when the cache is opened next.
        }
    }

    byte @Nullable [] fact(byte[] key) throws CacheFailure {
        try {
            return db.get(facts, read, key);
        } catch (RocksDBException e) {
            throw failure("cannot be read", e);
        }
    }

    /// Writes all of these or none of them; an empty value deletes. Synced facts are on the disk afterwards, with
    /// everything that was written before.
    void putFacts(Map<byte[], byte[]> changes, boolean synced) throws CacheFailure {
        try (WriteBatch batch = new WriteBatch()) {
            for (Map.Entry<byte[], byte[]> change : changes.entrySet()) {
                if (change.getValue().length == 0) {
                    batch.delete(facts, change.getKey());
                } else {
                    batch.put(facts, change.getKey(), change.getValue());
                }
            }
            db.write(synced ? writeSynced : write, batch);
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

    /// Copies a pack's leaf list to `target` and returns its length; -1 when there is none. When it is longer than
    /// the target, nothing can be relied on in there.
    int readLeaves(PackId pack, MemorySegment target) throws CacheFailure {
        try (Arena arena = Arena.ofConfined()) {
            int length = db.get(leaves, readOnce, key(arena, pack), target.asByteBuffer());
            return length == RocksDB.NOT_FOUND ? -1 : length;
        } catch (RocksDBException e) {
            throw failure("cannot be read", e);
        }
    }

    void putLeaves(PackId pack, MemorySegment content) throws CacheFailure {
        try (Arena arena = Arena.ofConfined()) {
            db.put(leaves, write, key(arena, pack), content.asByteBuffer());
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
            db.write(write, batch);
        } catch (RocksDBException e) {
            throw failure("cannot be written", e);
        }
    }

    private static ByteBuffer key(Arena arena, PackId pack) {
        MemorySegment key = arena.allocate(PackId.BYTES);
        SegmentFormat.putPack(key, 0, pack);
        return key.asByteBuffer();
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

    /// One row on its way to the vendor.
    private static final class RowBuffers {
        private final MemorySegment key;
        private final MemorySegment place;
        private final MemorySegment packed;
        private final ByteBuffer keyBuffer;
        private final ByteBuffer valueBuffer;

        RowBuffers(Arena arena) {
            key = arena.allocate(ChunkId.BYTES, 8);
            place = arena.allocate(RowFormat.WIDE_BYTES, 8);
            packed = arena.allocate(BatchScratch.VALUE_BYTES, 8);
            keyBuffer = key.asByteBuffer();
            valueBuffer = packed.asByteBuffer();
        }

        void take(SegmentReader segment) {
            segment.id().write(key, 0);
            MemorySegment.copy(segment.place(), 0, place, 0, RowFormat.WIDE_BYTES);
        }

        ByteBuffer keyBuffer() {
            return keyBuffer.rewind();
        }

        ByteBuffer valueBuffer() {
            return valueBuffer.clear().limit(RowFormat.pack(place, 0, packed, 0));
        }
    }
}
