package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;

/// Blocks of a target that cannot be written, while others may be: a restore lists them and goes
/// on.
///
/// Thrown by [BlockTarget#write] and [BlockTarget#zero]; everything of that call before the extent
/// was written. Whoever does not go on throws [#toGodwit].
public final class WriteFailure extends RuntimeException {
    private final String target;
    private final String reason;
    private final Extent rest;

    public WriteFailure(String target, String reason, Extent rest) {
        super(
                "cannot write: "
                        + reason
                        + ": path="
                        + target
                        + " offset="
                        + rest.offset()
                        + " length="
                        + rest.length());
        this.target = target;
        this.reason = reason;
        this.rest = rest;
    }

    /// What was not written of the call: its first block failed, the others were not tried.
    public Extent rest() {
        return rest;
    }

    /// What the system said, for people.
    public String reason() {
        return reason;
    }

    public GodwitException toGodwit() {
        return new GodwitException(FailureKind.PARTIAL, String.valueOf(getMessage()), this)
                .withObject(target)
                .withOffset(rest.offset());
    }
}
