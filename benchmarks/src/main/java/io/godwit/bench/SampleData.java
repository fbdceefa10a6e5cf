package io.godwit.bench;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/// Off-heap bytes to measure with: what compresses like a disk's content, and what does not
/// compress at all.
final class SampleData {
    private SampleData() {}

    /// `code`: the JVM's own class library, 2.7 to 1 under zstd-1; `random`: noise by seed.
    static MemorySegment of(String kind, int bytes) throws IOException {
        MemorySegment data = Arena.ofAuto().allocate(bytes);
        byte[] source = new byte[bytes];
        switch (kind) {
            case "random" -> new Random(1).nextBytes(source);
            case "code" -> {
                Path library = Path.of(System.getProperty("java.home"), "lib", "modules");
                byte[] some;
                try (InputStream in = Files.newInputStream(library)) {
                    in.skipNBytes(1 << 20);
                    some = in.readNBytes(bytes);
                }
                for (int at = 0; at < bytes; at += some.length) {
                    System.arraycopy(some, 0, source, at, Math.min(some.length, bytes - at));
                }
            }
            default -> throw new IllegalArgumentException(kind);
        }
        MemorySegment.copy(source, 0, data, ValueLayout.JAVA_BYTE, 0, bytes);
        return data;
    }
}
