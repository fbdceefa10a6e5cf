package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/// What stat(2) says about a file.
///
/// @param mode type and permissions
/// @param device of the file system it is on
/// @param inode on that file system
/// @param special the device that it stands for, when it is a device node
record FileStatus(
        int mode, long device, long inode, long special, long sizeBytes, Instant modified) {
    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int BLOCK_DEVICE = 0060000;
    private static final int DIRECTORY = 0040000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final int PIPE = 0010000;

    static FileStatus of(Path path) {
        try {
            Map<String, Object> unix = Files.readAttributes(path, "unix:*");
            return new FileStatus(
                    (int) number(unix, "mode"),
                    number(unix, "dev"),
                    number(unix, "ino"),
                    number(unix, "rdev"),
                    number(unix, "size"),
                    unix.get("lastModifiedTime") instanceof FileTime time
                            ? time.toInstant()
                            : Instant.EPOCH);
        } catch (NoSuchFileException missing) {
            throw Errno.failure(Errno.ENOENT, "open", path.toString());
        } catch (AccessDeniedException denied) {
            throw Errno.failure(Errno.EACCES, "open", path.toString());
        } catch (IOException failure) {
            String message = "cannot look at a file: path=" + path;
            throw new GodwitException(FailureKind.UNAVAILABLE, message, failure)
                    .withObject(path.toString());
        }
    }

    /// Of what a descriptor stands for, whatever its path leads to by now.
    static FileStatus of(int descriptor) {
        return of(Path.of("/proc/self/fd/" + descriptor));
    }

    private static long number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Number value ? value.longValue() : 0;
    }

    boolean isRegular() {
        return (mode & TYPE) == REGULAR;
    }

    boolean isBlockDevice() {
        return (mode & TYPE) == BLOCK_DEVICE;
    }

    boolean isDirectory() {
        return (mode & TYPE) == DIRECTORY;
    }

    boolean isSameFile(FileStatus other) {
        return device == other.device && inode == other.inode;
    }

    /// The type in words: "a directory".
    String type() {
        return switch (mode & TYPE) {
            case REGULAR -> "a file";
            case BLOCK_DEVICE -> "a block device";
            case DIRECTORY -> "a directory";
            case CHARACTER_DEVICE -> "a character device";
            case PIPE -> "a pipe";
            default -> "a socket";
        };
    }
}
