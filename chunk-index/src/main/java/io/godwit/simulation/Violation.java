package io.godwit.simulation;

/// Something happened that must never happen. It ends the history.
public final class Violation extends Error {
    private static final long serialVersionUID = 1L;

    private final String rule;

    /// @param rule in a few words, the same for all violations of one kind
    /// @param detail what happened, with names
    public Violation(String rule, String detail) {
        super(rule + ": " + detail, null, false, false);
        this.rule = rule;
    }

    public String rule() {
        return rule;
    }
}
