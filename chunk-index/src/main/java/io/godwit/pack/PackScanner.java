package io.godwit.pack;

import io.godwit.error.GodwitException;
import io.godwit.format.Checksum;
import io.godwit.format.ObjectFormat;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Walks a pack by its clear headers and checksums: tells without any key what is damaged and what
/// is not.
///
/// Behind damage it goes on at the next clear header whose own check is right; a false one, which
/// chance makes once in 2^48 places, is unmasked by the checksum of its record.
public final class PackScanner {
    private PackScanner() {}

    /// What a walk meets, in the order of offsets.
    public interface Visitor {
        /// An undamaged record.
        void record(long offset, int sealedLength, int codec, RecordType type);

        /// Bytes that belong to no undamaged record.
        void damaged(long offset, long length, String what);
    }

    /// Walks the whole pack.
    ///
    /// @param name of the object, for the report
    /// @return whether nothing is damaged, both ends included
    public static boolean scan(String name, MemorySegment pack, Visitor visitor) {
        boolean[] clean = {true};
        Visitor counting =
                new Visitor() {
                    @Override
                    public void record(long offset, int sealedLength, int codec, RecordType type) {
                        visitor.record(offset, sealedLength, codec, type);
                    }

                    @Override
                    public void damaged(long offset, long length, String what) {
                        clean[0] = false;
                        visitor.damaged(offset, length, what);
                    }
                };
        long end = walk(pack, header(name, pack, counting), counting);
        try {
            ObjectFormat.checkFooter(name, pack);
        } catch (GodwitException e) {
            counting.damaged(end, pack.byteSize() - end, String.valueOf(e.getMessage()));
        }
        return clean[0];
    }

    /// Where records start. A damaged header has the length that all headers have.
    private static long header(String name, MemorySegment pack, Visitor visitor) {
        try {
            return ObjectFormat.readHeader(name, pack).length();
        } catch (GodwitException e) {
            long length = Math.min(PackFormat.HEADER_BYTES, pack.byteSize());
            visitor.damaged(0, length, String.valueOf(e.getMessage()));
            return length;
        }
    }

    /// Ends behind the footer's record, or where it should have been.
    private static long walk(MemorySegment pack, long start, Visitor visitor) {
        long last = pack.byteSize() - PackFormat.END_BYTES;
        long at = start;
        boolean footer = false;
        while (at < last && !footer) {
            RecordType type = recordAt(pack, at, last);
            if (type == null) {
                long next = nextRecord(pack, at + 1, last);
                visitor.damaged(at, next - at, "record header or checksum mismatch");
                at = next;
                continue;
            }
            int sealedLength = RecordFormat.sealedLength(pack, at);
            visitor.record(at, sealedLength, RecordFormat.codec(pack, at), type);
            at += RecordFormat.HEADER_BYTES + sealedLength;
            footer = type == RecordType.FOOTER;
        }
        if (!footer) {
            visitor.damaged(at, pack.byteSize() - at, "pack footer is missing");
        }
        return at;
    }

    private static long nextRecord(MemorySegment pack, long from, long last) {
        long at = from;
        while (at < last && recordAt(pack, at, last) == null) {
            at++;
        }
        return at;
    }

    private static @Nullable RecordType recordAt(MemorySegment pack, long at, long last) {
        if (last - at < RecordFormat.OVERHEAD || !RecordFormat.headerStandsAt(pack, at)) {
            return null;
        }
        int sealedLength = RecordFormat.sealedLength(pack, at);
        long body = at + RecordFormat.HEADER_BYTES;
        if (sealedLength > last - body
                || RecordFormat.crc(pack, at) != Checksum.crc32c(pack, body, sealedLength)) {
            return null;
        }
        return RecordType.of(RecordFormat.typeCode(pack, at));
    }
}
