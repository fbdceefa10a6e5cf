package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackNames;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// A failure as it is told: to people in one sentence, to programs as an `error` object, to scripts
/// as an exit code.
///
/// @param details the stack trace, for `-v`
record Failure(
        FailureKind kind,
        int exitCode,
        String message,
        Optional<String> object,
        OptionalLong offset,
        Optional<String> hint,
        String details) {

    /// Translates whatever was thrown.
    ///
    /// @param interruptedCode the exit code when somebody asked the process to stop
    static Failure of(Throwable thrown, int interruptedCode) {
        GodwitException known = understood(thrown);
        int exitCode =
                known.kind() == FailureKind.INTERRUPTED ? interruptedCode : known.kind().exitCode();
        return new Failure(
                known.kind(),
                exitCode,
                oneLine(String.valueOf(known.getMessage())),
                known.object(),
                known.offset(),
                known.hint().map(Failure::oneLine),
                stackTrace(thrown));
    }

    private static GodwitException understood(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof GodwitException known) {
                return isPack(known.object()) ? missingPack(known) : known;
            }
            if (cause instanceof InterruptedException) {
                return new GodwitException(FailureKind.INTERRUPTED, "interrupted", thrown);
            }
            if (cause instanceof OutOfMemoryError) {
                return outOfMemory(cause);
            }
            String message = String.valueOf(cause.getMessage());
            if (message.contains("No space left on device") || message.contains("quota exceeded")) {
                return new GodwitException(FailureKind.UNAVAILABLE, "disk full: " + message, thrown)
                        .withHint("free some space and run it again");
            }
        }
        return unexpected(thrown);
    }

    private static boolean isPack(Optional<String> object) {
        return object.filter(
                        name ->
                                name.startsWith(PackNames.DATA_PREFIX)
                                        || name.startsWith(PackNames.METADATA_PREFIX))
                .isPresent();
    }

    /// Nobody names a pack in a call. Where one is not there, what was stored is lost.
    private static GodwitException missingPack(GodwitException known) {
        if (known.kind() != FailureKind.NOT_FOUND) {
            return known;
        }
        return new GodwitException(FailureKind.CORRUPT, String.valueOf(known.getMessage()), known)
                .withObject(known.object().orElseThrow());
    }

    private static GodwitException outOfMemory(Throwable cause) {
        long heap = Runtime.getRuntime().maxMemory();
        return new GodwitException(
                        FailureKind.INTERNAL,
                        "out of memory: heap=" + ByteSize.text(heap).replace(" ", ""),
                        cause)
                .withHint("lower --threads, or give the JVM more: GODWIT_JAVA_OPTS=-Xmx256m");
    }

    private static GodwitException unexpected(Throwable thrown) {
        String message = thrown.getMessage() == null ? "" : " " + thrown.getMessage();
        return new GodwitException(
                        FailureKind.INTERNAL,
                        "unexpected: " + thrown.getClass().getSimpleName() + message,
                        thrown)
                .withHint("this is a defect; run it again with -v and report what it prints");
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    /// One sentence: what, where, what to do. Where nobody said better, what to do about such a
    /// failure in general.
    String sentence() {
        return "godwit: " + message + "; " + hint.orElseGet(this::generalHint);
    }

    void json(JsonLine json) {
        json.text("kind", kind.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .number("exitCode", exitCode)
                .text("message", message);
        object.ifPresent(name -> json.text("object", name));
        offset.ifPresent(at -> json.number("offset", at));
        json.text("hint", hint.orElseGet(this::generalHint));
    }

    private String generalHint() {
        return switch (kind) {
            case INVALID -> "correct the call: godwit --help";
            case PARTIAL -> "decide whether what is there is enough";
            case NOT_FOUND -> "look at the name";
            case CORRUPT -> "find out what else is damaged: godwit verify";
            case FENCED, INTERRUPTED -> "run it again";
            case DENIED -> "bring the right password, key or credentials";
            case UNAVAILABLE -> "try again later";
            case INDETERMINATE -> "look whether it took effect: godwit snapshots";
            case INTERNAL -> "run it again with -v and report what it prints";
        };
    }
}
