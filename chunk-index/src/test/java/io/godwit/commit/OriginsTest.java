package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.Origins.Origin;
import io.godwit.error.GodwitException;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class OriginsTest {
    private static final byte[] REPOSITORY = new byte[16];
    private static final Origin ELSEWHERE =
            new Origin("00112233445566778899aabbccddeeff", new SnapshotId(1, 2));

    private final CatalogueEntry entry = RecordSamples.entry();

    private CatalogueEntry copyOf(Set<Origin> family) {
        return Entries.extended(entry, Origins.ofCopy(family, entry.extensions()));
    }

    @Test
    void whatWasBackedUpIsItsOwnFamily() {
        assertThat(Origins.of(entry)).isEmpty();
        assertThat(Origins.family(REPOSITORY, entry))
                .containsExactly(new Origin("00".repeat(16), entry.snapshot()));
    }

    @Test
    void aCopyKnowsItsOriginAndKeepsWhatItDoesNotKnow() {
        CatalogueEntry copy = copyOf(Set.of(ELSEWHERE));
        CatalogueEntry read = EntryFormat.decode(EntryFormat.encode(copy), "test");

        assertThat(Origins.of(read)).containsExactly(ELSEWHERE);
        assertThat(Origins.family(REPOSITORY, read)).hasSize(2).contains(ELSEWHERE);
        assertThat(read.extensions().list()).containsAll(entry.extensions().list());
    }

    @Test
    void theBytesStayAsTheyAre() {
        Extensions.Extension written =
                copyOf(Set.of(ELSEWHERE)).extensions().list().stream()
                        .filter(extension -> extension.tag() == Origins.TAG)
                        .findFirst()
                        .orElseThrow();

        assertThat(HexFormat.of().formatHex(written.content()))
                .isEqualTo(
                        "01"
                                + "00112233445566778899aabbccddeeff"
                                + "0100000000000000"
                                + "0200000000000000");
    }

    @Test
    void ofALongChainTheNearestAreKept() {
        RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
        Set<Origin> family = new LinkedHashSet<>();
        for (int i = 0; i < 3 * Origins.MAX; i++) {
            family.add(new Origin(ELSEWHERE.repository(), SnapshotId.random(random)));
        }
        assertThat(Origins.of(copyOf(family)))
                .containsExactlyElementsOf(family.stream().limit(Origins.MAX).toList());
    }

    @Test
    void nonsenseIsDamage() {
        CatalogueEntry bad =
                Entries.extended(
                        entry,
                        new Extensions(
                                List.of(
                                        new Extensions.Extension(
                                                Origins.TAG, new byte[] {1, 2, 3}))));

        assertThatThrownBy(() -> Origins.of(bad)).isInstanceOf(GodwitException.class);
    }
}
