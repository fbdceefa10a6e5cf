package io.godwit.pipeline;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// The model of a volume: its blocks that are not all zeros. Copies are cheap, blocks are never
/// changed in place.
final class SparseImage {
    static final int BLOCK = 4096;
    private static final byte[] ZEROS = new byte[BLOCK];

    private final TreeMap<Long, byte[]> blocks = new TreeMap<>();
    private long size;

    SparseImage(long size) {
        this.size = size;
    }

    SparseImage copy() {
        SparseImage copy = new SparseImage(size);
        copy.blocks.putAll(blocks);
        return copy;
    }

    long size() {
        return size;
    }

    void resize(long newSize) {
        if (newSize < size) {
            blocks.tailMap(newSize / BLOCK + (newSize % BLOCK == 0 ? 0 : 1), true).clear();
            if (newSize % BLOCK != 0) {
                byte[] last = block(newSize / BLOCK).clone();
                Arrays.fill(last, (int) (newSize % BLOCK), BLOCK, (byte) 0);
                put(newSize / BLOCK, last);
            }
        }
        size = newSize;
    }

    byte[] block(long number) {
        return blocks.getOrDefault(number, ZEROS);
    }

    private void put(long number, byte[] content) {
        if (Arrays.equals(content, ZEROS)) {
            blocks.remove(number);
        } else {
            blocks.put(number, content);
        }
    }

    void write(long offset, byte[] content) {
        int done = 0;
        while (done < content.length && offset + done < size) {
            long at = offset + done;
            int inside = (int) (at % BLOCK);
            int count = (int) Math.min(Math.min(BLOCK - inside, content.length - done), size - at);
            byte[] changed = block(at / BLOCK).clone();
            System.arraycopy(content, done, changed, inside, count);
            put(at / BLOCK, changed);
            done += count;
        }
    }

    void zero(long offset, long length) {
        write(offset, new byte[(int) Math.min(length, size - offset)]);
    }

    byte[] read(long offset, int length) {
        byte[] content = new byte[length];
        for (int done = 0; done < length; ) {
            long at = offset + done;
            int inside = (int) (at % BLOCK);
            int count = Math.min(BLOCK - inside, length - done);
            System.arraycopy(block(at / BLOCK), inside, content, done, count);
            done += count;
        }
        return content;
    }

    /// Bytes of blocks that are not all zeros.
    long dataBytes() {
        long sum = 0;
        for (long number : blocks.keySet()) {
            sum += Math.min(BLOCK, size - number * BLOCK);
        }
        return sum;
    }

    /// The numbers of blocks that differ; what only one of both has reads as zeros in the other.
    Set<Long> differing(SparseImage other) {
        Set<Long> found = new TreeSet<>();
        for (long number : blocks.keySet()) {
            if (!Arrays.equals(block(number), other.block(number))) {
                found.add(number);
            }
        }
        for (long number : other.blocks.keySet()) {
            if (!blocks.containsKey(number)) {
                found.add(number);
            }
        }
        found.removeIf(number -> number * BLOCK >= size);
        return found;
    }

    /// Writes a sparse file.
    Path save(Path file) throws IOException {
        try (FileChannel out =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.SPARSE,
                        StandardOpenOption.WRITE)) {
            for (Map.Entry<Long, byte[]> entry : blocks.entrySet()) {
                int length = (int) Math.min(BLOCK, size - entry.getKey() * BLOCK);
                out.write(ByteBuffer.wrap(entry.getValue(), 0, length), entry.getKey() * BLOCK);
            }
            if (out.size() < size) {
                out.write(ByteBuffer.allocate(1), size - 1);
            }
        }
        return file;
    }

    /// Writes every byte, zeros too: a file without holes.
    Path saveFull(Path file) throws IOException {
        try (FileChannel out =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            for (long at = 0; at < size; at += 1 << 20) {
                ByteBuffer part = ByteBuffer.wrap(read(at, (int) Math.min(1 << 20, size - at)));
                while (part.hasRemaining()) {
                    out.write(part);
                }
            }
        }
        return file;
    }

    /// Where a file differs from bytes `[from, to)` of this, as an offset in the file; -1 when it
    /// does not.
    long mismatch(Path file, long from, long to) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            if (in.size() != to - from) {
                return Math.min(in.size(), to - from);
            }
            ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
            for (long at = 0; at < to - from; ) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), to - from - at));
                while (buffer.hasRemaining() && in.read(buffer, at + buffer.position()) > 0) {}
                byte[] expected = read(from + at, buffer.limit());
                int found =
                        Arrays.mismatch(expected, Arrays.copyOf(buffer.array(), buffer.limit()));
                if (found >= 0) {
                    return at + found;
                }
                at += buffer.limit();
            }
            return -1;
        }
    }

    long mismatch(Path file) throws IOException {
        return mismatch(file, 0, size);
    }

    // ---- contents

    /// Bytes of a mixture: noise, text that compresses, repeated blocks, zeros.
    static byte[] mixture(RandomGenerator random, int length) {
        byte[] content = new byte[length];
        byte[] repeated = new byte[BLOCK];
        random.nextBytes(repeated);
        for (int at = 0; at < length; ) {
            int run = Math.min(length - at, BLOCK * (1 + random.nextInt(40)));
            switch (random.nextInt(4)) {
                case 0 -> fillRandom(random, content, at, run);
                case 1 -> fillText(random, content, at, run);
                case 2 -> {
                    for (int i = 0; i < run; i++) {
                        content[at + i] = repeated[i % BLOCK];
                    }
                }
                default -> {}
            }
            at += run;
        }
        return content;
    }

    static byte[] noise(RandomGenerator random, int length) {
        byte[] content = new byte[length];
        random.nextBytes(content);
        return content;
    }

    private static void fillRandom(RandomGenerator random, byte[] content, int at, int length) {
        byte[] noise = noise(random, length);
        System.arraycopy(noise, 0, content, at, length);
    }

    private static void fillText(RandomGenerator random, byte[] content, int at, int length) {
        for (int i = 0; i < length; i++) {
            content[at + i] = (byte) ('a' + random.nextInt(4));
        }
    }
}
