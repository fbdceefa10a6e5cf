package io.godwit.digest;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HexFormat;

/// A process that prints the name of a kernel and a digest over the digests of 21 leaves that it
/// hashed.
final class Probe {
    private static final int LEAVES = 21;

    private Probe() {}

    public static void main(String[] arguments) {
        LeafHasher hasher;
        try {
            hasher = LeafHashers.create(KeyedGolden.KEY, Kernel.valueOf(arguments[0]));
        } catch (IllegalStateException e) {
            System.out.println(e.getClass().getSimpleName());
            return;
        }
        System.out.println(hasher.kernel() + " " + digests(hasher));
    }

    static String digests(LeafHasher hasher) {
        int bytes = LEAVES * LeafHasher.LEAF_BYTES;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment source = arena.allocate(bytes);
            MemorySegment.copy(
                    MemorySegment.ofArray(KeyedGolden.input(bytes)), 0, source, 0, bytes);
            MemorySegment digests = arena.allocate(LEAVES * (long) LeafHasher.DIGEST_BYTES);
            hasher.hashLeaves(source, 0, LEAVES, digests, 0);
            KeyedHasher over = new KeyedHasher(KeyedGolden.KEY);
            over.update(digests, 0, digests.byteSize());
            return HexFormat.of().formatHex(over.finish());
        }
    }
}
