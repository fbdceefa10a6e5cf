package io.godwit.nbd;

/// Error numbers that servers answer requests with.
public final class NbdErrors {
    public static final int NONE = 0;
    public static final int EPERM = 1;
    public static final int EIO = 5;
    public static final int ENOMEM = 12;
    public static final int EINVAL = 22;
    public static final int ENOSPC = 28;
    public static final int EOVERFLOW = 75;
    public static final int ENOTSUP = 95;
    public static final int ESHUTDOWN = 108;

    private NbdErrors() {}

    /// Whether the same request may succeed later.
    static boolean isTransient(int error) {
        return error == ENOMEM || error == ESHUTDOWN;
    }

    /// For people.
    public static String reason(int error) {
        return switch (error) {
            case EPERM -> "the server does not permit it";
            case EIO -> "input/output error";
            case ENOMEM -> "the server is out of memory";
            case EINVAL -> "the server calls the request invalid";
            case ENOSPC -> "the server has no space left";
            case EOVERFLOW -> "the server cannot return so much";
            case ENOTSUP -> "the server does not support it";
            case ESHUTDOWN -> "the server is shutting down";
            default -> "the server's error number " + error;
        };
    }
}
