package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.format.ObjectFormat;
import io.godwit.format.ObjectHeader;
import io.godwit.format.ObjectKind;
import io.godwit.format.RepositoryId;
import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/// The object `keys/<slotId>`: a private key, wrapped under a password, a key file, a recovery
/// sheet or a secret that a key service keeps. Its body:
///
/// | at | bytes | field |
/// |---|---|---|
/// | 0 | 1 | 1 password, 2 key file, 3 recovery sheet, 4 key service |
/// | 1 | 8 | time of creation, milliseconds since 1970 |
/// | 9 | 32 | salt |
/// | 41 | 4 | Argon2id memory, KiB; 0 for the other kinds |
/// | 45 | 4 | iterations; 0 for the other kinds |
/// | 49 | 4 | parallelism; 0 for the other kinds |
/// | 53 | 32 | commitment |
/// | 85 | 116 | sealed: X25519 private key 32, SHA-256 of `config` 32, first ring 4, its anchor 32, tag 16 |
/// | 201 | n | the slot's secret as the key service wrapped it; nothing for the other kinds |
///
/// (K, commitment) = HKDF(Argon2id(password, salt) or the secret's bytes, salt, "slot" || suite ||
/// kind), 32 bytes each; the commitment tells a wrong password from damage, and makes sure that a
/// slot opens under one password only. Sealed with AES-256-GCM, nonce zero, AAD = header ||
/// repository id || name as a string || body before it || body behind it. The anchor authenticates
/// the first ring that has this slot; that ring authenticates the next.
final class KeySlot {
    static final int MAX_BYTES = 4096;
    static final int PASSWORD = 1;
    static final int KEY_FILE = 2;
    static final int RECOVERY = 3;
    static final int SERVICE = 4;

    private static final int SALT_BYTES = 32;
    private static final int COMMITMENT_AT = 53;
    private static final int SEALED_AT = COMMITMENT_AT + 32;
    private static final int SEALED_BYTES = 32 + 32 + 4 + 32 + Aead.TAG_BYTES;
    private static final int KEPT_AT = SEALED_AT + SEALED_BYTES;

    private final SlotId id;
    private final ObjectFormat.Opened object;
    private final byte[] body;

    private KeySlot(SlotId id, ObjectFormat.Opened object, byte[] body) {
        this.id = id;
        this.object = object;
        this.body = body;
    }

    /// Checks the object without opening it.
    static KeySlot read(SlotId id, RepositoryId repository, byte[] bytes) {
        String name = id.key().value();
        ObjectFormat.Opened object =
                ObjectFormat.open(ObjectKind.KEY_SLOT, name, MemorySegment.ofArray(bytes));
        ByteReader reader = new ByteReader(object.body(), name);
        if (!object.header().repository().equals(repository)) {
            throw reader.corrupt("key slot of another repository");
        }
        byte[] body = reader.bytes((int) object.body().byteSize());
        if (body.length < KEPT_AT || (body[0] != SERVICE && body.length > KEPT_AT)) {
            throw reader.corrupt("key slot has another length");
        }
        return new KeySlot(id, object, body);
    }

    static byte[] write(
            SlotId id,
            RepositoryId repository,
            Secret secret,
            Argon2 cost,
            long createdMillis,
            SlotContent content,
            SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        ByteWriter start = new ByteWriter();
        start.u8(secret.kind()).u64(createdMillis).bytes(salt);
        boolean password = secret.kind() == PASSWORD;
        start.u32(password ? cost.memoryKib() : 0).u32(password ? cost.iterations() : 0);
        start.u32(password ? cost.parallelism() : 0);
        byte[] kept = secret.wrapped();
        byte[] keys = secret.keys(cost, salt, kept).orElseThrow();
        start.bytes(Arrays.copyOfRange(keys, 32, 64));
        byte[] plain =
                new ByteWriter()
                        .bytes(content.privateKey())
                        .bytes(content.configDigest())
                        .u32(content.firstRing())
                        .bytes(content.anchor())
                        .toByteArray();
        ObjectHeader header = ObjectHeader.own(ObjectKind.KEY_SLOT, repository);
        ByteWriter headerBytes = new ByteWriter();
        ObjectFormat.writeHeader(headerBytes, header);
        byte[] aad = aad(headerBytes.written(), repository, id, start.toByteArray(), kept);
        byte[] body = Arrays.copyOf(start.toByteArray(), KEPT_AT + kept.length);
        System.arraycopy(kept, 0, body, KEPT_AT, kept.length);
        Aead.seal(Arrays.copyOf(keys, 32), aad, plain, body, SEALED_AT);
        Arrays.fill(plain, (byte) 0);
        Arrays.fill(keys, (byte) 0);
        return ObjectFormat.write(header, MemorySegment.ofArray(body));
    }

    int kind() {
        return body[0];
    }

    long createdMillis() {
        ByteReader reader = new ByteReader(body, id.key().value());
        reader.skip(1);
        return reader.u64();
    }

    /// What the slot wraps, or empty when this is not its password or file.
    Optional<SlotContent> open(Secret secret) {
        String name = id.key().value();
        ByteReader reader = new ByteReader(body, name);
        reader.skip(9);
        byte[] salt = reader.bytes(SALT_BYTES);
        Argon2 cost = cost(reader);
        byte[] commitment = reader.bytes(32);
        if (secret.kind() == PASSWORD && !cost.acceptable()) {
            throw reader.corrupt("key slot asks for a password cost out of range");
        }
        Optional<byte[]> found = secret.keys(cost, salt, kept());
        if (found.isEmpty()) {
            return Optional.empty();
        }
        byte[] keys = found.get();
        try {
            if (!MessageDigest.isEqual(commitment, Arrays.copyOfRange(keys, 32, 64))) {
                return Optional.empty();
            }
            return Optional.of(unwrap(Arrays.copyOf(keys, 32), name));
        } finally {
            Arrays.fill(keys, (byte) 0);
        }
    }

    private byte[] kept() {
        return Arrays.copyOfRange(body, KEPT_AT, body.length);
    }

    private static Argon2 cost(ByteReader reader) {
        return new Argon2(
                (int) Math.min(reader.u32(), Integer.MAX_VALUE),
                (int) Math.min(reader.u32(), Integer.MAX_VALUE),
                (int) Math.min(reader.u32(), Integer.MAX_VALUE));
    }

    private SlotContent unwrap(byte[] key, String name) {
        byte[] aad =
                aad(
                        object.headerBytes(),
                        object.header().repository(),
                        id,
                        Arrays.copyOf(body, SEALED_AT),
                        kept());
        byte[] plain;
        try {
            plain = Aead.open(key, aad, body, SEALED_AT, SEALED_BYTES);
        } catch (AEADBadTagException e) {
            throw corrupt(name, "key slot was altered or renamed", e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
        ByteReader reader = new ByteReader(plain, name);
        byte[] privateKey = reader.bytes(32);
        byte[] digest = reader.bytes(32);
        long ring = reader.u32();
        byte[] anchor = reader.bytes(32);
        reader.end();
        Arrays.fill(plain, (byte) 0);
        if (ring < 1 || ring > KeyRingFormat.MAX_NUMBER) {
            throw corrupt(name, "key slot names no ring", null);
        }
        return new SlotContent(privateKey, digest, (int) ring, anchor);
    }

    private static byte[] aad(
            MemorySegment header, RepositoryId repository, SlotId id, byte[] start, byte[] kept) {
        return new ByteWriter()
                .bytes(header, 0, header.byteSize())
                .repositoryId(repository)
                .string(id.key().value())
                .bytes(start)
                .bytes(kept)
                .toByteArray();
    }

    private static GodwitException corrupt(String name, String what, @Nullable Throwable cause) {
        GodwitException failure =
                new GodwitException(FailureKind.CORRUPT, what + ": object=" + name);
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure.withObject(name);
    }
}
