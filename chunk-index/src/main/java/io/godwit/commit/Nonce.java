package io.godwit.commit;

import java.util.random.RandomGenerator;

/// What makes two writes of one name tell each other apart: 128 random bits in the content.
///
/// After any doubt about a put the object is read back; the same nonce is mine.
public record Nonce(long high, long low) {
    static final int BYTES = 16;

    public static Nonce random(RandomGenerator random) {
        return new Nonce(random.nextLong(), random.nextLong());
    }

    @Override
    public String toString() {
        return Hex.digits(high) + Hex.digits(low);
    }
}
