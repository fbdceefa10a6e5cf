package io.godwit.store;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Whole and durable files that have no name of their own yet: `tmp/.<random>-<counter>`. The dot
/// keeps them out of every listing, for no key has a part that starts with one.
///
/// Packs are written past the page cache when their memory is aligned: they are synced at once
/// anyway, and copying each into fresh pages costs several times the processor time of the write
/// itself.
final class TemporaryFiles {
    static final String DIRECTORY = "tmp";

    /// Below this, an extra system call or two costs more than a copy.
    private static final long DIRECT_BYTES = 1L << 20;

    /// Buffered writes go out in pieces, so that other threads get at the file system in between.
    private static final long PIECE_BYTES = 4L << 20;

    private final Path directory;
    private final RandomGenerator random;
    private final AtomicLong counter = new AtomicLong();
    private volatile long process;
    private volatile boolean direct;

    TemporaryFiles(Path root, StoreTraits traits, RandomGenerator random) {
        this.directory = root.resolve(DIRECTORY);
        this.random = random;
        this.process = random.nextLong();
        this.direct = DirectWrites.option().isPresent() && !traits.singleHost();
    }

    Path directory() {
        return directory;
    }

    /// Writes and syncs a new file; leaves none behind when that fails.
    Path write(MemorySegment content) throws IOException {
        if (!direct || content.byteSize() < DIRECT_BYTES || !DirectWrites.fits(content)) {
            return write(content, false);
        }
        try {
            return write(content, true);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            Path file = write(content, false);
            direct = false;
            return file;
        }
    }

    private Path write(MemorySegment content, boolean directly) throws IOException {
        while (true) {
            Path file = unused();
            boolean whole = false;
            try {
                if (directly) {
                    DirectWrites.write(file, content);
                } else {
                    writeBuffered(file, content);
                }
                whole = true;
                return file;
            } catch (FileAlreadyExistsException e) {
                // another process drew the same number, and the file is its own
                whole = true;
                changeProcess();
            } finally {
                if (!whole) {
                    discard(file);
                }
            }
        }
    }

    private static void writeBuffered(Path file, MemorySegment content) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE))) {
            for (long done = 0; done < content.byteSize(); done += PIECE_BYTES) {
                long piece = Math.min(PIECE_BYTES, content.byteSize() - done);
                writeFully(channel, content.asSlice(done, piece));
            }
            channel.force(false);
        }
    }

    static void writeFully(FileChannel channel, MemorySegment content) throws IOException {
        ByteBuffer bytes = content.asByteBuffer();
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// Makes an empty file, to try things with.
    Path empty() throws IOException {
        while (true) {
            try {
                return Files.createFile(unused());
            } catch (FileAlreadyExistsException e) {
                changeProcess();
            }
        }
    }

    /// A name that nobody has, as far as chance goes.
    Path unused() {
        String number = HexFormat.of().toHexDigits(process) + "-" + counter.incrementAndGet();
        return directory.resolve("." + number);
    }

    private synchronized void changeProcess() {
        process = random.nextLong();
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
