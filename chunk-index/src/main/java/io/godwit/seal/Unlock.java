package io.godwit.seal;

import java.nio.file.Path;
import java.util.Arrays;

/// What a person or a machine opens a repository with.
public sealed interface Unlock {
    /// A password, as bytes (of UTF-8). Slow on purpose.
    ///
    /// Holds the caller's array: whoever made it wipes it.
    final class Password implements Unlock {
        private final byte[] secret;

        public Password(byte[] secret) {
            if (secret.length == 0) {
                throw new IllegalArgumentException("empty password");
            }
            this.secret = secret;
        }

        byte[] secret() {
            return secret;
        }

        public void wipe() {
            Arrays.fill(secret, (byte) 0);
        }

        @Override
        public String toString() {
            return "Password[secret]";
        }
    }

    /// A file of at least 32 unpredictable bytes. Fast.
    record KeyFile(Path path) implements Unlock {}

    /// What a [RecoverySheet] carries. Fast.
    record Recovery(RecoverySheet sheet) implements Unlock {}

    /// A key that stays where it is. As fast as the service answers.
    record Service(KeyService service) implements Unlock {}
}
