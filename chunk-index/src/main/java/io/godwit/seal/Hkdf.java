package io.godwit.seal;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/// HKDF-SHA256 (RFC 5869), extract and expand in one, from the JDK.
final class Hkdf {
    private Hkdf() {}

    /// @param info what the output is for; see [Label]
    static byte[] derive(byte[] secret, byte[] salt, byte[] info, int length) {
        try {
            return KDF.getInstance("HKDF-SHA256")
                    .deriveData(
                            HKDFParameterSpec.ofExtract()
                                    .addIKM(secret)
                                    .addSalt(salt)
                                    .thenExpand(info, length));
        } catch (NoSuchAlgorithmException | InvalidAlgorithmParameterException e) {
            throw unavailable(e);
        }
    }

    /// For algorithms that every JDK 25 has.
    static IllegalStateException unavailable(GeneralSecurityException cause) {
        return new IllegalStateException("the jdk lacks an algorithm", cause);
    }
}
