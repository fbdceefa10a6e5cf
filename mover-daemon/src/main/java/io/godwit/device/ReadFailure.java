package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.List;

/// Blocks of a source that cannot be read, while others may be: the one failure of a read that a
/// caller goes on from.
///
/// Thrown by [BlockSource#read]: everything of that read before [#offset] was delivered. Returned
/// by [Salvage]: [#bad] names exactly the 4 KiB blocks that cannot be read, which are zero in the
/// buffer, and all others are valid. Whoever does not go on throws [#toGodwit].
public final class ReadFailure extends RuntimeException {
    private final String source;
    private final String reason;
    private final List<Extent> bad;

    public ReadFailure(String source, String reason, List<Extent> bad) {
        super(message(source, reason, bad));
        this.source = source;
        this.reason = reason;
        this.bad = List.copyOf(bad);
    }

    private static String message(String source, String reason, List<Extent> bad) {
        Extent first = bad.getFirst();
        long bytes = bad.stream().mapToLong(Extent::length).sum();
        return "cannot read: "
                + reason
                + ": path="
                + source
                + " offset="
                + first.offset()
                + " length="
                + bytes
                + (bad.size() > 1 ? " extents=" + bad.size() : "");
    }

    /// Where the first unreadable block is.
    public long offset() {
        return bad.getFirst().offset();
    }

    /// What cannot be read: ascending, never overlapping or touching, and never empty.
    public List<Extent> bad() {
        return bad;
    }

    /// What the system said, for people.
    public String reason() {
        return reason;
    }

    public GodwitException toGodwit() {
        return new GodwitException(FailureKind.PARTIAL, String.valueOf(getMessage()), this)
                .withObject(source)
                .withOffset(offset());
    }
}
