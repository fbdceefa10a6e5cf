package io.godwit.check;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;

/// Reads a pack from its start to its end with few requests, and hands out its parts. Owned by one
/// worker; what it hands out is good until the next call.
final class PackWindow {
    /// One request: as large as a restore's.
    private static final int WINDOW_BYTES = 4 << 20;

    private static final int ALIGNMENT = 4096;

    private final Store store;
    private final LongAdder readBytes;
    private MemorySegment buffer = Arena.ofAuto().allocate(WINDOW_BYTES, ALIGNMENT);
    private long start;
    private long end;

    /// @param readBytes counts what came from the store
    PackWindow(Store store, LongAdder readBytes) {
        this.store = store;
        this.readBytes = readBytes;
    }

    /// Another pack begins.
    void begin() {
        start = 0;
        end = 0;
    }

    /// @throws GodwitException `CORRUPT` when the pack is shorter, or the store cannot read there
    MemorySegment read(PackId pack, boolean metadata, long offset, int length) {
        ObjectKey key = PackNames.key(pack, metadata);
        if (offset < start || offset + length > end) {
            move(key, offset, length);
        }
        if (offset + length > end) {
            throw new GodwitException(FailureKind.CORRUPT, "pack is cut off: object=" + key)
                    .withObject(key.value())
                    .withOffset(end);
        }
        return buffer.asSlice(offset - start, length);
    }

    /// As much of it as there is: a pack may be shorter than the most that its header takes.
    MemorySegment readSome(PackId pack, boolean metadata, long offset, int most) {
        if (offset < start || offset + most > end) {
            move(PackNames.key(pack, metadata), offset, most);
        }
        return buffer.asSlice(offset - start, Math.clamp(end - offset, 0, most));
    }

    /// One bad sector is one record's: where the window cannot be read, the part is read alone.
    private void move(ObjectKey key, long offset, int length) {
        long from = offset & -ALIGNMENT;
        long needed = offset + length - from;
        if (buffer.byteSize() < needed) {
            long room = needed + ALIGNMENT - 1 & -ALIGNMENT;
            buffer = Arena.ofAuto().allocate(room, ALIGNMENT);
        }
        try {
            fill(key, from, buffer);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            fill(key, offset, buffer.asSlice(0, length));
        }
    }

    private void fill(ObjectKey key, long from, MemorySegment target) {
        begin();
        long read = Math.max(0, store.read(key, from, target));
        readBytes.add(read);
        start = from;
        end = from + read;
    }
}
