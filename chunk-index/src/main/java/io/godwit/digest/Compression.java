package io.godwit.digest;

import static java.lang.Integer.rotateRight;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/// The compression function of BLAKE3 on plain integers, and the constants that every kernel
/// shares.
///
/// From "BLAKE3: one function, fast everywhere" (O'Connor, Aumasson, Neves, Wilcox-O'Hearn),
/// section 2.2: seven rounds over a state of sixteen words, message words permuted between rounds.
/// Only the first eight words of the result are computed: neither chaining nor a 32-byte digest
/// needs more.
final class Compression {
    static final int BLOCK_BYTES = 64;
    static final int BLOCK_WORDS = 16;
    static final int CHUNK_BYTES = 1024;
    static final int CHUNK_BLOCKS = CHUNK_BYTES / BLOCK_BYTES;
    static final int CV_WORDS = 8;
    static final int ROUNDS = 7;

    static final int IV0 = 0x6A09E667;
    static final int IV1 = 0xBB67AE85;
    static final int IV2 = 0x3C6EF372;
    static final int IV3 = 0xA54FF53A;

    static final int CHUNK_START = 1;
    static final int CHUNK_END = 1 << 1;
    static final int PARENT = 1 << 2;
    static final int ROOT = 1 << 3;
    static final int KEYED_HASH = 1 << 4;

    static final ValueLayout.OfInt WORD =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private Compression() {}

    /// Reads one whole block into `m`.
    static void loadBlock(MemorySegment source, long offset, int[] m) {
        for (int i = 0; i < BLOCK_WORDS; i++) {
            m[i] = source.get(WORD, offset + (long) Integer.BYTES * i);
        }
    }

    /// Reads the first `length` bytes of a block, 0 to 64, and fills `m` up with zeros.
    static void loadPartialBlock(MemorySegment source, long offset, int length, int[] m) {
        if (length == BLOCK_BYTES) {
            loadBlock(source, offset, m);
            return;
        }
        Arrays.fill(m, 0);
        for (int i = 0; i < length; i++) {
            int octet = source.get(ValueLayout.JAVA_BYTE, offset + i) & 0xFF;
            m[i / Integer.BYTES] |= octet << (Byte.SIZE * (i % Integer.BYTES));
        }
    }

    /// Compresses block `m` into the chaining value `cv`, in place.
    ///
    /// Written out on local variables: the compiler keeps them in registers and on the stack, which
    /// no array indexed by a schedule allows.
    static void compress(int[] cv, int[] m, long counter, int length, int flags) {
        int s0 = cv[0], s1 = cv[1], s2 = cv[2], s3 = cv[3];
        int s4 = cv[4], s5 = cv[5], s6 = cv[6], s7 = cv[7];
        int s8 = IV0, s9 = IV1, s10 = IV2, s11 = IV3;
        int s12 = (int) counter, s13 = (int) (counter >>> 32), s14 = length, s15 = flags;
        int m0 = m[0], m1 = m[1], m2 = m[2], m3 = m[3];
        int m4 = m[4], m5 = m[5], m6 = m[6], m7 = m[7];
        int m8 = m[8], m9 = m[9], m10 = m[10], m11 = m[11];
        int m12 = m[12], m13 = m[13], m14 = m[14], m15 = m[15];
        for (int round = 1; ; round++) {
            s12 = rotateRight(s12 ^ (s0 += s4 + m0), 16);
            s4 = rotateRight(s4 ^ (s8 += s12), 12);
            s12 = rotateRight(s12 ^ (s0 += s4 + m1), 8);
            s4 = rotateRight(s4 ^ (s8 += s12), 7);
            s13 = rotateRight(s13 ^ (s1 += s5 + m2), 16);
            s5 = rotateRight(s5 ^ (s9 += s13), 12);
            s13 = rotateRight(s13 ^ (s1 += s5 + m3), 8);
            s5 = rotateRight(s5 ^ (s9 += s13), 7);
            s14 = rotateRight(s14 ^ (s2 += s6 + m4), 16);
            s6 = rotateRight(s6 ^ (s10 += s14), 12);
            s14 = rotateRight(s14 ^ (s2 += s6 + m5), 8);
            s6 = rotateRight(s6 ^ (s10 += s14), 7);
            s15 = rotateRight(s15 ^ (s3 += s7 + m6), 16);
            s7 = rotateRight(s7 ^ (s11 += s15), 12);
            s15 = rotateRight(s15 ^ (s3 += s7 + m7), 8);
            s7 = rotateRight(s7 ^ (s11 += s15), 7);
            s15 = rotateRight(s15 ^ (s0 += s5 + m8), 16);
            s5 = rotateRight(s5 ^ (s10 += s15), 12);
            s15 = rotateRight(s15 ^ (s0 += s5 + m9), 8);
            s5 = rotateRight(s5 ^ (s10 += s15), 7);
            s12 = rotateRight(s12 ^ (s1 += s6 + m10), 16);
            s6 = rotateRight(s6 ^ (s11 += s12), 12);
            s12 = rotateRight(s12 ^ (s1 += s6 + m11), 8);
            s6 = rotateRight(s6 ^ (s11 += s12), 7);
            s13 = rotateRight(s13 ^ (s2 += s7 + m12), 16);
            s7 = rotateRight(s7 ^ (s8 += s13), 12);
            s13 = rotateRight(s13 ^ (s2 += s7 + m13), 8);
            s7 = rotateRight(s7 ^ (s8 += s13), 7);
            s14 = rotateRight(s14 ^ (s3 += s4 + m14), 16);
            s4 = rotateRight(s4 ^ (s9 += s14), 12);
            s14 = rotateRight(s14 ^ (s3 += s4 + m15), 8);
            s4 = rotateRight(s4 ^ (s9 += s14), 7);
            if (round == ROUNDS) {
                break;
            }
            int even = m0;
            m0 = m2;
            m2 = m3;
            m3 = m10;
            m10 = m12;
            m12 = m9;
            m9 = m11;
            m11 = m5;
            m5 = even;
            int odd = m1;
            m1 = m6;
            m6 = m4;
            m4 = m7;
            m7 = m13;
            m13 = m14;
            m14 = m15;
            m15 = m8;
            m8 = odd;
        }
        cv[0] = s0 ^ s8;
        cv[1] = s1 ^ s9;
        cv[2] = s2 ^ s10;
        cv[3] = s3 ^ s11;
        cv[4] = s4 ^ s12;
        cv[5] = s5 ^ s13;
        cv[6] = s6 ^ s14;
        cv[7] = s7 ^ s15;
    }
}
