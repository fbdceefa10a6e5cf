package io.godwit.index;

/// Is shown facts, one after the other.
@FunctionalInterface
interface FactVisitor {
    void fact(byte[] key, byte[] value);
}
