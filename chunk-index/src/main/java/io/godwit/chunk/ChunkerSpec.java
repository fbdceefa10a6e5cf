package io.godwit.chunk;

import io.godwit.digest.LeafHasher;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;

/// Which chunker cuts a snapshot's data, and its one parameter. Dedup works within one spec.
///
/// The text form stands in each snapshot: it always names the size, so that a later default changes
/// nothing.
public sealed interface ChunkerSpec {
    /// The size that `gear` and `fixed` take when none is given.
    ///
    /// Of 4 GiB images of real file systems, 64 KiB dedups within 4 % of what any size does, and
    /// each doubling of it costs several percent more; halving it doubles index, pages and ids
    /// instead.
    int DEFAULT_BYTES = 64 << 10;

    /// Cuts at local minima of leaf digests: 8 to 64 leaves, 15 on average. For volumes.
    record Leaf() implements ChunkerSpec {
        @Override
        public String text() {
            return "leaf";
        }

        @Override
        public int grain() {
            return LeafHasher.LEAF_BYTES;
        }
    }

    /// Cuts where a keyed rolling hash is small: anywhere. For streams, whose data may shift by any
    /// distance.
    record Gear(int averageBytes) implements ChunkerSpec {
        /// Below, the records' overhead shows.
        public static final int MIN_AVERAGE = 4 << 10;

        /// Eight times as much, the longest piece, is 16 MiB: what a pack aims at.
        public static final int MAX_AVERAGE = 2 << 20;

        public Gear {
            requireSize("gear", averageBytes, MIN_AVERAGE, MAX_AVERAGE, 1 << 10);
        }

        /// No piece but a run's last is shorter.
        public int minBytes() {
            return averageBytes / 2;
        }

        /// No piece is longer. One in three million random pieces is cut here and not by its
        /// content.
        public int maxBytes() {
            return averageBytes * 8;
        }

        @Override
        public String text() {
            return "gear:" + sizeText(averageBytes);
        }

        @Override
        public int grain() {
            return 1;
        }
    }

    /// Cuts every so many bytes, counted from the start of the data run.
    record Fixed(int bytes) implements ChunkerSpec {
        public static final int MIN_BYTES = LeafHasher.LEAF_BYTES;

        /// What a pack aims at.
        public static final int MAX_BYTES = 16 << 20;

        public Fixed {
            requireSize("fixed", bytes, MIN_BYTES, MAX_BYTES, LeafHasher.LEAF_BYTES);
        }

        @Override
        public String text() {
            return "fixed:" + sizeText(bytes);
        }

        @Override
        public int grain() {
            return LeafHasher.LEAF_BYTES;
        }
    }

    /// The canonical text; [#parse(String)] reads it back.
    String text();

    /// Bytes to which every cut is aligned: 4096 or 1.
    int grain();

    /// Reads `leaf`, `gear`, `fixed`, or one of the latter two with a size as in `gear:1MiB` or
    /// `fixed:65536`.
    ///
    /// @throws GodwitException INVALID for anything else
    static ChunkerSpec parse(String text) {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        return switch (name) {
            case "leaf" -> {
                if (colon >= 0) {
                    throw invalid("chunker leaf takes no size: chunker=" + text);
                }
                yield new Leaf();
            }
            case "gear" -> new Gear(colon < 0 ? DEFAULT_BYTES : size(text, colon + 1));
            case "fixed" -> new Fixed(colon < 0 ? DEFAULT_BYTES : size(text, colon + 1));
            default -> throw invalid("unknown chunker: chunker=" + text);
        };
    }

    private static int size(String text, int from) {
        int end = from;
        long bytes = 0;
        for (; end < text.length() && isDigit(text.charAt(end)); end++) {
            bytes = Math.min(bytes * 10 + (text.charAt(end) - '0'), Integer.MAX_VALUE);
        }
        long unit =
                switch (text.substring(end)) {
                    case "", "B" -> 1;
                    case "KiB" -> 1 << 10;
                    case "MiB" -> 1 << 20;
                    default -> throw invalid("chunker size not understood: chunker=" + text);
                };
        if (end == from) {
            throw invalid("chunker size not understood: chunker=" + text);
        }
        return (int) Math.min(bytes * unit, Integer.MAX_VALUE);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static String sizeText(int bytes) {
        return bytes % (1 << 20) == 0 ? (bytes >> 20) + "MiB" : (bytes >> 10) + "KiB";
    }

    private static void requireSize(String name, int bytes, int min, int max, int unit) {
        if (bytes < min || bytes > max || bytes % unit != 0) {
            throw invalid(
                    "chunker size out of range: chunker="
                            + name
                            + " bytes="
                            + bytes
                            + " min="
                            + min
                            + " max="
                            + max
                            + " multiple="
                            + unit);
        }
    }

    private static GodwitException invalid(String message) {
        return new GodwitException(FailureKind.INVALID, message)
                .withHint("use leaf, gear, gear:SIZE, fixed or fixed:SIZE");
    }
}
