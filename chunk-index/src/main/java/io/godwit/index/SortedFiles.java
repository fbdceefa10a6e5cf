package io.godwit.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileWriter;

/// Rows in ascending order on their way into sorted files, which the database then takes in whole,
/// without writing them again. Owned by one thread.
final class SortedFiles implements AutoCloseable {
    /// As large as the database makes its own.
    private static final long FILE_BYTES = 64L << 20;

    /// What a row takes beside its packed place: the id, and what the vendor adds.
    private static final int ROW_OVERHEAD = 32 + 12;

    private final RocksSettings.SstSettings settings;
    private final Path scratch;
    private final List<Path> files = new ArrayList<>();
    private @Nullable SstFileWriter writer;
    private long fileBytes;

    SortedFiles(RocksSettings settings, Path scratch) throws IOException {
        this.settings = settings.sortedFiles();
        this.scratch = scratch;
        Files.createDirectories(scratch);
    }

    /// Appends a row; its id is greater than those before.
    void put(RowBuffers row) throws RocksDBException, IOException {
        SstFileWriter current = writer;
        if (current == null) {
            Path file = Files.createTempFile(scratch, "rows-", ".sst");
            files.add(file);
            current = new SstFileWriter(settings.environment(), settings.options());
            writer = current;
            current.open(file.toString());
            fileBytes = 0;
        }
        current.put(row.keyBuffer(), row.valueBuffer());
        fileBytes += ROW_OVERHEAD + row.valueBuffer().remaining();
        if (fileBytes >= FILE_BYTES) {
            finishFile(current);
        }
    }

    /// The files, closed and complete, in ascending order.
    List<String> finish() throws RocksDBException {
        if (writer != null) {
            finishFile(writer);
        }
        return files.stream().map(Path::toString).toList();
    }

    private void finishFile(SstFileWriter current) throws RocksDBException {
        writer = null;
        try (current) {
            current.finish();
        }
    }

    /// Deletes what is left of the files: nothing, when the database took them.
    @Override
    public void close() {
        if (writer != null) {
            writer.close();
        }
        settings.close();
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // It is swept when the cache is opened next.
            }
        }
    }
}
