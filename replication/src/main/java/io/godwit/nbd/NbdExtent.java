package io.godwit.nbd;

/// A run of bytes of which the server says whether they read as zeros.
public record NbdExtent(long offset, long length, boolean zero) {
    public long end() {
        return offset + length;
    }
}
