package io.godwit.nbd;

/// A connection that is of no use any more: closed, silent, or out of step with the protocol. What
/// was asked over it can be asked again over another.
final class NbdConnectionLost extends RuntimeException {
    NbdConnectionLost(String reason) {
        super(reason);
    }

    NbdConnectionLost(String reason, Throwable cause) {
        super(reason, cause);
    }

    /// The server said something that the protocol does not permit.
    static NbdConnectionLost violation(String what) {
        return new NbdConnectionLost("the server breaks the protocol: " + what);
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
