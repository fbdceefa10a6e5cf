package io.godwit.format;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import net.openhft.hashing.LongHashFunction;

/// Checksums that find damage. They need no key, and prove nothing against an attacker.
public final class Checksum {
    private static final LongHashFunction XXH3 = LongHashFunction.xx3();

    private Checksum() {}

    /// XXH3, 64 bits, seed 0.
    public static long xxh3(MemorySegment source, long offset, long length) {
        MemorySegment part = source.asSlice(offset, length);
        if (part.isNative()) {
            return XXH3.hashMemory(part.address(), length);
        }
        return part.heapBase().orElse(null) instanceof byte[] array
                ? XXH3.hashBytes(array, Math.toIntExact(part.address()), (int) length)
                : XXH3.hashBytes(part.asByteBuffer());
    }

    /// CRC-32C (Castagnoli), as an int.
    public static int crc32c(MemorySegment source, long offset, long length) {
        CRC32C crc = new CRC32C();
        crc.update(source.asSlice(offset, length).asByteBuffer());
        return (int) crc.getValue();
    }

    /// CRC-32C of the bytes from `position` on, computed by the caller's `crc`, without allocation.
    /// The buffer's position and limit move.
    public static int crc32c(CRC32C crc, ByteBuffer source, int position, int length) {
        crc.reset();
        crc.update(source.limit(position + length).position(position));
        return (int) crc.getValue();
    }
}
