package io.godwit.device;

/// What every positional call checks first.
final class Bounds {
    private Bounds() {}

    static void check(long offset, long length, long size) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IllegalArgumentException(
                    "outside of it: offset=" + offset + " length=" + length + " size=" + size);
        }
    }

    /// The next multiple of the block.
    static long roundUp(long bytes) {
        return (bytes + BlockReader.BLOCK_BYTES - 1) & -BlockReader.BLOCK_BYTES;
    }
}
