package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.RecordSamples.Sample;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every record: what version 1 wrote is read for ever, and what nobody wrote is `CORRUPT` and
/// nothing else.
final class RecordFormatTest {
    private static final int MUTATIONS = 6_000;

    static List<Sample<?>> samples() {
        return RecordSamples.all();
    }

    private static byte[] golden(Sample<?> sample) throws IOException {
        String name = "/golden/commit/%s-v1.golden".formatted(sample.name());
        try (InputStream in = RecordFormatTest.class.getResourceAsStream(name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T> void readsWhatItWrites(Sample<T> sample) {
        assertThat(sample.decode().apply(sample.encoded(), "x")).isEqualTo(sample.value());
    }

    @ParameterizedTest
    @MethodSource("samples")
    <T> void readsAndWritesTheGoldenFile(Sample<T> sample) throws IOException {
        assertThat(sample.decode().apply(golden(sample), "x")).isEqualTo(sample.value());
        assertThat(sample.encoded()).isEqualTo(golden(sample));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void damageIsCorrupt(Sample<?> sample) {
        SplittableRandom random = new SplittableRandom(42);
        byte[] good = sample.encoded();
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] bad = mutated(good, random);
            try {
                requireCanonical(sample, bad);
            } catch (GodwitException e) {
                assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT);
                assertThat(e.object()).hasValue(sample.name());
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    /// One value, one form: digests of entries depend on it. Elsewhere unknown extensions may have
    /// been dropped.
    private static <T> void requireCanonical(Sample<T> sample, byte[] accepted) {
        byte[] again = sample.reencoded(accepted);
        if (sample.value() instanceof CatalogueEntry) {
            assertThat(again).as("accepted, so canonical").isEqualTo(accepted);
        }
        T value = sample.decode().apply(accepted, sample.name());
        assertThat(sample.decode().apply(again, sample.name())).isEqualTo(value);
    }

    private static byte[] mutated(byte[] good, SplittableRandom random) {
        byte[] bad = good.clone();
        int changes = 1 + random.nextInt(3);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bad.length);
            switch (random.nextInt(4)) {
                case 0 -> bad[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bad[at] = (byte) random.nextInt();
                case 2 -> bad[at] = (byte) (random.nextBoolean() ? 0xff : 0);
                default -> bad = Arrays.copyOf(bad, Math.max(1, at));
            }
        }
        return bad;
    }

    @ParameterizedTest
    @MethodSource("samples")
    void everyTruncationIsCorrupt(Sample<?> sample) {
        byte[] good = sample.encoded();
        for (int length = 0; length < good.length; length++) {
            byte[] bad = Arrays.copyOf(good, length);
            assertThatThrownBy(() -> sample.reencoded(bad))
                    .as("length=%d", length)
                    .isInstanceOf(GodwitException.class);
        }
        byte[] longer = Arrays.copyOf(good, good.length + 1);
        assertThatThrownBy(() -> sample.reencoded(longer)).isInstanceOf(GodwitException.class);
    }

    @Test
    void extensionsOfAnEntrySurviveACopy() {
        Extensions extensions =
                new Extensions(List.of(new Extensions.Extension(9, new byte[] {4, 5})));
        CatalogueEntry entry = Entries.extended(RecordSamples.entry(), extensions);
        CatalogueEntry copy = EntryFormat.decode(EntryFormat.encode(entry), "x");
        assertThat(copy.extensions()).isEqualTo(extensions);
        assertThat(EntryDigest.of(copy)).isEqualTo(EntryDigest.of(entry));
        assertThat(EntryDigest.of(copy)).isNotEqualTo(EntryDigest.of(RecordSamples.entry()));
    }

    @Test
    void extensionsOfOtherRecordsAreSkipped() {
        byte[] ack = SessionFormat.encode(new SessionAck(5, new Nonce(1, 2)));
        byte[] newer = Arrays.copyOf(ack, ack.length + 3);
        newer[ack.length - 1] = 1;
        newer[ack.length] = 42;
        newer[ack.length + 1] = 1;
        newer[ack.length + 2] = 99;
        assertThat(SessionFormat.ack(newer, "x")).isEqualTo(new SessionAck(5, new Nonce(1, 2)));
    }
}
