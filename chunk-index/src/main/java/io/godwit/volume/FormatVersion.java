package io.godwit.volume;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;

/// The three bytes that pages, nodes and roots start with: kind, version, flags.
final class FormatVersion {
    private FormatVersion() {}

    /// Reads them and refuses what this program cannot read: damage, or what a newer one wrote.
    static void require(ByteReader in, int kind, int newest, String name) {
        int actualKind = in.u8();
        int version = in.u8();
        int flags = in.u8();
        if (actualKind != kind || version == 0) {
            throw in.corrupt("not a " + name + ": kind=" + actualKind + " version=" + version);
        }
        if (version > newest || flags != 0) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            name + " is too new: version=" + version + " flags=" + flags)
                    .withHint("use a newer godwit");
        }
    }
}
