package io.godwit.store;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes new files with O_DIRECT: whole blocks from aligned memory past the page cache, the rest
/// through it.
final class DirectWrites {
    /// The largest unit that a file system asks for; memory, offset and length are multiples of it.
    static final int ALIGNMENT = 4096;

    /// A file is synced when it is done; one call per piece keeps the device busy without a huge
    /// request.
    private static final long PIECE_BYTES = 16L << 20;

    private static final @Nullable OpenOption DIRECT = find();

    private DirectWrites() {}

    /// The JDK's own option for it, in the module `jdk.unsupported`; naming its class would be a
    /// warning.
    private static @Nullable OpenOption find() {
        try {
            Class<?> options = Class.forName("com.sun.nio.file.ExtendedOpenOption");
            for (Object constant : options.getEnumConstants()) {
                if (constant.toString().equals("DIRECT") && constant instanceof OpenOption option) {
                    return option;
                }
            }
            return null;
        } catch (ClassNotFoundException | RuntimeException e) {
            return null;
        }
    }

    /// What opens a file for it; nothing where the JDK has none.
    static Optional<OpenOption> option() {
        return Optional.ofNullable(DIRECT);
    }

    static boolean fits(MemorySegment content) {
        return content.isNative() && content.address() % ALIGNMENT == 0;
    }

    /// Makes, writes and syncs the file.
    static void write(Path file, MemorySegment content) throws IOException {
        if (DIRECT == null) {
            throw new UnsupportedOperationException("no direct writes");
        }
        long blocks = content.byteSize() - content.byteSize() % ALIGNMENT;
        try (FileChannel channel = FileChannel.open(file, Set.of(CREATE_NEW, WRITE, DIRECT))) {
            for (long done = 0; done < blocks; done += PIECE_BYTES) {
                long piece = Math.min(PIECE_BYTES, blocks - done);
                TemporaryFiles.writeFully(channel, content.asSlice(done, piece));
            }
            if (blocks == content.byteSize()) {
                channel.force(false);
                return;
            }
        }
        try (FileChannel channel = FileChannel.open(file, WRITE)) {
            channel.position(blocks);
            TemporaryFiles.writeFully(channel, content.asSlice(blocks));
            channel.force(false);
        }
    }
}
