package io.godwit.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;

/// Reads long ranges of files with O_DIRECT, past the page cache.
///
/// Packs are written past it too, so it hardly ever holds what is asked for; and having the kernel
/// find and fill a page for each 4 KiB costs more processor time than decompressing what is in
/// them. Any number of threads. A file system that cannot is asked once.
final class DirectReads {
    /// Below this, waiting for the device costs more than the kernel's reading ahead.
    private static final long LONG_BYTES = 512 << 10;

    private volatile boolean usable;

    DirectReads(StoreTraits traits) {
        usable = DirectWrites.option().isPresent() && !traits.singleHost();
    }

    /// Whether a range is long, and memory, offset and length are aligned. A range may reach beyond
    /// the end of the file.
    boolean fits(long offset, MemorySegment target) {
        return usable
                && target.byteSize() >= LONG_BYTES
                && target.byteSize() <= Integer.MAX_VALUE
                && offset % DirectWrites.ALIGNMENT == 0
                && target.byteSize() % DirectWrites.ALIGNMENT == 0
                && DirectWrites.fits(target);
    }

    /// Reads what [#fits]; returns how many bytes there were, or nothing when it has to be read in
    /// the usual way, which then says why.
    OptionalLong read(Path file, long offset, MemorySegment target) throws NoSuchFileException {
        OpenOption direct = DirectWrites.option().orElseThrow();
        try (FileChannel channel = FileChannel.open(file, Set.of(READ, NOFOLLOW_LINKS, direct))) {
            return OptionalLong.of(fill(channel, offset, target.asByteBuffer()));
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            usable &= e instanceof ClosedByInterruptException;
            return OptionalLong.empty();
        }
    }

    private static long fill(FileChannel channel, long offset, ByteBuffer target)
            throws IOException {
        // A count that is no multiple of a block is the end of the file.
        int count = 1;
        while (count > 0
                && target.hasRemaining()
                && target.position() % DirectWrites.ALIGNMENT == 0) {
            count = channel.read(target, offset + target.position());
        }
        return target.position();
    }
}
