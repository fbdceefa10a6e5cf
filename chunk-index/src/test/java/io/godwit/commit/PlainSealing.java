package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.format.ObjectKind;
import io.godwit.store.ObjectKey;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/// Binds contents to kind and name as sealing does, differs at every call as sealing does, and
/// hides nothing.
final class PlainSealing implements Sealing {
    private final AtomicLong salt = new AtomicLong();

    @Override
    public byte[] seal(ObjectKind kind, ObjectKey name, byte[] plain) {
        return new ByteWriter()
                .u64(salt.incrementAndGet())
                .u32(check(kind, name, plain))
                .bytes(plain)
                .toByteArray();
    }

    @Override
    public byte[] open(ObjectKind kind, ObjectKey name, byte[] object) {
        ByteReader reader = new ByteReader(object, name.value());
        reader.u64();
        long expected = reader.u32();
        byte[] plain = reader.bytes((int) reader.remaining());
        if (check(kind, name, plain) != expected) {
            throw new GodwitException(FailureKind.CORRUPT, "object does not open: object=" + name)
                    .withObject(name.value());
        }
        return plain;
    }

    private static long check(ObjectKind kind, ObjectKey name, byte[] plain) {
        CRC32C crc = new CRC32C();
        crc.update((kind + " " + name).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        crc.update(plain);
        return crc.getValue();
    }
}
