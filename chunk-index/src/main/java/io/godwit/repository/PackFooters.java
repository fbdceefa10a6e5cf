package io.godwit.repository;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.IndexRefresh;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.seal.KeyRing;
import io.godwit.store.Store;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// What the footers of data packs list. Any number of threads; each takes a reader and gives it
/// back.
final class PackFooters implements IndexRefresh.FooterReader {
    private final Store store;
    private final KeyRing keys;
    private final Queue<Reader> idle = new ConcurrentLinkedQueue<>();

    PackFooters(Store store, KeyRing keys) {
        this.store = store;
        this.keys = keys;
    }

    private record Reader(PackReader packs, MemorySegment tail) {}

    @Override
    public List<ChunkRef> chunks(PackId pack) {
        Reader reader = idle.poll();
        if (reader == null) {
            MemorySegment tail = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
            reader = new Reader(new PackReader(store, keys), tail);
        }
        try {
            return reader.packs()
                    .open(pack, false, reader.tail())
                    .map(opened -> opened.footer().dataChunks())
                    .orElseThrow(() -> gone(pack));
        } finally {
            idle.add(reader);
        }
    }

    private static GodwitException gone(PackId pack) {
        String object = PackNames.key(pack, false).value();
        return new GodwitException(FailureKind.NOT_FOUND, "no such pack: object=" + object)
                .withObject(object);
    }
}
