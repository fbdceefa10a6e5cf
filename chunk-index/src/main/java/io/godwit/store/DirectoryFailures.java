package io.godwit.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// Says what an `IOException` of the file system means for the operator.
///
/// Java passes on the system's words, not its number, and only some causes have a type. So the
/// words decide where they are known (they are English in every locale that is not installed), and
/// where they say nothing the file system is asked: is it full, is it read-only, may we write?
final class DirectoryFailures {
    /// What is left when the last write did not fit may be a few blocks.
    private static final long FULL_BYTES = 64 << 10;

    private final Path root;
    private final StoreTraits traits;

    DirectoryFailures(Path root, StoreTraits traits) {
        this.root = root;
        this.traits = traits;
    }

    GodwitException put(IOException e, ObjectKey key) {
        return classify(e, "put", key.value(), FailureKind.UNAVAILABLE);
    }

    GodwitException delete(IOException e, ObjectKey key) {
        return classify(e, "delete", key.value(), FailureKind.UNAVAILABLE);
    }

    GodwitException list(IOException e, String prefix) {
        return classify(e, "list", prefix, FailureKind.UNAVAILABLE);
    }

    /// A local disk that cannot read a block any more has lost what was stored there.
    GodwitException read(IOException e, ObjectKey key, long offset) {
        boolean medium = words(e).contains("input/output error") && !traits.singleHost();
        FailureKind otherwise = medium ? FailureKind.CORRUPT : FailureKind.UNAVAILABLE;
        return classify(e, "read", key.value(), otherwise).withOffset(offset);
    }

    GodwitException shrank(ObjectKey key, long offset, long length) {
        String facts = "object=" + key + " offset=" + offset + " length=" + length;
        return new GodwitException(
                        FailureKind.CORRUPT, "object became shorter while it was read: " + facts)
                .withObject(key.value())
                .withOffset(offset);
    }

    GodwitException inDoubt(IOException e, ObjectKey key) {
        String what = "object was linked but its directory could not be synced: object=";
        return new GodwitException(
                        FailureKind.INDETERMINATE, what + key + " (" + reason(e) + ")", e)
                .withObject(key.value());
    }

    GodwitException lostTemporary(IOException e, ObjectKey key) {
        String what = "file or directory of a put was removed meanwhile: object=";
        return new GodwitException(FailureKind.UNAVAILABLE, what + key + " (" + reason(e) + ")", e)
                .withObject(key.value());
    }

    /// No object can be under this name: nothing is there, a directory is, or a file is above it.
    boolean absent(Path path) {
        if (Files.isDirectory(path, NOFOLLOW_LINKS)) {
            return true;
        }
        for (Path up = path.getParent(); up != null && up.startsWith(root); up = up.getParent()) {
            if (Files.isRegularFile(up, NOFOLLOW_LINKS)) {
                return true;
            }
        }
        return false;
    }

    private GodwitException classify(
            IOException e, String doing, String object, FailureKind otherwise) {
        if (e instanceof ClosedByInterruptException) {
            return StoreFailures.interrupted(doing + " " + object).withObject(object);
        }
        Cause cause = causeOf(e);
        return switch (cause) {
            case FULL ->
                    failure(FailureKind.UNAVAILABLE, "disk full", doing, object, e)
                            .withHint("free some space, then run it again");
            case QUOTA ->
                    failure(FailureKind.UNAVAILABLE, "disk full (quota)", doing, object, e)
                            .withHint("free some space or raise the quota, then run it again");
            case READ_ONLY ->
                    failure(FailureKind.UNAVAILABLE, "file system is read-only", doing, object, e)
                            .withHint("mount it writable, and look why it is not");
            case DENIED -> failure(FailureKind.DENIED, "access denied", doing, object, e);
            case TOO_MANY_FILES ->
                    failure(FailureKind.UNAVAILABLE, "too many open files", doing, object, e)
                            .withHint("raise the limit of open files (ulimit -n)");
            case OTHER -> failure(otherwise, doing + " failed", doing, object, e);
        };
    }

    private enum Cause {
        FULL,
        QUOTA,
        READ_ONLY,
        DENIED,
        TOO_MANY_FILES,
        OTHER
    }

    private Cause causeOf(IOException e) {
        String words = words(e);
        if (words.contains("no space left")) {
            return Cause.FULL;
        }
        if (words.contains("quota exceeded")) {
            return Cause.QUOTA;
        }
        if (words.contains("read-only file system")) {
            return Cause.READ_ONLY;
        }
        if (e instanceof AccessDeniedException
                || words.contains("not permitted")
                || words.contains("permission denied")) {
            return Cause.DENIED;
        }
        if (words.contains("too many open files")) {
            return Cause.TOO_MANY_FILES;
        }
        return words.contains("input/output error") ? Cause.OTHER : askFileSystem();
    }

    /// For words that we do not know, in whatever language they are.
    private Cause askFileSystem() {
        try {
            FileStore volume = Files.getFileStore(root);
            if (volume.isReadOnly()) {
                return Cause.READ_ONLY;
            }
            if (volume.getUsableSpace() < FULL_BYTES) {
                return Cause.FULL;
            }
            return Cause.OTHER;
        } catch (IOException | SecurityException e) {
            return Cause.OTHER;
        }
    }

    private GodwitException failure(
            FailureKind kind, String what, String doing, String object, IOException e) {
        String facts = "doing=" + doing + " object=" + object + " store=" + root;
        String message = what + ": " + facts + " (" + reason(e) + ")";
        return new GodwitException(kind, message, e).withObject(object);
    }

    private static String words(IOException e) {
        return reason(e).toLowerCase(Locale.ROOT);
    }

    private static String reason(IOException e) {
        if (e instanceof FileSystemException system && system.getReason() != null) {
            return system.getReason();
        }
        String message = e.getMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
