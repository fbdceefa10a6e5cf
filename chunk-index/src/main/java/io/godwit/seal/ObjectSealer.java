package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteWriter;
import io.godwit.format.KeyKind;
import io.godwit.format.ObjectFormat;
import io.godwit.format.ObjectHeader;
import io.godwit.format.ObjectKind;
import io.godwit.format.Section;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/// Seals whole objects other than packs: nothing opens under another name, kind or repository.
///
/// Key = HKDF(metaKey[generation], the salt in the header, "object" || suite || kind); nonce zero,
/// since a key seals one object; AAD = header || repository id || name. Any thread may use it.
public final class ObjectSealer {
    private final KeyRing ring;

    ObjectSealer(KeyRing ring) {
        this.ring = ring;
    }

    /// The object's bytes, fit for a put under `name` and no other.
    public byte[] seal(ObjectKind kind, ObjectKey name, byte[] plain) {
        byte[] salt = ring.newSalt();
        ObjectHeader header =
                ObjectHeader.sealed(
                        kind,
                        ring.repository(),
                        ring.generation(),
                        new Section(Section.SALT, salt));
        int sealedLength = Math.addExact(plain.length, Aead.TAG_BYTES);
        byte[] object = new byte[header.length() + sealedLength + ObjectFormat.FOOTER_BYTES];
        ByteWriter writer = new ByteWriter(MemorySegment.ofArray(object));
        ObjectFormat.writeHeader(writer, header);
        byte[] aad = aad(writer.written(), name);
        byte[] key = ring.objectKey(ring.generation(), salt, kind.code());
        Aead.seal(key, aad, plain, object, header.length());
        Arrays.fill(key, (byte) 0);
        writer.skip(sealedLength);
        ObjectFormat.writeFooter(writer);
        return object;
    }

    /// The plain bytes of an object that [#seal] made for this kind and name.
    ///
    /// @throws GodwitException `CORRUPT` when it is anything else
    public byte[] open(ObjectKind kind, ObjectKey name, byte[] object) {
        ObjectFormat.Opened opened =
                ObjectFormat.open(kind, name.value(), MemorySegment.ofArray(object));
        ObjectHeader header = opened.header();
        if (!header.repository().equals(ring.repository())) {
            throw corrupt(name, "object of another repository", null);
        }
        if (header.keyKind() != KeyKind.GENERATION) {
            throw corrupt(name, "object is not sealed", null);
        }
        byte[] salt = header.section(Section.SALT, PackKeys.SALT_BYTES, name.value());
        byte[] key = ring.objectKey(header.generation(), salt, kind.code());
        try {
            return Aead.open(
                    key,
                    aad(opened.headerBytes(), name),
                    object,
                    header.length(),
                    (int) opened.body().byteSize());
        } catch (AEADBadTagException e) {
            throw corrupt(name, "object does not open: altered, renamed, or from another key", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private byte[] aad(MemorySegment header, ObjectKey name) {
        return new ByteWriter()
                .bytes(header, 0, header.byteSize())
                .repositoryId(ring.repository())
                .bytes(name.value().getBytes(StandardCharsets.UTF_8))
                .toByteArray();
    }

    private static GodwitException corrupt(ObjectKey name, String what, @Nullable Throwable cause) {
        String message = what + ": object=" + name;
        GodwitException failure =
                cause == null
                        ? new GodwitException(FailureKind.CORRUPT, message)
                        : new GodwitException(FailureKind.CORRUPT, message, cause);
        return failure.withObject(name.value());
    }
}
