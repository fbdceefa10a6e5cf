package io.godwit.store;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Whole and durable files that have no name of their own yet: `tmp/.<random>-<counter>`. The dot keeps them
/// out of every listing, for no key has a part that starts with one.
final class TemporaryFiles {
    static final String DIRECTORY = "tmp";

    /// Large writes go out in pieces, so that the kernel can start on the first while the rest is copied.
    private static final long PIECE_BYTES = 4L << 20;

    private final Path directory;
    private final RandomGenerator random;
    private final AtomicLong counter = new AtomicLong();
    private volatile long process;

    TemporaryFiles(Path root, StoreTraits traits, RandomGenerator random) {
        this.directory = root.resolve(DIRECTORY);
        this.random = random;
        this.process = random.nextLong();
    }

    Path directory() {
        return directory;
    }

    /// Writes and syncs a new file; leaves none behind when that fails.
    Path write(MemorySegment content) throws IOException {
        while (true) {
            String number = HexFormat.of().toHexDigits(process) + "-" + counter.incrementAndGet();
            Path file = directory.resolve("." + number);
            try (FileChannel channel = FileChannel.open(file, CREATE_NEW, WRITE)) {
                write(file, channel, content);
                return file;
            } catch (FileAlreadyExistsException e) {
                process = nextProcess();
            }
        }
    }

    private void write(Path file, FileChannel channel, MemorySegment content) throws IOException {
        boolean whole = false;
        try {
            for (long done = 0; done < content.byteSize(); done += PIECE_BYTES) {
                long piece = Math.min(PIECE_BYTES, content.byteSize() - done);
                ByteBuffer bytes = content.asSlice(done, piece).asByteBuffer();
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            channel.force(false);
            whole = true;
        } finally {
            if (!whole) {
                discard(file);
            }
        }
    }

    private synchronized long nextProcess() {
        return random.nextLong();
    }

    /// Removes the temporary name. Failing to is no failure of the put: the sweep removes it later.
    void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // the sweep finds it in a day
            return;
        }
    }
}
