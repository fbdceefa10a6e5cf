package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// AES-256-GCM of small things whose key seals nothing else: the nonce is zero. Sealed =
/// ciphertext, 16 byte tag.
final class Aead {
    static final int TAG_BYTES = 16;
    static final int TAG_BITS = 128;
    static final int NONCE_BYTES = 12;
    static final String ALGORITHM = "AES/GCM/NoPadding";

    private Aead() {}

    /// Seals `plain` into `target` from `offset` on, and opens it again to see that it does.
    static void seal(byte[] key, byte[] aad, byte[] plain, byte[] target, int offset) {
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key, aad);
            int sealed = cipher.doFinal(plain, 0, plain.length, target, offset);
            byte[] back = open(key, aad, target, offset, sealed);
            boolean good = Arrays.equals(plain, back);
            Arrays.fill(back, (byte) 0);
            if (!good) {
                throw new AEADBadTagException("other bytes");
            }
        } catch (AEADBadTagException e) {
            throw new GodwitException(
                            FailureKind.INTERNAL,
                            "what was just sealed does not open: length=" + plain.length,
                            e)
                    .withHint("nothing was stored; suspect this machine's memory or processor");
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }

    /// @throws AEADBadTagException when key, `aad` or bytes are others
    static byte[] open(byte[] key, byte[] aad, byte[] source, int offset, int length)
            throws AEADBadTagException {
        if (length < TAG_BYTES) {
            throw new AEADBadTagException("too short");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key, aad).doFinal(source, offset, length);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] aad) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(ALGORITHM);
        GCMParameterSpec zero = new GCMParameterSpec(TAG_BITS, new byte[NONCE_BYTES]);
        cipher.init(mode, new SecretKeySpec(key, "AES"), zero);
        cipher.updateAAD(aad);
        return cipher;
    }
}
