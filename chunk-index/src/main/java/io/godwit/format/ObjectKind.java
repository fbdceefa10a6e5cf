package io.godwit.format;

import java.util.Locale;

/// What an object is. The code stands in its header; codes are never reused.
///
/// The version is that of the kind's content. This program writes `version` and reads `oldest` to
/// `version`.
public enum ObjectKind {
    CONFIG(1),
    KEY_SLOT(2),
    KEY_RING(3),
    PACK(4),
    INDEX_SEGMENT(5),
    SESSION_OPEN(6),
    SESSION_ACK(7),
    SESSION_OUTCOME(8),
    SNAPSHOT(9),
    TOMBSTONE(10),
    PLAN(11),
    SWEEP(12),
    DONE(13),
    CATALOGUE(14),
    INDEX_ROOT(15),
    INDEX_SHARD(16),
    LOSSES(17),

    // Files of one machine, never in a store.
    /// What the local cache knows beside its tables.
    LOCAL_FACTS(0x8001),
    /// What an interrupted attempt had finished.
    LOCAL_JOURNAL(0x8002),
    /// Writes on top of a snapshot.
    LOCAL_OVERLAY(0x8003);

    private final int code;

    ObjectKind(int code) {
        this.code = code;
    }

    /// The number in the header, 16 bits.
    public int code() {
        return code;
    }

    /// The version that is written, and the newest that is read.
    public int version() {
        return 1;
    }

    /// The oldest version that is still read.
    public int oldest() {
        return 1;
    }

    /// As it stands in messages: `key-slot`.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
