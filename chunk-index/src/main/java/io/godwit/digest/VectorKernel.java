package io.godwit.digest;

import static jdk.incubator.vector.IntVector.fromArray;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// The compression function of BLAKE3 on vectors: one lane, one chunk; 16 or 8 lanes.
///
/// Arrays of words lie *word by word*: the word w of all lanes, then the word w+1. Message blocks in memory lie lane
/// by lane, which takes a transpose.
///
/// The shape is for the compiler, and each choice was measured:
///
/// - Vectors stay in local variables of one method: one that crosses a call or lies in an array is an object.
/// - Methods are small. Each vector operation is a dozen calls that must all be inlined; beyond some
///   hundred operations the first compiler runs out of registers and the method is never compiled at all.
/// - The loop does a quarter of a round. The eight mixing steps of a round are four on columns and four on
///   diagonals; counted backwards, the diagonals are columns too, after the same exchange of variables each time, and
///   another exchange brings two columns in the place of the other two. Exchanges are renamings: they
///   cost nothing, and the method is compiled in a quarter of the time.
/// - A transpose interleaves row i with row i+n/2, as often as 2 goes into the rows: one two-input permutation
///   for each result, two patterns in all.
///
/// Pure functions on the caller's arrays.
final class VectorKernel {
    private static final VectorSpecies<Integer> SPECIES =
            IntVector.SPECIES_PREFERRED.length() >= 16
                    ? IntVector.SPECIES_512
                    : IntVector.SPECIES_256;

    /// Chunks hashed at a time.
    static final int LANES = SPECIES.length();

    /// With fewer, scalars are as fast.
    static final int LEAST_LANES = 8;

    static final int HALF_ROUNDS = 2 * Compression.ROUNDS;
    static final int BLOCK_INTS = Compression.BLOCK_WORDS * LANES;

    /// Words of a message that one call transposes.
    private static final int HALF_WORDS = Compression.BLOCK_WORDS / 2;

    /// Message words that half a round, and a quarter, take.
    private static final int HALF_STEPS = 8;

    private static final int QUARTER_STEPS = 4;

    /// Interleaves the first halves, or the second halves, of two vectors.
    private static final IntVector LOW = interleave(0);

    private static final IntVector HIGH = interleave(LANES / 2);

    /// Every other lane of two vectors, from the first or from the second lane on.
    private static final IntVector EVEN = everyOther(0);

    private static final IntVector ODD = everyOther(1);

    /// Where the message words of each half round begin, in the order in which it takes them.
    private static final int[] SCHEDULE = schedule();

    private VectorKernel() {}

    /// Lanes of this processor's widest vectors, as the JVM uses them.
    static int preferredLanes() {
        return IntVector.SPECIES_PREFERRED.length();
    }

    /// Reads one block of each lane, 1024 bytes apart, into `m`.
    static void load(MemorySegment source, long offset, int[] m) {
        loadHalf(source, offset, m, 0);
        loadHalf(source, offset, m, 1);
    }

    /// Compresses message `m` into the chaining values `cv[from + stride w]`, in place.
    ///
    /// @param counters of each lane, from `counter` on
    /// @param halfRounds [#HALF_ROUNDS], or fewer for exercise
    static void compress(
            int[] m, int[] cv, int from, int stride, int[] counters, int flags, int halfRounds) {
        IntVector s0 = row(cv, from), s1 = row(cv, from + stride);
        IntVector s2 = row(cv, from + 2 * stride), s3 = row(cv, from + 3 * stride);
        IntVector s4 = row(cv, from + 4 * stride), s5 = row(cv, from + 5 * stride);
        IntVector s6 = row(cv, from + 6 * stride), s7 = row(cv, from + 7 * stride);
        IntVector s8 = all(Compression.IV0), s9 = all(Compression.IV1);
        IntVector s10 = all(Compression.IV2), s11 = all(Compression.IV3);
        IntVector s12 = row(counters, 0), s13 = all(0);
        IntVector s14 = all(Compression.BLOCK_BYTES), s15 = all(flags);
        for (int step = 0; step < halfRounds * HALF_STEPS; ) {
            for (int columns = 0; columns < 2; columns++, step += QUARTER_STEPS) {
                IntVector a = s0.add(fromArray(SPECIES, m, SCHEDULE[step])).add(s4);
                IntVector d = s12.lanewise(XOR, a).lanewise(ROR, 16);
                IntVector c = s8.add(d);
                IntVector b = s4.lanewise(XOR, c).lanewise(ROR, 12);
                s0 = s2;
                s4 = s6;
                s8 = s10;
                s12 = s14;
                s2 = a.add(fromArray(SPECIES, m, SCHEDULE[step + 1])).add(b);
                s14 = d.lanewise(XOR, s2).lanewise(ROR, 8);
                s10 = c.add(s14);
                s6 = b.lanewise(XOR, s10).lanewise(ROR, 7);
                a = s1.add(fromArray(SPECIES, m, SCHEDULE[step + 2])).add(s5);
                d = s13.lanewise(XOR, a).lanewise(ROR, 16);
                c = s9.add(d);
                b = s5.lanewise(XOR, c).lanewise(ROR, 12);
                s1 = s3;
                s5 = s7;
                s9 = s11;
                s13 = s15;
                s3 = a.add(fromArray(SPECIES, m, SCHEDULE[step + 3])).add(b);
                s15 = d.lanewise(XOR, s3).lanewise(ROR, 8);
                s11 = c.add(s15);
                s7 = b.lanewise(XOR, s11).lanewise(ROR, 7);
            }
            IntVector t = s1;
            s1 = s3;
            s3 = t;
            t = s4;
            s4 = s5;
            s5 = t;
            t = s6;
            s6 = s7;
            s7 = t;
            t = s8;
            s8 = s10;
            s10 = t;
            t = s12;
            s12 = s15;
            s15 = t;
            t = s13;
            s13 = s14;
            s14 = t;
        }
        s0.lanewise(XOR, s8).intoArray(cv, from);
        s1.lanewise(XOR, s9).intoArray(cv, from + stride);
        s2.lanewise(XOR, s10).intoArray(cv, from + 2 * stride);
        s3.lanewise(XOR, s11).intoArray(cv, from + 3 * stride);
        s4.lanewise(XOR, s12).intoArray(cv, from + 4 * stride);
        s5.lanewise(XOR, s13).intoArray(cv, from + 5 * stride);
        s6.lanewise(XOR, s14).intoArray(cv, from + 6 * stride);
        s7.lanewise(XOR, s15).intoArray(cv, from + 7 * stride);
    }

    /// Makes the messages of parents: of the chaining values `cv[from + stride w]` of two vectors of children,
    /// the even ones are left halves, the odd ones right halves.
    static void pair(int[] cv, int from, int stride, int[] m) {
        for (int word = 0; word < Compression.CV_WORDS; word++) {
            IntVector a = row(cv, from + word * stride);
            IntVector b = row(cv, from + word * stride + LANES);
            EVEN.selectFrom(a, b).intoArray(m, word * LANES);
            ODD.selectFrom(a, b).intoArray(m, (word + Compression.CV_WORDS) * LANES);
        }
    }

    private static void loadHalf(MemorySegment source, long offset, int[] m, int half) {
        IntVector r0 = rows(source, offset, half, 0);
        IntVector r1 = rows(source, offset, half, 1);
        IntVector r2 = rows(source, offset, half, 2);
        IntVector r3 = rows(source, offset, half, 3);
        IntVector r4 = rows(source, offset, half, 4);
        IntVector r5 = rows(source, offset, half, 5);
        IntVector r6 = rows(source, offset, half, 6);
        IntVector r7 = rows(source, offset, half, 7);
        int to = half * HALF_WORDS * LANES;
        IntVector s0 = LOW.selectFrom(r0, r4);
        IntVector s1 = HIGH.selectFrom(r0, r4);
        IntVector s2 = LOW.selectFrom(r1, r5);
        IntVector s3 = HIGH.selectFrom(r1, r5);
        IntVector s4 = LOW.selectFrom(r2, r6);
        IntVector s5 = HIGH.selectFrom(r2, r6);
        IntVector s6 = LOW.selectFrom(r3, r7);
        IntVector s7 = HIGH.selectFrom(r3, r7);
        IntVector t0 = LOW.selectFrom(s0, s4);
        IntVector t1 = HIGH.selectFrom(s0, s4);
        IntVector t2 = LOW.selectFrom(s1, s5);
        IntVector t3 = HIGH.selectFrom(s1, s5);
        IntVector t4 = LOW.selectFrom(s2, s6);
        IntVector t5 = HIGH.selectFrom(s2, s6);
        IntVector t6 = LOW.selectFrom(s3, s7);
        IntVector t7 = HIGH.selectFrom(s3, s7);
        LOW.selectFrom(t0, t4).intoArray(m, to);
        HIGH.selectFrom(t0, t4).intoArray(m, to + LANES);
        LOW.selectFrom(t1, t5).intoArray(m, to + 2 * LANES);
        HIGH.selectFrom(t1, t5).intoArray(m, to + 3 * LANES);
        LOW.selectFrom(t2, t6).intoArray(m, to + 4 * LANES);
        HIGH.selectFrom(t2, t6).intoArray(m, to + 5 * LANES);
        LOW.selectFrom(t3, t7).intoArray(m, to + 6 * LANES);
        HIGH.selectFrom(t3, t7).intoArray(m, to + 7 * LANES);
    }

    private static IntVector row(int[] words, int index) {
        return IntVector.fromArray(SPECIES, words, index);
    }

    private static IntVector all(int value) {
        return IntVector.broadcast(SPECIES, value);
    }

    /// Words of lane `lane`: with 16 lanes interleaved with those of lane + 8, so that eight vectors are left
    /// to transpose in either case.
    private static IntVector rows(MemorySegment source, long offset, int half, int lane) {
        if (LANES == HALF_WORDS) {
            return block(source, offset + (long) half * HALF_WORDS * Integer.BYTES, lane);
        }
        IntVector pattern = half == 0 ? LOW : HIGH;
        return pattern.selectFrom(
                block(source, offset, lane), block(source, offset, lane + HALF_WORDS));
    }

    private static IntVector block(MemorySegment source, long offset, int lane) {
        return IntVector.fromMemorySegment(
                SPECIES,
                source,
                offset + (long) lane * Compression.CHUNK_BYTES,
                ByteOrder.LITTLE_ENDIAN);
    }

    private static IntVector interleave(int first) {
        int[] lanes = new int[LANES];
        Arrays.setAll(lanes, i -> first + i / 2 + (i % 2) * LANES);
        return row(lanes, 0);
    }

    private static IntVector everyOther(int first) {
        int[] lanes = new int[LANES];
        Arrays.setAll(lanes, i -> first + 2 * i);
        return row(lanes, 0);
    }

    private static int[] schedule() {
        int[] words = {
            0, 1, 2, 3, 4, 5, 6, 7,
            8, 9, 14, 15, 12, 13, 10, 11,
            2, 6, 3, 10, 7, 0, 4, 13,
            1, 11, 15, 8, 9, 14, 12, 5,
            3, 4, 10, 12, 13, 2, 7, 14,
            6, 5, 8, 1, 11, 15, 9, 0,
            10, 7, 12, 9, 14, 3, 13, 15,
            4, 0, 1, 6, 5, 8, 11, 2,
            12, 13, 9, 11, 15, 10, 14, 8,
            7, 2, 6, 4, 0, 1, 5, 3,
            9, 14, 11, 5, 8, 12, 15, 1,
            13, 3, 4, 7, 2, 6, 0, 10,
            11, 15, 5, 0, 1, 9, 8, 6,
            14, 10, 7, 13, 3, 4, 2, 12
        };
        return Arrays.stream(words).map(word -> word * LANES).toArray();
    }
}
