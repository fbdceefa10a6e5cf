package io.godwit.index;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ChecksumType;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.DataBlockIndexType;
import org.rocksdb.EnvOptions;
import org.rocksdb.IndexType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBufferManager;

/// How the database is set up: for many small rows with random keys, in little memory, in silence.
final class RocksSettings implements AutoCloseable {
    /// Blocks, filters and index partitions, and the memory of rows not yet in a file, together.
    static final long CACHE_BYTES = 48L << 20;

    /// Of these, for rows that are not in a file yet.
    static final long WRITE_BYTES = 16L << 20;

    private static final long MEMTABLE_BYTES = 4L << 20;

    /// Four shards: each must have room for what a batch holds on to.
    private static final int CACHE_SHARD_BITS = 2;

    /// For filters and index partitions: those of 20 million rows fit.
    private static final double HIGH_PRIORITY = 0.85;

    private static final double BLOOM_BITS = 10;
    private static final int BLOCK_BYTES = 4096;
    private static final long FILE_BYTES = 64L << 20;
    private static final long LOG_BYTES = 256L << 10;
    private static final long BLOB_FROM_BYTES = 1024;
    private static final int BACKGROUND_JOBS = 2;

    /// The vendor starts this many threads for each family at every opening.
    private static final int FILE_OPENING_THREADS = 2;

    /// A short run leaves its rows in its log, which costs the next one less than a file each; this
    /// many and they are made one.
    private static final int MAX_LOGS = 8;

    private final List<AutoCloseable> owned = new ArrayList<>();
    private final Cache cache;
    private final BloomFilter filter;
    private final DBOptions database;
    private final ColumnFamilyOptions chunks;
    private final ColumnFamilyOptions leaves;
    private final ColumnFamilyOptions facts;

    /// @param logs how many write-ahead logs wait to be read again
    RocksSettings(int logs) {
        cache = own(new LRUCache(CACHE_BYTES, CACHE_SHARD_BITS, true, HIGH_PRIORITY));
        filter = own(new BloomFilter(BLOOM_BITS));
        WriteBufferManager writes = own(new WriteBufferManager(WRITE_BYTES, cache));
        database =
                own(
                        new DBOptions()
                                .setCreateIfMissing(true)
                                .setCreateMissingColumnFamilies(true)
                                .setParanoidChecks(true)
                                .setWriteBufferManager(writes)
                                .setMaxOpenFiles(-1)
                                .setMaxBackgroundJobs(BACKGROUND_JOBS)
                                .setMaxBgErrorResumeCount(0)
                                .setMaxTotalWalSize(WRITE_BYTES)
                                .setAvoidFlushDuringRecovery(logs < MAX_LOGS)
                                .setMaxFileOpeningThreads(FILE_OPENING_THREADS)
                                .setAvoidFlushDuringShutdown(true)
                                .setSkipStatsUpdateOnDbOpen(true)
                                .setInfoLogLevel(InfoLogLevel.FATAL_LEVEL)
                                .setKeepLogFileNum(1)
                                .setMaxLogFileSize(LOG_BYTES)
                                .setMaxManifestFileSize(4L << 20)
                                .setStatsDumpPeriodSec(0)
                                .setStatsPersistPeriodSec(0)
                                .setBytesPerSync(1 << 20));
        chunks = own(family().setTableFormatConfig(table(filter)));
        leaves =
                own(
                        family().setTableFormatConfig(table(null))
                                .setEnableBlobFiles(true)
                                .setMinBlobSize(BLOB_FROM_BYTES)
                                .setBlobFileSize(FILE_BYTES)
                                .setEnableBlobGarbageCollection(true));
        facts = own(family().setTableFormatConfig(table(null)));
    }

    DBOptions database() {
        return database;
    }

    /// The column families, in the order in which their handles come back.
    List<ColumnFamilyDescriptor> families() {
        return List.of(
                new ColumnFamilyDescriptor(RocksDB.DEFAULT_COLUMN_FAMILY, facts),
                new ColumnFamilyDescriptor(new byte[] {'c'}, chunks),
                new ColumnFamilyDescriptor(new byte[] {'l'}, leaves));
    }

    /// For writing a sorted file of chunk rows outside the database.
    SstSettings sortedFiles() {
        return new SstSettings(new EnvOptions(), new Options(database, chunks));
    }

    record SstSettings(EnvOptions environment, Options options) implements AutoCloseable {
        @Override
        public void close() {
            environment.close();
            options.close();
        }
    }

    long cacheBytes() {
        return cache.getUsage();
    }

    private ColumnFamilyOptions family() {
        return new ColumnFamilyOptions()
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setWriteBufferSize(MEMTABLE_BYTES)
                .setMaxWriteBufferNumber(2)
                .setTargetFileSizeBase(FILE_BYTES)
                .setMaxBytesForLevelBase(4 * FILE_BYTES)
                .setLevelCompactionDynamicLevelBytes(true);
    }

    private BlockBasedTableConfig table(@Nullable BloomFilter bloom) {
        BlockBasedTableConfig table =
                new BlockBasedTableConfig()
                        .setFormatVersion(6)
                        .setChecksumType(ChecksumType.kXXH3)
                        .setBlockCache(cache)
                        .setBlockSize(BLOCK_BYTES)
                        .setMetadataBlockSize(BLOCK_BYTES)
                        .setIndexType(IndexType.kTwoLevelIndexSearch)
                        .setDataBlockIndexType(DataBlockIndexType.kDataBlockBinaryAndHash)
                        .setCacheIndexAndFilterBlocks(true)
                        .setCacheIndexAndFilterBlocksWithHighPriority(true)
                        .setPinTopLevelIndexAndFilter(true);
        if (bloom != null) {
            table.setFilterPolicy(bloom).setPartitionFilters(true).setWholeKeyFiltering(true);
        }
        return table;
    }

    private <T extends AutoCloseable> T own(T object) {
        owned.addFirst(object);
        return object;
    }

    @Override
    public void close() {
        for (AutoCloseable object : owned) {
            try {
                object.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
