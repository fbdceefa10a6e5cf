package io.godwit.seal;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.spec.NamedParameterSpec;
import java.security.spec.XECPrivateKeySpec;
import java.security.spec.XECPublicKeySpec;
import javax.crypto.KeyAgreement;

/// The function X25519 (RFC 7748) on its 32 byte strings, by the JDK.
final class X25519 {
    static final int BYTES = 32;

    private static final String NAME = "X25519";
    private static final byte[] BASE_POINT = basePoint();

    private X25519() {}

    /// The public key of any 32 secret bytes.
    static byte[] publicKey(byte[] secret) {
        try {
            return shared(secret, BASE_POINT);
        } catch (InvalidKeyException e) {
            throw Hkdf.unavailable(e);
        }
    }

    /// What the owners of the two keys share; derive from it, never use it as it is.
    ///
    /// @throws InvalidKeyException when `publicKey` is a point of small order: nobody's key
    static byte[] shared(byte[] secret, byte[] publicKey) throws InvalidKeyException {
        try {
            KeyFactory keys = KeyFactory.getInstance(NAME);
            KeyAgreement agreement = KeyAgreement.getInstance(NAME);
            agreement.init(
                    keys.generatePrivate(new XECPrivateKeySpec(NamedParameterSpec.X25519, secret)));
            agreement.doPhase(
                    keys.generatePublic(
                            new XECPublicKeySpec(NamedParameterSpec.X25519, number(publicKey))),
                    true);
            return agreement.generateSecret();
        } catch (InvalidKeyException e) {
            throw e;
        } catch (GeneralSecurityException | IllegalStateException e) {
            throw new IllegalStateException("the jdk lacks x25519", e);
        }
    }

    /// Little-endian, the highest bit ignored.
    private static BigInteger number(byte[] bytes) {
        byte[] bigEndian = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bigEndian[i] = bytes[BYTES - 1 - i];
        }
        bigEndian[0] &= 0x7f;
        return new BigInteger(1, bigEndian);
    }

    private static byte[] basePoint() {
        byte[] point = new byte[BYTES];
        point[0] = 9;
        return point;
    }
}
