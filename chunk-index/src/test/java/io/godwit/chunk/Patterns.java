package io.godwit.chunk;

import java.util.Arrays;
import java.util.function.IntToLongFunction;

/// Inputs that golden vectors name, computed from nothing else than their definition.
final class Patterns {
    private Patterns() {}

    /// The value of leaf i is `f(i)`.
    static long[] values(int leaves, IntToLongFunction f) {
        long[] values = new long[leaves];
        Arrays.setAll(values, f);
        return values;
    }

    /// The inputs of the golden file for the leaf rule.
    static long[] named(String name, int leaves) {
        return switch (name) {
            case "constant" -> values(leaves, i -> 42);
            case "alternating" -> values(leaves, i -> i % 2);
            case "ascending" -> values(leaves, i -> i);
            case "descending" -> values(leaves, i -> -1L - i);
            case "random" -> values(leaves, Patterns::mix);
            default -> {
                if (!name.startsWith("period")) {
                    throw new IllegalArgumentException("unknown pattern: " + name);
                }
                int period = Integer.parseInt(name.substring("period".length()));
                yield values(leaves, i -> mix(i % period));
            }
        };
    }

    /// Byte i is the low byte of `mix(i)`.
    static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) mix(i);
        }
        return bytes;
    }

    /// SplitMix64: the output of the generator seeded with 0 after i+1 steps.
    static long mix(long i) {
        long z = (i + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
