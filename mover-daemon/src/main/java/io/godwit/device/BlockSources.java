package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.nbd.NbdPatience;
import io.godwit.nbd.NbdUri;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Instant;

/// Opens what a volume is read from.
public final class BlockSources {
    private static final int STANDARD_INPUT = 0;

    private BlockSources() {}

    /// Opens `-` (standard input), an export of an NBD server, a block device or a raw image.
    ///
    /// @throws GodwitException `NOT_FOUND` when there is no such thing, `DENIED` when it may not be
    ///     read, `INVALID` when it is none of these, `UNAVAILABLE` when a server does not answer
    public static BlockSource open(String source) {
        if (source.equals("-")) {
            return new StreamSource(STANDARD_INPUT);
        }
        if (NbdUri.isOne(source)) {
            return NbdSource.open(source, NbdPatience.DEFAULT);
        }
        Path path = canonical(source);
        FileStatus status = FileStatus.of(path);
        if (status.isBlockDevice()) {
            return device(path.toString(), status);
        }
        if (status.isRegular()) {
            return image(path.toString());
        }
        throw notReadable(path, status);
    }

    /// The path without symbolic links.
    static Path canonical(String path) {
        try {
            return Path.of(path).toRealPath();
        } catch (InvalidPathException invalid) {
            throw new GodwitException(FailureKind.INVALID, "not a path: " + path, invalid);
        } catch (IOException unresolved) {
            // It is missing, or a part of it may not be searched: looking at it tells which.
            FileStatus.of(Path.of(path));
            throw new GodwitException(
                    FailureKind.INVALID, "cannot follow the path: path=" + path, unresolved);
        }
    }

    private static GodwitException notReadable(Path path, FileStatus status) {
        GodwitException failure =
                new GodwitException(
                        FailureKind.INVALID,
                        "not a block device or raw image but " + status.type() + ": path=" + path);
        return failure.withObject(path.toString())
                .withHint(
                        status.isDirectory()
                                ? "name the device that its file system is on, best a snapshot of"
                                        + " it"
                                : "use - and redirect it to standard input");
    }

    private static BlockSource image(String path) {
        int flags = NativeFiles.O_RDONLY | NativeFiles.O_NONBLOCK;
        OpenFile file = new OpenFile(descriptor(path, flags), path, 1);
        // Only a hint, so the result does not matter: an image that is not in the page cache is
        // read about twice as fast.
        NativeFiles.advise(file.descriptor(), 0, 0, NativeFiles.FADV_SEQUENTIAL);
        FileStatus opened = FileStatus.of(file.descriptor());
        return new FileSource(
                file,
                new SourceFacts(
                        SourceFacts.Kind.FILE,
                        path,
                        opened.sizeBytes(),
                        1,
                        opened.device(),
                        opened.inode(),
                        opened.modified()));
    }

    private static BlockSource device(String path, FileStatus status) {
        int descriptor = descriptor(path, NativeFiles.O_RDONLY | NativeFiles.O_DIRECT);
        int block = NativeFiles.deviceBlock(descriptor);
        long bytes = NativeFiles.deviceSize(descriptor);
        if (block < 0 || bytes < 0) {
            NativeFiles.close(descriptor);
            throw Errno.failure((int) Math.min(block, bytes), "ask for the size", path);
        }
        return new FileSource(
                new OpenFile(descriptor, path, block),
                new SourceFacts(
                        SourceFacts.Kind.DEVICE,
                        path,
                        bytes,
                        block,
                        status.special(),
                        0,
                        Instant.EPOCH));
    }

    private static int descriptor(String path, int flags) {
        int descriptor = NativeFiles.open(path, flags, 0);
        if (descriptor < 0) {
            throw Errno.failure(descriptor, "open", path);
        }
        return descriptor;
    }
}
