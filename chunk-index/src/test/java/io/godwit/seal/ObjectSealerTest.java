package io.godwit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.format.RepositoryId;
import io.godwit.store.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObjectSealerTest {
    private static final RepositoryId REPOSITORY = new RepositoryId(1, 2);
    private static final ObjectKey NAME = new ObjectKey("gc/01/plan");
    private static final byte[] PLAIN = "condemned".getBytes(StandardCharsets.UTF_8);

    private final KeyRing ring = KeyRing.fresh(REPOSITORY, new SeededSecureRandom(7));
    private final ObjectSealer sealer = ring.sealer();
    private final byte[] object = sealer.seal(ObjectKind.PLAN, NAME, PLAIN);

    @Test
    void opensWhatItSealed() {
        assertThat(sealer.open(ObjectKind.PLAN, NAME, object)).isEqualTo(PLAIN);
        byte[] empty = sealer.seal(ObjectKind.DONE, NAME, new byte[0]);
        assertThat(sealer.open(ObjectKind.DONE, NAME, empty)).isEmpty();
    }

    @Test
    void showsNothingOfTheContent() {
        String text = new String(object, StandardCharsets.ISO_8859_1);
        assertThat(text).doesNotContain("condemned");
    }

    @Test
    void neverSealsTheSameTwice() {
        assertThat(sealer.seal(ObjectKind.PLAN, NAME, PLAIN)).isNotEqualTo(object);
    }

    @Test
    void noticesEveryFlippedBitAndTruncation() {
        for (int bit = 0; bit < object.length * 8; bit++) {
            byte[] damaged = object.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertCorrupt(sealer, ObjectKind.PLAN, NAME, damaged);
        }
        for (int length = 0; length < object.length; length++) {
            assertCorrupt(sealer, ObjectKind.PLAN, NAME, Arrays.copyOf(object, length));
        }
    }

    @Test
    void refusesObjectsFromAnotherPlace() {
        assertCorrupt(sealer, ObjectKind.PLAN, new ObjectKey("gc/02/plan"), object);
        assertCorrupt(sealer, ObjectKind.SWEEP, NAME, object);
        ObjectSealer elsewhere =
                KeyRing.fresh(new RepositoryId(1, 3), new SeededSecureRandom(7)).sealer();
        assertCorrupt(elsewhere, ObjectKind.PLAN, NAME, object);
        ObjectSealer otherKeys = KeyRing.fresh(REPOSITORY, new SeededSecureRandom(8)).sealer();
        assertCorrupt(otherKeys, ObjectKind.PLAN, NAME, object);
    }

    @Test
    void opensOldGenerationsAndSealsUnderTheNewest() {
        RingSecrets secrets = ring.ring().secrets().next(new SeededSecureRandom(9), true);
        KeyRingFormat.Ring next = new KeyRingFormat.Ring(2, secrets, List.of());
        KeyRing rotated = new KeyRing(REPOSITORY, next, null, new SeededSecureRandom(10));
        assertThat(rotated.generation()).isEqualTo(2);
        assertThat(rotated.sealer().open(ObjectKind.PLAN, NAME, object)).isEqualTo(PLAIN);
        byte[] newer = rotated.sealer().seal(ObjectKind.PLAN, NAME, PLAIN);
        assertThatThrownBy(() -> sealer.open(ObjectKind.PLAN, NAME, newer))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.DENIED));
    }

    @Test
    void printsNoSecret() {
        assertThat(ring.toString())
                .isEqualTo("KeyRing[repository=" + REPOSITORY + " generation=1]");
        assertThat(ring.newPackKeys().toString()).isEqualTo("PackKeys[generation=1]");
        assertThat(ring.ring().secrets().toString()).isEqualTo("RingSecrets[secret]");
    }

    private static void assertCorrupt(
            ObjectSealer sealer, ObjectKind kind, ObjectKey name, byte[] object) {
        assertThatThrownBy(() -> sealer.open(kind, name, object))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT);
                            assertThat(e.object()).hasValue(name.value());
                        });
    }
}
