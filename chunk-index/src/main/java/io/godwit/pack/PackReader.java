package io.godwit.pack;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.Checksum;
import io.godwit.format.ObjectFormat;
import io.godwit.seal.KeyRing;
import io.godwit.seal.PackKeys;
import io.godwit.seal.RecordCipher;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.Optional;

/// Opens packs from their end: footer and leaf list. Belongs to one thread; the memory it reads
/// into is the caller's.
///
/// Records in the middle are read by whoever holds references to them, with [RecordOpener].
public final class PackReader {
    /// A tail of this length nearly always holds footer and leaf list at once.
    public static final int TAIL_BYTES = 512 << 10;

    private final Store store;
    private final KeyRing ring;
    private final RecordCipher cipher = new RecordCipher();

    public PackReader(Store store, KeyRing ring) {
        this.store = store;
        this.ring = ring;
    }

    /// A pack's end, opened.
    ///
    /// @param tail the bytes read, as a view of the caller's buffer
    /// @param tailOffset of the tail in the pack
    public record Opened(PackKeys keys, PackFooter footer, MemorySegment tail, long tailOffset) {
        /// Whether the record stands in the tail as a whole.
        public boolean holds(RecordRef ref) {
            return ref.offset() >= tailOffset;
        }
    }

    /// Reads the pack's end into `buffer` and opens its footer; empty when there is no such pack.
    ///
    /// @param buffer of [#TAIL_BYTES] or more; a footer that is longer is read in a second step
    ///     into memory of its own
    public Optional<Opened> open(PackId pack, boolean metadata, MemorySegment buffer) {
        ObjectKey key = PackNames.key(pack, metadata);
        Optional<Store.Tail> read = store.readTail(key, buffer);
        if (read.isEmpty()) {
            return Optional.empty();
        }
        long length = read.get().objectLength();
        MemorySegment tail = buffer.asSlice(0, read.get().read());
        if (length > PackLimits.MAX_BYTES || tail.byteSize() < PackFormat.END_BYTES) {
            throw PackFormat.corrupt(key.value(), 0, "pack length out of range: " + length);
        }
        End end = end(key.value(), length, tail);
        long tailOffset = length - tail.byteSize();
        if (end.footerOffset < tailOffset) {
            MemorySegment longer =
                    MemorySegment.ofArray(new byte[(int) (length - end.footerOffset)]);
            if (store.read(key, end.footerOffset, longer) != longer.byteSize()) {
                throw new GodwitException(
                                FailureKind.CORRUPT, "pack changed while read: object=" + key)
                        .withObject(key.value());
            }
            tail = longer;
            tailOffset = end.footerOffset;
        }
        return Optional.of(open(pack, metadata, tail, tailOffset, end));
    }

    /// The same for a pack that is in memory as a whole; its checksum is compared too.
    public Opened openWhole(PackId pack, boolean metadata, MemorySegment whole) {
        String name = PackNames.key(pack, metadata).value();
        PackHeader start = PackHeader.read(pack, metadata, whole);
        ObjectFormat.checkFooter(name, whole);
        End end = end(name, whole.byteSize(), whole);
        if (!start.saysTheSameAs(end.header)) {
            throw PackFormat.corrupt(name, 0, "start and end of the pack do not belong together");
        }
        return open(pack, metadata, whole, 0, end);
    }

    private Opened open(
            PackId pack, boolean metadata, MemorySegment tail, long tailOffset, End end) {
        String name = PackNames.key(pack, metadata).value();
        PackKeys keys = end.header.keys(ring, pack, metadata);
        long at = end.footerOffset - tailOffset;
        long body = at + RecordFormat.HEADER_BYTES;
        long sealedLength = tail.byteSize() - PackFormat.END_BYTES - body;
        if (sealedLength < RecordCipher.TAG_BYTES
                || sealedLength > PackLimits.FOOTER_BYTES
                || !RecordFormat.headerStandsAt(tail, at)
                || RecordFormat.typeCode(tail, at) != RecordType.FOOTER.code()
                || RecordFormat.codec(tail, at) != Codec.RAW_CODE
                || RecordFormat.sealedLength(tail, at) != sealedLength
                || RecordFormat.crc(tail, at) != Checksum.crc32c(tail, body, sealedLength)) {
            throw PackFormat.corrupt(name, end.footerOffset, "pack footer is damaged");
        }
        byte[] plain = new byte[(int) sealedLength - RecordCipher.TAG_BYTES];
        byte[] aad = PackFormat.footerAad(keys, pack, metadata, plain.length);
        if (!cipher.openFooter(keys, aad, tail, body, (int) sealedLength, plain)) {
            throw PackFormat.corrupt(name, end.footerOffset, "pack footer does not open");
        }
        PackFooter footer = PackFormat.readFooter(pack, metadata, plain, (int) end.footerOffset);
        return new Opened(keys, footer, tail, tailOffset);
    }

    /// What the trailer says.
    private record End(PackHeader header, long footerOffset) {}

    private End end(String name, long length, MemorySegment tail) {
        long start = tail.byteSize() - PackFormat.END_BYTES;
        if (start < 0) {
            throw PackFormat.corrupt(name, 0, "pack is too short: length=" + length);
        }
        ByteReader reader = new ByteReader(tail.asSlice(start), name);
        byte[] salt = reader.bytes(PackKeys.SALT_BYTES);
        byte[] commitment = reader.bytes(PackKeys.COMMITMENT_BYTES);
        long generation = reader.u32();
        long footerOffset = reader.u32();
        long crc = reader.u32();
        long written = reader.u64();
        int actual = Checksum.crc32c(tail, start, PackFormat.TRAILER_BYTES - 4L);
        if (crc != (actual & 0xffff_ffffL)
                || written != length
                || generation < 1
                || generation > Integer.MAX_VALUE
                || footerOffset < PackFormat.HEADER_BYTES
                || footerOffset > length - PackFormat.END_BYTES - RecordFormat.OVERHEAD) {
            throw PackFormat.corrupt(name, length - PackFormat.END_BYTES, "pack end is damaged");
        }
        PackHeader header =
                new PackHeader(
                        ring.repository(),
                        (int) generation,
                        salt,
                        commitment,
                        PackFormat.HEADER_BYTES);
        return new End(header, footerOffset);
    }
}
