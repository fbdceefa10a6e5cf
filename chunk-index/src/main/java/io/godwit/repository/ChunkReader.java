package io.godwit.repository;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.PackKeysCache;
import io.godwit.pack.PackNames;
import io.godwit.pack.RecordOpener;
import io.godwit.pack.RecordRef;
import io.godwit.seal.PackKeys;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.RecordSource;
import io.godwit.volume.Relocation;
import io.godwit.volume.Replacements;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Reads single chunks from the store, one ranged read each: how pages, nodes and roots are read.
///
/// What comes back was authenticated as a record of that pack, and hashed against its id. Belongs
/// to one thread; keeps two buffers as large as the largest record it met.
public final class ChunkReader implements RecordSource, AutoCloseable {
    private static final int FIRST_BUFFER = 64 << 10;

    private final Store store;
    private final PackKeysCache keys;
    private final ChunkHasher hasher;
    private final ChunkType type;
    private final Relocation relocation;
    private final Replacements replacements;
    private final RecordOpener opener = new RecordOpener();
    private MemorySegment sealed = Arena.ofAuto().allocate(FIRST_BUFFER);
    private MemorySegment plain = Arena.ofAuto().allocate(FIRST_BUFFER);
    private MemorySegment digests = Arena.ofAuto().allocate(FIRST_BUFFER);
    private long fetchedBytes;

    /// Reads chunks where they are said to be, and nowhere else.
    ///
    /// @param type of the chunks that will be read
    /// @param relocation of what was repacked
    public ChunkReader(
            Store store,
            PackKeysCache keys,
            ChunkHasher hasher,
            ChunkType type,
            Relocation relocation) {
        this(store, keys, hasher, type, relocation, Replacements.NONE);
    }

    /// @param replacements for those who read pages and nodes
    ChunkReader(
            Store store,
            PackKeysCache keys,
            ChunkHasher hasher,
            ChunkType type,
            Relocation relocation,
            Replacements replacements) {
        this.replacements = replacements;
        this.store = store;
        this.keys = keys;
        this.hasher = hasher;
        this.type = type;
        this.relocation = relocation;
    }

    @Override
    public MemorySegment read(ChunkRef ref) {
        ChunkRef place = relocation.locate(ref);
        while (true) {
            try {
                return readAt(place);
            } catch (GodwitException e) {
                PackId missing = place.record().pack();
                if (e.kind() != FailureKind.NOT_FOUND || !relocation.learn(missing)) {
                    throw e;
                }
                ChunkRef next = relocation.locate(place);
                if (next.equals(place)) {
                    throw e;
                }
                place = next;
            }
        }
    }

    private MemorySegment readAt(ChunkRef ref) {
        RecordRef record = ref.record();
        PackKeys packKeys = keys.keys(record.pack(), record.metadata());
        fetch(record);
        plain = atLeast(plain, record.plainLength());
        opener.open(packKeys, record, ref.alone() ? ref.id() : ChunkId.NONE, sealed, 0, plain, 0);
        digests = atLeast(digests, ChunkHasher.digestsBytes(ref.length()));
        ChunkId found = hasher.hash(type, plain, ref.plainOffset(), ref.length(), digests, 0);
        if (!found.equals(ref.id())) {
            throw new GodwitException(
                            FailureKind.CORRUPT,
                            "chunk is not what was stored: pack=%s offset=%d expected=%s found=%s"
                                    .formatted(record.pack(), record.offset(), ref.id(), found))
                    .withObject(nameOf(record).value())
                    .withOffset(record.offset());
        }
        return plain.asSlice(ref.plainOffset(), ref.length());
    }

    @Override
    public Replacements replacements() {
        return replacements;
    }

    private void fetch(RecordRef record) {
        int length = RecordOpener.storedLength(record);
        sealed = atLeast(sealed, length);
        ObjectKey name = nameOf(record);
        long read = store.read(name, record.offset(), sealed.asSlice(0, length));
        if (read < 0) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such pack: object=" + name)
                    .withObject(name.value());
        }
        if (read < length) {
            throw new GodwitException(
                            FailureKind.CORRUPT,
                            "pack is cut off: object=%s offset=%d expected=%d found=%d"
                                    .formatted(name, record.offset(), length, read))
                    .withObject(name.value())
                    .withOffset(record.offset());
        }
        fetchedBytes += length;
    }

    /// Bytes read from the store so far.
    public long fetchedBytes() {
        return fetchedBytes;
    }

    private static ObjectKey nameOf(RecordRef record) {
        return PackNames.key(record.pack(), record.metadata());
    }

    private static MemorySegment atLeast(MemorySegment buffer, long length) {
        return buffer.byteSize() >= length ? buffer : Arena.ofAuto().allocate(length);
    }

    @Override
    public void close() {
        opener.close();
    }
}
