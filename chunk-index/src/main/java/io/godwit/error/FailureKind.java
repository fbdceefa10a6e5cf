package io.godwit.error;

/// What kind of failure it is, said in terms of what the operator does next.
///
/// The exit codes are a promise to scripts. A kind may be added; none is ever renumbered.
public enum FailureKind {
    /// The call or its input is wrong; nothing was done. Correct the call.
    INVALID(2),
    /// It finished, but some data could not be read or written; the rest is listed. Decide whether
    /// that is enough.
    PARTIAL(3),
    /// There is no such repository, snapshot, volume or file. Look at the name.
    NOT_FOUND(4),
    /// Something stored is not what was stored. Run `verify`, then `repair`.
    CORRUPT(5),
    /// Fenced, or in conflict with another writer; nothing was committed. Run it again.
    FENCED(6),
    /// Wrong password, key or credentials. Bring the right one.
    DENIED(7),
    /// A store, a peer or a disk does not serve, after retries. Try later.
    UNAVAILABLE(8),
    /// It may or may not have taken effect: the answer was lost. Look before trying again.
    INDETERMINATE(8),
    /// Somebody asked it to stop. It can be resumed: run it again.
    INTERRUPTED(130),
    /// A defect of ours. Read the message, and report it.
    INTERNAL(1);

    private final int exitCode;

    FailureKind(int exitCode) {
        this.exitCode = exitCode;
    }

    /// The process exit code that this failure becomes.
    public int exitCode() {
        return exitCode;
    }
}
