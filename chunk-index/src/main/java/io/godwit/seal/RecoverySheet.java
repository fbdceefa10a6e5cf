package io.godwit.seal;

import java.security.SecureRandom;
import java.util.Arrays;

/// A secret of 256 bits that is kept on paper. [RecoverySheetFormat] is how it is printed and typed
/// back.
public final class RecoverySheet {
    static final int BYTES = 32;

    private final byte[] secret;

    RecoverySheet(byte[] secret) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("length=" + secret.length);
        }
        this.secret = secret;
    }

    public static RecoverySheet fresh(SecureRandom random) {
        return new RecoverySheet(RingSecrets.draw(random));
    }

    byte[] secret() {
        return secret;
    }

    public void wipe() {
        Arrays.fill(secret, (byte) 0);
    }

    @Override
    public String toString() {
        return "RecoverySheet[secret]";
    }
}
