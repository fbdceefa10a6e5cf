package io.godwit.volume;

/// Is shown extents of a volume in ascending order, none touching the one before.
@FunctionalInterface
public interface ExtentVisitor {
    /// Called once for each extent.
    ///
    /// @param offset in bytes from the volume's start
    /// @param length in bytes
    void extent(long offset, long length);
}
