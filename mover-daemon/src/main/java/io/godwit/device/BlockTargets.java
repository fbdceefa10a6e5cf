package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.nbd.NbdUri;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/// Opens what a volume is written to, after [TargetChecks].
public final class BlockTargets {
    /// A volume is nobody else's business.
    private static final int NEW_FILE_MODE = 0600;

    private static final Path DEVICES = Path.of("/dev");

    private final TargetRequest request;
    private final TargetChecks checks;

    private BlockTargets(TargetRequest request) {
        this.request = request;
        this.checks = new TargetChecks(request, DeviceUse.ofThisHost());
    }

    /// Opens the target; nothing was written to a device, and a file has the volume's size.
    ///
    /// @throws GodwitException `INVALID` when it is refused, `NOT_FOUND`, `DENIED`
    public static BlockTarget open(TargetRequest request) {
        if (request.target().equals("-")) {
            return new StreamTarget(StandardOutput.claim(), request.volumeBytes());
        }
        if (NbdUri.isOne(request.target())) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "an NBD server is no target yet: target=" + request.target())
                    .withObject(request.target())
                    .withHint("restore to a file or a device; nbdcopy carries a file to a server");
        }
        return new BlockTargets(request).open();
    }

    private BlockTarget open() {
        Path given = path();
        Path target = resolve(given);
        Optional<FileStatus> status =
                Files.exists(target) ? Optional.of(FileStatus.of(target)) : Optional.empty();
        if (status.isEmpty() && isAmongDevices(target)) {
            throw Errno.failure(Errno.ENOENT, "open", target.toString());
        }
        checks.checkPlace(target, status);
        return status.isPresent() && status.get().isBlockDevice()
                ? device(target.toString())
                : file(target.toString(), status.isEmpty());
    }

    /// A device name with a mistake in it must not become a file that fills the memory behind /dev.
    /// What is mounted below it, as /dev/shm, is for files.
    private static boolean isAmongDevices(Path target) {
        Path parent = target.getParent();
        return parent != null
                && parent.startsWith(DEVICES)
                && FileStatus.of(parent).device() == FileStatus.of(DEVICES).device();
    }

    private Path path() {
        try {
            return Path.of(request.target()).toAbsolutePath();
        } catch (InvalidPathException invalid) {
            throw new GodwitException(
                    FailureKind.INVALID, "not a path: " + request.target(), invalid);
        }
    }

    /// Without symbolic links; of a file that is not there yet, its directory.
    private static Path resolve(Path given) {
        if (Files.exists(given)) {
            return BlockSources.canonical(given.toString());
        }
        Path parent = given.getParent();
        Path name = given.getFileName();
        if (Files.exists(given, LinkOption.NOFOLLOW_LINKS) || parent == null || name == null) {
            throw Errno.failure(Errno.ENOENT, "follow the symbolic link", given.toString());
        }
        return BlockSources.canonical(parent.toString()).resolve(name.toString());
    }

    private BlockTarget device(String path) {
        int flags = NativeFiles.O_RDWR | NativeFiles.O_EXCL | NativeFiles.O_DIRECT;
        int descriptor = NativeFiles.open(path, flags, 0);
        if (descriptor == -Errno.EBUSY) {
            throw checks.heldExclusively();
        }
        if (descriptor < 0) {
            throw Errno.failure(descriptor, "open", path);
        }
        int block = NativeFiles.deviceBlock(descriptor);
        long bytes = NativeFiles.deviceSize(descriptor);
        OpenFile device = new OpenFile(descriptor, path, Math.max(1, block));
        try {
            if (block < 0 || bytes < 0) {
                throw Errno.failure((int) Math.min(block, bytes), "ask for the size", path);
            }
            checks.checkDevice(device, bytes);
        } catch (RuntimeException refused) {
            device.close();
            throw refused;
        }
        TargetFacts.Kind kind = TargetFacts.Kind.DEVICE;
        return new DeviceTarget(device, new TargetFacts(kind, path, bytes, block, false));
    }

    private BlockTarget file(String path, boolean isNew) {
        int flags = NativeFiles.O_RDWR | (isNew ? NativeFiles.O_CREAT | NativeFiles.O_EXCL : 0);
        int descriptor = NativeFiles.open(path, flags, NEW_FILE_MODE);
        if (descriptor < 0) {
            throw Errno.failure(descriptor, isNew ? "create" : "open", path);
        }
        OpenFile file = new OpenFile(descriptor, path, 1);
        try {
            long before = FileStatus.of(descriptor).sizeBytes();
            checks.checkFile(before);
            boolean blank = before == 0 || !request.keepContent();
            if (blank && before > 0) {
                truncate(file, 0);
            }
            truncate(file, request.volumeBytes());
            TargetFacts.Kind kind = TargetFacts.Kind.FILE;
            long bytes = request.volumeBytes();
            return new FileTarget(file, new TargetFacts(kind, path, bytes, 1, blank), isNew);
        } catch (RuntimeException refused) {
            file.close();
            if (isNew) {
                NativeFiles.unlink(path);
            }
            throw refused;
        }
    }

    private static void truncate(OpenFile file, long bytes) {
        int result = NativeFiles.truncate(file.descriptor(), bytes);
        if (result < 0) {
            throw Errno.failure(result, "set the size", file.path());
        }
    }
}
