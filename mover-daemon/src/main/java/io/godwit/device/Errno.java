package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;

/// Error numbers of Linux, and which failure of ours each one is.
final class Errno {
    static final int EPERM = 1;
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int EIO = 5;
    static final int ENXIO = 6;
    static final int EAGAIN = 11;
    static final int ENOMEM = 12;
    static final int EACCES = 13;
    static final int EBUSY = 16;
    static final int ENODEV = 19;
    static final int ENOTDIR = 20;
    static final int EISDIR = 21;
    static final int EINVAL = 22;
    static final int ENFILE = 23;
    static final int EMFILE = 24;
    static final int ENOTTY = 25;
    static final int ETXTBSY = 26;
    static final int EFBIG = 27;
    static final int ENOSPC = 28;
    static final int EROFS = 30;
    static final int EPIPE = 32;
    static final int ENOSYS = 38;
    static final int ELOOP = 40;
    static final int ENODATA = 61;
    static final int EBADMSG = 74;
    static final int EILSEQ = 84;
    static final int EOPNOTSUPP = 95;
    static final int ETIMEDOUT = 110;
    static final int EUCLEAN = 117;
    static final int EREMOTEIO = 121;
    static final int EDQUOT = 122;
    static final int ENOMEDIUM = 123;

    /// No error number reaches this.
    static final int LIMIT = 4096;

    private Errno() {}

    /// Whether the error is about the blocks that were asked for, so that others may well be fine:
    /// what the block layer and the file systems report for media errors and checksums that do not
    /// match.
    static boolean badBlocks(int errno) {
        return switch (errno) {
            case EIO, ENODATA, EBADMSG, EILSEQ, EUCLEAN, EREMOTEIO -> true;
            default -> false;
        };
    }

    /// Whether the result, a negative error number, only says that this kind of file does not offer
    /// the call.
    static boolean unsupported(int errno) {
        return switch (-errno) {
            case EOPNOTSUPP, ENOTTY, EINVAL, ENOSYS -> true;
            default -> false;
        };
    }

    /// The failure for an error number, positive or negative: `cannot <doing>: <reason>:
    /// path=<object>`.
    static GodwitException failure(int errno, String doing, String object) {
        int number = Math.abs(errno);
        String message = "cannot " + doing + ": " + reason(number) + ": path=" + object;
        return new GodwitException(kind(number), message).withObject(object);
    }

    private static FailureKind kind(int errno) {
        return switch (errno) {
            case ENOENT, ENXIO, ENODEV, ENOMEDIUM -> FailureKind.NOT_FOUND;
            case EPERM, EACCES -> FailureKind.DENIED;
            case EBUSY, ENOTDIR, EISDIR, ETXTBSY, EFBIG, EROFS, ELOOP -> FailureKind.INVALID;
            case ENOSPC, EDQUOT, ENOMEM, ENFILE, EMFILE, EPIPE, EAGAIN, ETIMEDOUT ->
                    FailureKind.UNAVAILABLE;
            default -> badBlocks(errno) ? FailureKind.PARTIAL : FailureKind.INTERNAL;
        };
    }

    static String reason(int errno) {
        return switch (Math.abs(errno)) {
            case ENOENT -> "no such file or directory";
            case ENXIO, ENODEV -> "no such device";
            case ENOMEDIUM -> "no medium in the device";
            case EPERM, EACCES -> "permission denied";
            case EBUSY -> "in use by the system";
            case ENOTDIR -> "a part of the path is not a directory";
            case EISDIR -> "it is a directory";
            case ETXTBSY -> "in use as a program or swap space";
            case EFBIG -> "too large for the file system";
            case EROFS -> "read-only";
            case ELOOP -> "too many symbolic links";
            case ENOSPC -> "disk full";
            case EDQUOT -> "disk quota exceeded";
            case ENOMEM -> "out of memory";
            case ENFILE, EMFILE -> "too many open files";
            case EPIPE -> "the reader is gone";
            case ETIMEDOUT -> "timed out";
            case ENODATA, EREMOTEIO -> "medium error";
            case EBADMSG, EILSEQ, EUCLEAN -> "the file system or device found a bad checksum";
            case EIO -> "input/output error";
            default -> "error number " + Math.abs(errno);
        };
    }
}
