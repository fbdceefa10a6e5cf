package io.godwit.repository;

import io.godwit.chunk.ChunkType;
import io.godwit.digest.Kernel;
import io.godwit.volume.RecordSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Readers of metadata, each for one thread, that are closed together. Any thread may open one.
final class MetadataReaders implements AutoCloseable {
    private final Repository repository;
    private final List<ChunkReader> open = Collections.synchronizedList(new ArrayList<>());

    MetadataReaders(Repository repository) {
        this.repository = repository;
    }

    RecordSource open() {
        ChunkReader reader =
                repository.newMendingReader(repository.newHasher(Kernel.SCALAR), ChunkType.META);
        open.add(reader);
        return reader;
    }

    /// Closes those that are open: nobody reads with them any more. Others may be opened.
    @Override
    public void close() {
        open.forEach(ChunkReader::close);
        open.clear();
    }
}
