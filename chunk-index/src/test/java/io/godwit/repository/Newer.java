package io.godwit.repository;

import io.godwit.format.Checksum;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/// Objects as a newer program would write them.
final class Newer {
    private static final int VERSION_AT = 10;
    private static final int HEADER_LENGTH_AT = 12;

    private Newer() {}

    /// The same object with a higher version, and its checksums right.
    static byte[] version(byte[] object) {
        ByteBuffer bytes = ByteBuffer.wrap(object.clone()).order(ByteOrder.LITTLE_ENDIAN);
        MemorySegment segment = MemorySegment.ofArray(bytes.array());
        bytes.putShort(VERSION_AT, (short) 99);
        int end = bytes.getInt(HEADER_LENGTH_AT) - 4;
        bytes.putInt(end, Checksum.crc32c(segment, 0, end));
        int tail = object.length - 8;
        bytes.putLong(tail, Checksum.xxh3(segment, 0, tail));
        return bytes.array();
    }
}
