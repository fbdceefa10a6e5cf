package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import java.math.BigInteger;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class VolumeKeyTest {
    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(new byte[32]));

    @Test
    void isTheDigestInBase32() {
        hasher.updateLong(0);
        hasher.update(new byte[] {'d', 'b'}, 0, 2);
        BigInteger digest = new BigInteger(1, Arrays.copyOf(hasher.finish(), 16)).shiftLeft(2);
        StringBuilder expected = new StringBuilder();
        for (int letter = 25; letter >= 0; letter--) {
            int bits = digest.shiftRight(5 * letter).intValue() & 31;
            expected.append((char) (bits < 26 ? 'a' + bits : '2' + bits - 26));
        }

        assertThat(VolumeKey.of(hasher, new VolumeName("db"), 0)).hasToString(expected.toString());
    }

    @Test
    void dependsOnNameAndDomain() {
        VolumeKey key = VolumeKey.of(hasher, new VolumeName("db"), 0);
        assertThat(VolumeKey.of(hasher, new VolumeName("db"), 0)).isEqualTo(key);
        assertThat(VolumeKey.of(hasher, new VolumeName("db"), 1)).isNotEqualTo(key);
        assertThat(VolumeKey.of(hasher, new VolumeName("dc"), 0)).isNotEqualTo(key);
    }

    @Test
    void refusesWhatIsNoKey() {
        assertThatThrownBy(() -> new VolumeKey("ab")).hasMessageContaining("not a volume key");
        assertThatThrownBy(() -> new VolumeKey("1".repeat(26))).hasMessageContaining("not a");
    }
}
