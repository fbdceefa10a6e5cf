package io.godwit.digest;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static jdk.incubator.vector.IntVector.broadcast;
import static jdk.incubator.vector.IntVector.fromArray;
import static jdk.incubator.vector.IntVector.fromMemorySegment;
import static jdk.incubator.vector.VectorOperators.ROR;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/// The compression function of BLAKE3 on vectors: one lane, one chunk; 16 or 8 lanes.
///
/// Arrays of words lie *word by word*: the word w of all lanes, then the word w+1. Blocks in memory
/// lie lane by lane, which takes a transpose. Pure functions on the caller's arrays.
///
/// The shape is for the compilers; each choice was measured, and most others fell to a tenth of the
/// speed in some runs:
///
/// - Vectors stay in local variables of one method: one that crosses a call or lies in an array is
///   an object. So methods are longer than elsewhere, and call nothing but what the Vector API
///   forces to be inlined. A helper of our own would be inlined by luck.
/// - Methods are small all the same. Each vector operation is a dozen calls; beyond some hundred
///   operations the first compiler runs out of registers and the method is never compiled at all.
/// - The loop does a quarter of a round. The eight mixing steps of a round are four on columns and
///   four on diagonals; counted backwards, the diagonals are columns too, after the same exchange
///   of variables each time, and another exchange brings two columns in the place of the other two.
///   Exchanges are renamings: they cost nothing, and the method is compiled in a quarter of the
///   time.
/// - The transpose interleaves vector i with vector i+n/2, as often as 2 goes into n: one two-input
///   permutation for each result, two patterns in all.
/// - Memory is read through one constant segment. With the caller's, loads depend on the compiler's
///   statistics of all segments that ever met vectors in this process.
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
    static final int HALVES = 2;
    static final int BLOCK_INTS = Compression.BLOCK_WORDS * LANES;

    /// Words of a message transposed together.
    private static final int HALF_WORDS = Compression.BLOCK_WORDS / HALVES;

    /// Message words that half a round, and a quarter, take.
    private static final int HALF_STEPS = 8;

    private static final int QUARTER_STEPS = 4;

    /// How often a call without work loops: compilers count this, too.
    private static final int HOLLOW_LOOPS = 64;

    private static final boolean WIDE = LANES > HALF_WORDS;
    private static final long ROW = Compression.CHUNK_BYTES;

    /// All of memory. Who calls [#load] has checked what of it is his.
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

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

    /// Reads one block of each lane, 1024 bytes apart from `address` on, into `m`.
    ///
    /// @param halves [#HALVES], or none to be counted and do nothing
    static void load(long address, int[] m, int halves) {
        if (halves == 0) {
            for (int i = 0; i < HOLLOW_LOOPS; i++) {
                m[i] = 0;
            }
            return;
        }
        for (int half = 0; half < halves; half++) {
            long start = address + (WIDE ? 0 : (long) half * HALF_WORDS * Integer.BYTES);
            IntVector r0 = fromMemorySegment(SPECIES, MEMORY, start, LITTLE_ENDIAN);
            IntVector r1 = fromMemorySegment(SPECIES, MEMORY, start + ROW, LITTLE_ENDIAN);
            IntVector r2 = fromMemorySegment(SPECIES, MEMORY, start + 2 * ROW, LITTLE_ENDIAN);
            IntVector r3 = fromMemorySegment(SPECIES, MEMORY, start + 3 * ROW, LITTLE_ENDIAN);
            IntVector r4 = fromMemorySegment(SPECIES, MEMORY, start + 4 * ROW, LITTLE_ENDIAN);
            IntVector r5 = fromMemorySegment(SPECIES, MEMORY, start + 5 * ROW, LITTLE_ENDIAN);
            IntVector r6 = fromMemorySegment(SPECIES, MEMORY, start + 6 * ROW, LITTLE_ENDIAN);
            IntVector r7 = fromMemorySegment(SPECIES, MEMORY, start + 7 * ROW, LITTLE_ENDIAN);
            if (WIDE) {
                IntVector pattern = half == 0 ? LOW : HIGH;
                IntVector q0 = fromMemorySegment(SPECIES, MEMORY, start + 8 * ROW, LITTLE_ENDIAN);
                IntVector q1 = fromMemorySegment(SPECIES, MEMORY, start + 9 * ROW, LITTLE_ENDIAN);
                IntVector q2 = fromMemorySegment(SPECIES, MEMORY, start + 10 * ROW, LITTLE_ENDIAN);
                IntVector q3 = fromMemorySegment(SPECIES, MEMORY, start + 11 * ROW, LITTLE_ENDIAN);
                IntVector q4 = fromMemorySegment(SPECIES, MEMORY, start + 12 * ROW, LITTLE_ENDIAN);
                IntVector q5 = fromMemorySegment(SPECIES, MEMORY, start + 13 * ROW, LITTLE_ENDIAN);
                IntVector q6 = fromMemorySegment(SPECIES, MEMORY, start + 14 * ROW, LITTLE_ENDIAN);
                IntVector q7 = fromMemorySegment(SPECIES, MEMORY, start + 15 * ROW, LITTLE_ENDIAN);
                r0 = pattern.selectFrom(r0, q0);
                r1 = pattern.selectFrom(r1, q1);
                r2 = pattern.selectFrom(r2, q2);
                r3 = pattern.selectFrom(r3, q3);
                r4 = pattern.selectFrom(r4, q4);
                r5 = pattern.selectFrom(r5, q5);
                r6 = pattern.selectFrom(r6, q6);
                r7 = pattern.selectFrom(r7, q7);
            }
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
    }

    /// Compresses message `m` into the chaining values `cv[from + stride w]`, in place.
    ///
    /// @param counters of each lane
    /// @param halfRounds [#HALF_ROUNDS], or fewer for exercise, or none to be counted and do
    ///     nothing
    static void compress(
            int[] m, int[] cv, int from, int stride, int[] counters, int flags, int halfRounds) {
        if (halfRounds == 0) {
            for (int i = 0; i < HOLLOW_LOOPS; i++) {
                m[i] = 0;
            }
            return;
        }
        IntVector s0 = fromArray(SPECIES, cv, from), s1 = fromArray(SPECIES, cv, from + stride);
        IntVector s2 = fromArray(SPECIES, cv, from + 2 * stride),
                s3 = fromArray(SPECIES, cv, from + 3 * stride);
        IntVector s4 = fromArray(SPECIES, cv, from + 4 * stride),
                s5 = fromArray(SPECIES, cv, from + 5 * stride);
        IntVector s6 = fromArray(SPECIES, cv, from + 6 * stride),
                s7 = fromArray(SPECIES, cv, from + 7 * stride);
        IntVector s8 = broadcast(SPECIES, Compression.IV0),
                s9 = broadcast(SPECIES, Compression.IV1);
        IntVector s10 = broadcast(SPECIES, Compression.IV2),
                s11 = broadcast(SPECIES, Compression.IV3);
        IntVector s12 = fromArray(SPECIES, counters, 0), s13 = broadcast(SPECIES, 0);
        IntVector s14 = broadcast(SPECIES, Compression.BLOCK_BYTES),
                s15 = broadcast(SPECIES, flags);
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

    /// Makes the messages of parents: of the chaining values `cv[from + stride w]` of two vectors
    /// of children, the even ones are left halves, the odd ones right halves.
    static void pair(int[] cv, int from, int stride, int[] m) {
        for (int word = 0; word < Compression.CV_WORDS; word++) {
            IntVector a = fromArray(SPECIES, cv, from + word * stride);
            IntVector b = fromArray(SPECIES, cv, from + word * stride + LANES);
            EVEN.selectFrom(a, b).intoArray(m, word * LANES);
            ODD.selectFrom(a, b).intoArray(m, (word + Compression.CV_WORDS) * LANES);
        }
    }

    private static IntVector interleave(int first) {
        int[] lanes = new int[LANES];
        Arrays.setAll(lanes, i -> first + i / 2 + (i % 2) * LANES);
        return fromArray(SPECIES, lanes, 0);
    }

    private static IntVector everyOther(int first) {
        int[] lanes = new int[LANES];
        Arrays.setAll(lanes, i -> first + 2 * i);
        return fromArray(SPECIES, lanes, 0);
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
