package io.godwit.chaos;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// What a volume holds, as a number for each of its pieces, from which the bytes follow: thousands
/// of volumes can be remembered. Zero is a hole; equal numbers are equal bytes, in all volumes.
///
/// Groups of pieces lie far apart, so that a volume has several regions and long holes.
final class Content {
    static final int PIECE = 256 << 10;

    private static final int BLOCK = 4096;
    private static final int GROUP = 6;
    private static final long GROUP_DISTANCE = 24L << 20;

    /// How many pieces there are that any volume may have.
    private static final int COMMON = 40;

    /// A piece's number and, above it, that of the block in it that is another.
    private static final int NUMBER_BITS = 40;

    private final long[] pieces;

    private Content(long[] pieces) {
        this.pieces = pieces;
    }

    static Content random(SplittableRandom random) {
        long[] pieces = new long[GROUP + random.nextInt(2 * GROUP)];
        for (int i = 0; i < pieces.length; i++) {
            pieces[i] = piece(random);
        }
        return new Content(pieces);
    }

    private static long piece(SplittableRandom random) {
        int kind = random.nextInt(10);
        if (kind == 0) {
            return 0;
        }
        return kind < 6
                ? 1 + random.nextLong(COMMON)
                : COMMON + 1 + random.nextLong(1L << (NUMBER_BITS - 1));
    }

    /// The same with a few pieces replaced, and a few changed in one block.
    Content changed(SplittableRandom random) {
        long[] next = pieces.clone();
        for (int i = 0; i < 2; i++) {
            next[random.nextInt(next.length)] = piece(random);
        }
        for (int i = 0; i < 3; i++) {
            int at = random.nextInt(next.length);
            if (next[at] != 0) {
                int block = 1 + random.nextInt(PIECE / BLOCK - 1);
                next[at] = (next[at] & ((1L << NUMBER_BITS) - 1)) | (long) block << NUMBER_BITS;
            }
        }
        return new Content(next);
    }

    long bytes() {
        return offset(pieces.length - 1) + PIECE;
    }

    private static long offset(int piece) {
        return (piece / GROUP) * GROUP_DISTANCE + (long) (piece % GROUP) * PIECE;
    }

    private byte[] bytes(int piece) {
        byte[] bytes = new byte[PIECE];
        if (pieces[piece] == 0) {
            return bytes;
        }
        new SplittableRandom(pieces[piece] & ((1L << NUMBER_BITS) - 1)).nextBytes(bytes);
        int block = (int) (pieces[piece] >>> NUMBER_BITS);
        if (block > 0) {
            byte[] other = new byte[BLOCK];
            new SplittableRandom(pieces[piece]).nextBytes(other);
            System.arraycopy(other, 0, bytes, block * BLOCK, BLOCK);
        }
        return bytes;
    }

    /// The document for `--changed-extents`: what differs from a base of the same size, and no
    /// more.
    String changesSince(Content base, String baseId) {
        List<String> extents = new ArrayList<>();
        for (int i = 0; i < pieces.length; i++) {
            long mine = pieces[i];
            long other = i < base.pieces.length ? base.pieces[i] : -1;
            long mask = (1L << NUMBER_BITS) - 1;
            if (mine != other && (mine & mask) == (other & mask) && mine != 0) {
                extent(extents, i, mine >>> NUMBER_BITS);
                extent(extents, i, other >>> NUMBER_BITS);
            } else if (mine != other) {
                extents.add("{\"offset\": %d, \"length\": %d}".formatted(offset(i), PIECE));
            }
        }
        return "{\"size\": %d, \"base\": \"%s\", \"extents\": [%s]}"
                .formatted(bytes(), baseId, String.join(", ", extents));
    }

    private static void extent(List<String> extents, int piece, long block) {
        if (block > 0) {
            extents.add(
                    "{\"offset\": %d, \"length\": %d}"
                            .formatted(offset(piece) + block * BLOCK, BLOCK));
        }
    }

    void write(Path file) throws IOException {
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength(0);
            out.setLength(bytes());
            for (int i = 0; i < pieces.length; i++) {
                if (pieces[i] != 0) {
                    out.seek(offset(i));
                    out.write(bytes(i));
                }
            }
        }
    }

    /// The first wrong byte of a file, or -1.
    long mismatch(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            if (in.length() != bytes()) {
                return Math.min(in.length(), bytes());
            }
            byte[] found = new byte[PIECE];
            byte[] hole = new byte[PIECE];
            int piece = 0;
            for (long at = 0; at < bytes(); at += PIECE) {
                in.readFully(found, 0, (int) Math.min(PIECE, bytes() - at));
                boolean mine = piece < pieces.length && offset(piece) == at;
                int wrong = Arrays.mismatch(found, mine ? bytes(piece) : hole);
                if (wrong >= 0) {
                    return at + wrong;
                }
                piece += mine ? 1 : 0;
            }
            return -1;
        }
    }

    boolean sameSizeAs(Content other) {
        return pieces.length == other.pieces.length;
    }
}
