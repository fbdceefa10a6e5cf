package io.godwit.pack;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;

/// How records are compressed. What is written says so record by record: a repository may hold all
/// of them.
public sealed interface Codec {
    int RAW_CODE = 0;
    int ZSTD_CODE = 1;
    int LZ4_CODE = 2;

    /// Zstandard, one frame per record, without content size or checksum: both stand in the record
    /// already.
    ///
    /// @param level -5 (fast) to 19 (small)
    record Zstd(int level) implements Codec {
        static final int MIN = -5;
        static final int MAX = 19;

        public Zstd {
            if (level < MIN || level > MAX) {
                throw new IllegalArgumentException("zstd level out of range: " + level);
            }
        }

        @Override
        public String text() {
            return "zstd:" + level;
        }
    }

    /// LZ4, one block per record.
    record Lz4() implements Codec {
        @Override
        public String text() {
            return "lz4";
        }
    }

    /// As it is.
    record None() implements Codec {
        @Override
        public String text() {
            return "none";
        }
    }

    /// Canonical: [#parse] reads it back.
    String text();

    /// Reads `zstd`, `zstd:LEVEL`, `lz4` or `none`.
    static Codec parse(String text) {
        return switch (text) {
            case "zstd" -> new Zstd(1);
            case "lz4" -> new Lz4();
            case "none" -> new None();
            default -> parseLevel(text);
        };
    }

    private static Codec parseLevel(String text) {
        if (text.startsWith("zstd:")) {
            try {
                return new Zstd(Integer.parseInt(text.substring(5)));
            } catch (IllegalArgumentException e) {
                throw unknown(text, e);
            }
        }
        throw unknown(text, new IllegalArgumentException(text));
    }

    private static GodwitException unknown(String text, Exception cause) {
        return new GodwitException(FailureKind.INVALID, "unknown compression: " + text, cause)
                .withHint("use zstd:LEVEL with a level from -5 to 19, lz4, or none");
    }
}
