package io.godwit.restore;

import io.godwit.pack.RecordRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Records that were opened lately, so that neighbours who need the same one open it once.
///
/// Any thread may use it. Whoever waits for somebody else's record holds none, so that nobody waits
/// for ever. Off-heap memory within a fixed budget.
final class RecordCache implements AutoCloseable {
    /// Some dozens of records, of which a few threads use one or two at a time. The longest record
    /// fits.
    static final long BUDGET_BYTES = 16L << 20;

    private static final int UNIT_BYTES = 256 << 10;

    /// The plain bytes of one record, held by its users.
    static final class Opened {
        private final Arena arena = Arena.ofShared();
        private final RecordRef record;
        private final Set<Integer> proven = ConcurrentHashMap.newKeySet();
        final MemorySegment plain;
        private volatile boolean filled;
        private int users = 1;

        private Opened(RecordRef record) {
            this.record = record;
            this.plain = arena.allocate(size(record), 4096);
        }

        RecordRef record() {
            return record;
        }

        boolean isFilled() {
            return filled;
        }

        /// Whether the chunk at this offset was compared with its id.
        boolean isProven(int plainOffset) {
            return proven.contains(plainOffset);
        }

        void prove(int plainOffset) {
            proven.add(plainOffset);
        }

        private static long size(RecordRef record) {
            return (record.plainLength() + UNIT_BYTES - 1L) / UNIT_BYTES * UNIT_BYTES;
        }
    }

    private final Map<RecordRef, Opened> byRecord = new LinkedHashMap<>(64, 0.75f, true);
    private long bytes;

    /// The record, once it is filled; waits while somebody fills it, or while there is no room.
    /// Null when it is for the caller to [#claim] it.
    synchronized @Nullable Opened find(RecordRef record) throws InterruptedException {
        Opened found = byRecord.get(record);
        while (found != null ? !found.filled : !hasRoom(record)) {
            wait();
            found = byRecord.get(record);
        }
        if (found != null) {
            found.users++;
        }
        return found;
    }

    /// A place for a record that the caller will open: to be [filled][#filled] or
    /// [released][#release]. Null when somebody has it already, or when there is no room.
    synchronized @Nullable Opened claim(RecordRef record) {
        if (byRecord.containsKey(record) || !makeRoom(record)) {
            return null;
        }
        Opened claimed = new Opened(record);
        bytes += claimed.plain.byteSize();
        byRecord.put(record, claimed);
        return claimed;
    }

    synchronized void filled(Opened opened) {
        opened.filled = true;
        notifyAll();
    }

    /// Ends a use. What was never filled is forgotten.
    synchronized void release(Opened opened) {
        opened.users--;
        if (!opened.filled) {
            byRecord.remove(opened.record);
            drop(opened);
        }
        notifyAll();
    }

    private boolean hasRoom(RecordRef record) {
        long unused =
                byRecord.values().stream()
                        .filter(opened -> opened.users == 0)
                        .mapToLong(opened -> opened.plain.byteSize())
                        .sum();
        return bytes - unused + Opened.size(record) <= BUDGET_BYTES;
    }

    private boolean makeRoom(RecordRef record) {
        if (!hasRoom(record)) {
            return false;
        }
        Iterator<Opened> oldest = byRecord.values().iterator();
        while (bytes + Opened.size(record) > BUDGET_BYTES) {
            Opened opened = oldest.next();
            if (opened.users == 0) {
                oldest.remove();
                drop(opened);
            }
        }
        return true;
    }

    private void drop(Opened opened) {
        bytes -= opened.plain.byteSize();
        opened.arena.close();
    }

    /// Gives the memory back; nobody may use it any more.
    @Override
    public synchronized void close() {
        byRecord.values().forEach(this::drop);
        byRecord.clear();
    }
}
