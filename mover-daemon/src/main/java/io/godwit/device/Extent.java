package io.godwit.device;

/// A run of bytes of a volume: `[offset, offset + length)`.
public record Extent(long offset, long length) {
    public Extent {
        if (offset < 0 || length <= 0 || offset + length < 0) {
            throw new IllegalArgumentException(
                    "bad extent: offset=" + offset + " length=" + length);
        }
    }

    public long end() {
        return offset + length;
    }
}
