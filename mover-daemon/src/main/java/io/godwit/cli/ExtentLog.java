package io.godwit.cli;

import java.util.ArrayList;
import java.util.List;

/// Remembers millions of extents that come in order, each in a few bytes: gaps and lengths, as
/// variable-length numbers. Written, then read; by one thread.
final class ExtentLog {
    private static final int BLOCK_BYTES = 1 << 16;
    private static final int MAX_NUMBER_BYTES = 9;

    private final List<byte[]> blocks = new ArrayList<>();
    private byte[] block = new byte[0];
    private int used;
    private long end;
    private long count;
    private long bytes;

    /// Shows an extent.
    @FunctionalInterface
    interface Visitor {
        void extent(long offset, long length);
    }

    /// @param offset not before the end of the extent before
    void add(long offset, long length) {
        if (offset < end || length <= 0) {
            throw new IllegalArgumentException(
                    "extent out of order: offset=%d length=%d".formatted(offset, length));
        }
        if (block.length - used < 2 * MAX_NUMBER_BYTES) {
            block = new byte[BLOCK_BYTES];
            blocks.add(block);
            used = 0;
        }
        number(offset - end);
        number(length);
        end = offset + length;
        count++;
        bytes += length;
    }

    private void number(long value) {
        long rest = value;
        for (; rest > 0x7f; rest >>>= 7) {
            block[used++] = (byte) (rest | 0x80);
        }
        block[used++] = (byte) rest;
    }

    long count() {
        return count;
    }

    /// Of all extents together.
    long bytes() {
        return bytes;
    }

    void forEach(Visitor visitor) {
        Reading reading = new Reading();
        long last = 0;
        for (long i = 0; i < count; i++) {
            reading.extent();
            long offset = last + reading.number();
            long length = reading.number();
            visitor.extent(offset, length);
            last = offset + length;
        }
    }

    private final class Reading {
        private int next;
        private int at = BLOCK_BYTES;

        /// No extent stands across two blocks; what is left of one is too short for another.
        void extent() {
            if (BLOCK_BYTES - at < 2 * MAX_NUMBER_BYTES) {
                next++;
                at = 0;
            }
        }

        long number() {
            byte[] from = blocks.get(next - 1);
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte b = from[at++];
                value |= (b & 0x7fL) << shift;
                if (b >= 0) {
                    return value;
                }
            }
        }
    }
}
