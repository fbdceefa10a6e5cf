package io.godwit.seal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// AES-256-GCM of a pack's records, from memory to memory.
///
/// The nonce is the record's ordinal as a 96-bit little-endian number; the footer, under a key of
/// its own, has 2^96-1. Belongs to one thread.
///
/// The JDK's cipher runs its fused AES-GCM kernel on heap arrays only: direct buffers are bounced
/// through small arrays at a third of the speed. So bytes pass through heap arrays that are kept
/// between calls. But one call per record is one call of that kernel, and the compiler takes it up
/// after some thousand calls: the first gigabyte would run at a hundredth of the speed. The small
/// arrays are many calls. So an instance feeds its first [#WARM_UP_BYTES] as direct buffers. What
/// is allocated per record is what `Cipher.init` allocates, about a kilobyte.
public final class RecordCipher {
    public static final int TAG_BYTES = Aead.TAG_BYTES;

    /// Measured: twice what it takes until the kernel is compiled.
    private static final int WARM_UP_BYTES = 16 << 20;

    /// A page fits; what needs more, lets it grow. A mark has dozens of readers.
    private static final int FIRST_SCRATCH = (64 << 10) + 64;

    private static final byte[] FOOTER_NONCE = footerNonce();

    private final Cipher encrypt;
    private final Cipher decrypt;
    private byte[] scratch = new byte[FIRST_SCRATCH];
    private byte[] opened = new byte[FIRST_SCRATCH];
    private int warmUp = WARM_UP_BYTES;

    public RecordCipher() {
        try {
            encrypt = Cipher.getInstance(Aead.ALGORITHM);
            decrypt = Cipher.getInstance(Aead.ALGORITHM);
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }

    /// Writes `length` sealed bytes and the tag to `target`, which may be where `source` is.
    /// An ordinal must not be used twice with the same keys.
    public void seal(
            PackKeys keys,
            int ordinal,
            byte[] aad,
            MemorySegment source,
            long sourceOffset,
            int length,
            MemorySegment target,
            long targetOffset) {
        seal(
                keys.records(),
                nonce(ordinal),
                aad,
                source,
                sourceOffset,
                length,
                target,
                targetOffset);
    }

    /// The same for the pack's footer.
    public void sealFooter(
            PackKeys keys, byte[] aad, byte[] footer, MemorySegment target, long targetOffset) {
        MemorySegment source = MemorySegment.ofArray(footer);
        seal(keys.footer(), FOOTER_NONCE, aad, source, 0, footer.length, target, targetOffset);
    }

    /// Writes `sealedLength` less the tag's 16 plain bytes to `target`.
    ///
    /// @return whether it opened; if not, nothing was written
    public boolean open(
            PackKeys keys,
            int ordinal,
            byte[] aad,
            MemorySegment sealed,
            long sealedOffset,
            int sealedLength,
            MemorySegment target,
            long targetOffset) {
        byte[] nonce = nonce(ordinal);
        byte[] plain = open(keys.records(), nonce, aad, sealed, sealedOffset, sealedLength);
        if (plain == null) {
            return false;
        }
        int length = sealedLength - TAG_BYTES;
        MemorySegment.copy(plain, 0, target, ValueLayout.JAVA_BYTE, targetOffset, length);
        return true;
    }

    /// Whether what was sealed opens to exactly these `length` bytes.
    public boolean verify(
            PackKeys keys,
            int ordinal,
            byte[] aad,
            MemorySegment sealed,
            long sealedOffset,
            MemorySegment expected,
            long expectedOffset,
            int length) {
        int sealedLength = Math.addExact(length, TAG_BYTES);
        byte[] nonce = nonce(ordinal);
        byte[] plain = open(keys.records(), nonce, aad, sealed, sealedOffset, sealedLength);
        return plain != null
                && MemorySegment.mismatch(
                                MemorySegment.ofArray(plain),
                                0,
                                length,
                                expected,
                                expectedOffset,
                                expectedOffset + length)
                        < 0;
    }

    /// The same for the pack's footer, which is written to the start of `target`.
    public boolean openFooter(
            PackKeys keys,
            byte[] aad,
            MemorySegment sealed,
            long sealedOffset,
            int sealedLength,
            byte[] target) {
        byte[] plain = open(keys.footer(), FOOTER_NONCE, aad, sealed, sealedOffset, sealedLength);
        if (plain == null) {
            return false;
        }
        System.arraycopy(plain, 0, target, 0, sealedLength - TAG_BYTES);
        return true;
    }

    private void seal(
            SecretKeySpec key,
            byte[] nonce,
            byte[] aad,
            MemorySegment source,
            long sourceOffset,
            int length,
            MemorySegment target,
            long targetOffset) {
        int sealed = Math.addExact(length, TAG_BYTES);
        byte[] bytes = scratch(sealed);
        try {
            encrypt.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(Aead.TAG_BITS, nonce));
            encrypt.updateAAD(aad);
            if (warmUp > 0) {
                warmUp -= sealed;
                ByteBuffer from = source.asSlice(sourceOffset, length).asByteBuffer();
                encrypt.doFinal(from, ByteBuffer.wrap(bytes));
            } else {
                MemorySegment.copy(source, ValueLayout.JAVA_BYTE, sourceOffset, bytes, 0, length);
                encrypt.doFinal(bytes, 0, length, bytes, 0);
            }
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
        MemorySegment.copy(bytes, 0, target, ValueLayout.JAVA_BYTE, targetOffset, sealed);
    }

    /// The array of opened bytes with the plain ones at its start, or null when the tag is wrong.
    private byte @Nullable [] open(
            SecretKeySpec key,
            byte[] nonce,
            byte[] aad,
            MemorySegment sealed,
            long sealedOffset,
            int sealedLength) {
        if (sealedLength < TAG_BYTES) {
            return null;
        }
        if (opened.length < sealedLength) {
            opened = new byte[grown(sealedLength)];
        }
        try {
            decrypt.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(Aead.TAG_BITS, nonce));
            decrypt.updateAAD(aad);
            if (warmUp > 0) {
                warmUp -= sealedLength;
                ByteBuffer from = sealed.asSlice(sealedOffset, sealedLength).asByteBuffer();
                decrypt.doFinal(from, ByteBuffer.wrap(opened));
            } else {
                byte[] bytes = scratch(sealedLength);
                MemorySegment.copy(
                        sealed, ValueLayout.JAVA_BYTE, sealedOffset, bytes, 0, sealedLength);
                // Not in place: there the cipher copies, and leaves the fused kernel.
                decrypt.doFinal(bytes, 0, sealedLength, opened, 0);
            }
            return opened;
        } catch (AEADBadTagException e) {
            return null;
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        }
    }

    private static int grown(int length) {
        return Math.max(length, Integer.highestOneBit(length) * 2) + TAG_BYTES;
    }

    private byte[] scratch(int length) {
        if (scratch.length < length) {
            scratch = new byte[grown(length)];
        }
        return scratch;
    }

    private static byte[] nonce(int ordinal) {
        byte[] nonce = new byte[Aead.NONCE_BYTES];
        for (int i = 0; i < Integer.BYTES; i++) {
            nonce[i] = (byte) (ordinal >>> (8 * i));
        }
        return nonce;
    }

    private static byte[] footerNonce() {
        byte[] nonce = new byte[Aead.NONCE_BYTES];
        Arrays.fill(nonce, (byte) 0xff);
        return nonce;
    }
}
