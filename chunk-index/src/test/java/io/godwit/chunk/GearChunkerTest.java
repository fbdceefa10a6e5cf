package io.godwit.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.digest.DigestKey;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GearChunkerTest {
    private static final DigestKey KEY =
            DigestKey.of("whats the Elvish word for friend".getBytes(StandardCharsets.US_ASCII));

    private static final ChunkerSpec.Gear SPEC = new ChunkerSpec.Gear(4096);

    private final GearChunker chunker = new GearChunker(SPEC, KEY);

    @Test
    void agreesWithTheGoldenVectors() {
        List<ChunkGolden> vectors = ChunkGolden.all("gear.txt");
        assertThat(vectors).hasSize(4);
        for (ChunkGolden golden : vectors) {
            byte[] data =
                    golden.name().startsWith("constant")
                            ? new byte[golden.length()]
                            : Patterns.randomBytes(golden.length());
            int average = Integer.parseInt(golden.name().replaceAll("\\D", ""));
            GearChunker cutter = new GearChunker(new ChunkerSpec.Gear(average), KEY);
            assertThat(Feeding.dataPieces(cutter, data, () -> 10_000))
                    .as(golden.line())
                    .isEqualTo(golden.pieces());
        }
    }

    @Test
    void anyFeedingAgreesWithTheRule() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            byte[] data = data(random);
            int most = 1 + random.nextInt(random.nextBoolean() ? 100 : 60_000);
            assertThat(Feeding.dataPieces(chunker, data, () -> 1 + random.nextInt(most)))
                    .as("seed %d", seed)
                    .isEqualTo(rule(data));
        }
    }

    @Test
    void lengthsAreExponentialAroundTheAverage() {
        byte[] data = Patterns.randomBytes(16 << 20);
        List<Integer> pieces = Feeding.dataPieces(chunker, data, () -> 1 << 20);
        assertThat((double) data.length / pieces.size()).isBetween(4000.0, 4200.0);
        long beyondAverage = pieces.stream().filter(piece -> piece > 4096).count();
        // Of an exponential beyond the minimum, e^-1 lies beyond its mean.
        assertThat((double) beyondAverage / pieces.size()).isBetween(0.34, 0.40);
        List<Integer> inner = pieces.subList(0, pieces.size() - 1);
        assertThat(inner).allMatch(piece -> piece >= SPEC.minBytes() && piece <= SPEC.maxBytes());
    }

    @Test
    void comesBackIntoStepAfterAnInsertion() {
        byte[] data = Patterns.randomBytes(1 << 20);
        Set<Integer> before = endsFromBack(Feeding.dataPieces(chunker, data, () -> 1 << 20));
        Random random = new Random(5);
        int lost = 0;
        for (int i = 0; i < 40; i++) {
            int at = random.nextInt(1 << 19);
            byte[] longer = new byte[data.length + 1];
            System.arraycopy(data, 0, longer, 0, at);
            System.arraycopy(data, at, longer, at + 1, data.length - at);
            Set<Integer> after = endsFromBack(Feeding.dataPieces(chunker, longer, () -> 1 << 20));
            Set<Integer> gone = new HashSet<>(before);
            gone.removeAll(after);
            // Before the insertion, the distance from the back is greater by one.
            gone.removeIf(fromBack -> data.length - fromBack <= at);
            assertThat(gone.size()).as("inserted at %d", at).isLessThanOrEqualTo(10);
            lost += gone.size();
        }
        assertThat(lost / 40.0).isLessThan(2.5);
    }

    @Test
    void keyDecidesWhereItCuts() {
        byte[] data = Patterns.randomBytes(1 << 18);
        byte[] other = new byte[DigestKey.BYTES];
        GearChunker stranger = new GearChunker(SPEC, DigestKey.of(other));
        assertThat(Feeding.dataPieces(stranger, data, () -> 1 << 18))
                .isNotEqualTo(Feeding.dataPieces(chunker, data, () -> 1 << 18));
    }

    @Test
    void waitsForNoMoreThanTheMaximum() {
        assertThat(chunker.lookaheadBytes()).isEqualTo(SPEC.maxBytes() - 1);
        assertThat(Feeding.dataPieces(chunker, new byte[200_000], () -> 1))
                .isEqualTo(rule(new byte[200_000]));
    }

    @Test
    void tableComesFromTheKey() {
        long[] table = GearTable.derive(KEY);
        assertThat(Arrays.stream(table).distinct().count()).isEqualTo(256);
        assertThat(table[0]).isEqualTo(0xBE91D42497345B77L);
        assertThat(table[255]).isEqualTo(0x81915D2DA9785F0FL);
    }

    /// The rule, with every hash computed from its 64 bytes.
    private static List<Integer> rule(byte[] data) {
        long[] table = GearTable.derive(KEY);
        List<Integer> pieces = new ArrayList<>();
        int start = 0;
        for (int end = 1; end <= data.length; end++) {
            int length = end - start;
            boolean cut = length == SPEC.maxBytes() || end == data.length;
            if (!cut && length >= SPEC.minBytes()) {
                long hash = 0;
                for (int back = 1; back <= 64; back++) {
                    hash += table[data[end - back] & 0xFF] << (back - 1);
                }
                cut = Long.compareUnsigned(hash, GearChunker.threshold(SPEC)) < 0;
            }
            if (cut) {
                pieces.add(length);
                start = end;
            }
        }
        return pieces;
    }

    private static Set<Integer> endsFromBack(List<Integer> pieces) {
        Set<Integer> ends = new HashSet<>();
        int at = pieces.stream().mapToInt(piece -> piece).sum();
        for (int piece : pieces) {
            at -= piece;
            ends.add(at);
        }
        return ends;
    }

    private static byte[] data(Random random) {
        byte[] data = new byte[random.nextInt(150_000)];
        random.nextBytes(data);
        int stretches = random.nextInt(4);
        for (int i = 0; i < stretches && data.length > 0; i++) {
            int from = random.nextInt(data.length);
            Arrays.fill(data, from, from + random.nextInt(data.length - from), (byte) i);
        }
        return data;
    }
}
