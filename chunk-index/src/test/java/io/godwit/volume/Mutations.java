package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.Arrays;
import java.util.Random;
import java.util.function.Consumer;

/// Damages bytes in ways that formats must survive: flips, cuts, insertions, copied spans, extreme
/// numbers.
final class Mutations {
    private final Random random;

    Mutations(long seed) {
        random = new Random(seed);
    }

    /// Feeds damaged copies to a decoder: it may accept one or refuse it as it should, nothing
    /// else. Returns how many were refused.
    int refused(byte[] valid, int rounds, Consumer<byte[]> decoder) {
        int refused = 0;
        for (int round = 0; round < rounds; round++) {
            byte[] damaged = mutate(valid);
            try {
                decoder.accept(damaged);
            } catch (GodwitException e) {
                assertThat(e.kind()).isIn(FailureKind.CORRUPT, FailureKind.INVALID);
                refused++;
            }
        }
        return refused;
    }

    private byte[] mutate(byte[] valid) {
        byte[] bytes = valid.clone();
        for (int change = random.nextInt(3); change >= 0; change--) {
            bytes = change(bytes);
        }
        return bytes;
    }

    private byte[] change(byte[] bytes) {
        if (bytes.length == 0) {
            return bytes;
        }
        int at =
                random.nextInt(4) == 0
                        ? random.nextInt(Math.min(40, bytes.length))
                        : random.nextInt(bytes.length);
        return switch (random.nextInt(6)) {
            case 0 -> Arrays.copyOf(bytes, at);
            case 1 -> {
                bytes[at] = (byte) random.nextInt();
                yield bytes;
            }
            case 2 -> {
                bytes[at] ^= (byte) (1 << random.nextInt(8));
                yield bytes;
            }
            case 3 -> {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(5));
                Arrays.fill(bytes, at, end, (byte) 0xff);
                yield bytes;
            }
            case 4 -> {
                byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                yield longer;
            }
            default -> {
                int length = Math.min(random.nextInt(16), bytes.length - at);
                System.arraycopy(
                        bytes, at, bytes, random.nextInt(bytes.length - length + 1), length);
                yield bytes;
            }
        };
    }
}
