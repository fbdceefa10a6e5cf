package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.format.ObjectFormat;
import io.godwit.format.ObjectHeader;
import io.godwit.format.ObjectKind;
import io.godwit.format.RepositoryId;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The object `ring/<n, 8 hex digits>`: the secrets of every key generation, sealed to each slot.
/// Its body:
///
/// | bytes | field |
/// |---|---|
/// | 4 | ring number |
/// | 32 | public key of a X25519 pair that was made for this ring and forgotten |
/// | varint | number of boxes |
/// | each 8 + 48 | slot id as u64; the content key, sealed under HKDF(X25519, ring's || slot's public key, "ring box" || number) |
/// | varint | length of the sealed content |
/// | n | content, sealed under HKDF(content key, ring's public key, "ring content" || number) |
/// | 32 | HMAC-SHA256 of header and body before it, under HKDF(the secret for this in the ring before, or in the first slot; "ring authentication" || number) |
///
/// Both seals: AES-256-GCM, nonce zero; AAD of a box = repository id || number u32 || slot id u64,
/// of the content = header || body before it. Content: ring number 4; root of ids 32; secret that
/// authenticates the next ring 32; varint generations, each 32; varint slots, each id 8, kind 1,
/// time of creation 8, public key 32.
///
/// The slots in the content, not the objects under `keys/`, are what the next ring is sealed to: a
/// store cannot add one.
final class KeyRingFormat {
    static final int MAX_BYTES = 4 << 20;
    static final int MAX_NUMBER = 1 << 20;
    static final int MAX_SLOTS = 64;

    private static final int BOX_BYTES = 32 + Aead.TAG_BYTES;
    private static final int MAC_BYTES = 32;

    private KeyRingFormat() {}

    /// An opened ring.
    record Ring(int number, RingSecrets secrets, List<Recipient> recipients) {
        Ring {
            recipients = List.copyOf(recipients);
        }

        @Override
        public String toString() {
            return "Ring[number=" + number + "]";
        }
    }

    static ObjectKey key(int number) {
        return new ObjectKey("ring/" + HexFormat.of().toHexDigits(number));
    }

    static byte[] write(RepositoryId repository, Ring ring, byte[] before, SecureRandom random) {
        byte[] contentKey = RingSecrets.draw(random);
        byte[] ephemeral = RingSecrets.draw(random);
        byte[] ephemeralPublic = X25519.publicKey(ephemeral);
        ObjectHeader header = ObjectHeader.own(ObjectKind.KEY_RING, repository);
        ByteWriter object = new ByteWriter();
        ObjectFormat.writeHeader(object, header);
        object.u32(ring.number()).bytes(ephemeralPublic).varint(ring.recipients().size());
        for (Recipient slot : ring.recipients()) {
            byte[] box = new byte[BOX_BYTES];
            byte[] key = boxKey(ephemeral, slot.publicKey(), ephemeralPublic, slot, ring.number());
            Aead.seal(key, boxAad(repository, ring.number(), slot.slot()), contentKey, box, 0);
            object.u64(slot.slot().value()).bytes(box);
        }
        byte[] plain = content(ring);
        byte[] sealed = new byte[plain.length + Aead.TAG_BYTES];
        object.varint(sealed.length);
        byte[] key = contentKey(contentKey, ephemeralPublic, ring.number());
        Aead.seal(key, object.toByteArray(), plain, sealed, 0);
        object.bytes(sealed);
        object.bytes(mac(repository, before, ring.number(), object.toByteArray()));
        ObjectFormat.writeFooter(object);
        for (byte[] secret : List.of(contentKey, ephemeral, plain, key)) {
            Arrays.fill(secret, (byte) 0);
        }
        return object.toByteArray();
    }

    /// Opens ring `number` for a slot.
    ///
    /// @param before the secret that authenticates it
    /// @return empty when the ring is not sealed to the slot
    static Optional<Ring> open(
            RepositoryId repository,
            int number,
            byte[] bytes,
            byte[] before,
            SlotId slot,
            byte[] privateKey) {
        String name = key(number).value();
        MemorySegment whole = MemorySegment.ofArray(bytes);
        ObjectFormat.Opened opened = ObjectFormat.open(ObjectKind.KEY_RING, name, whole);
        long end = bytes.length - (long) ObjectFormat.FOOTER_BYTES - MAC_BYTES;
        ByteReader reader = new ByteReader(whole, name);
        reader.skip(opened.header().length());
        if (end < reader.position() || !opened.header().repository().equals(repository)) {
            throw corrupt(name, "ring of another repository");
        }
        byte[] authenticated = Arrays.copyOf(bytes, (int) end);
        byte[] expected = mac(repository, before, number, authenticated);
        if (!MessageDigest.isEqual(
                expected, Arrays.copyOfRange(bytes, (int) end, (int) end + 32))) {
            throw corrupt(name, "ring is not authentic");
        }
        if (reader.u32() != number) {
            throw reader.corrupt("ring has another number");
        }
        byte[] ephemeralPublic = reader.bytes(X25519.BYTES);
        byte[] box = findBox(reader, slot);
        if (box.length == 0) {
            return Optional.empty();
        }
        int sealedLength = reader.varint(MAX_BYTES);
        int contentAt = (int) reader.position();
        if (contentAt + (long) sealedLength != end) {
            throw reader.corrupt("ring content has another length");
        }
        byte[] contentKey = unbox(repository, number, slot, privateKey, ephemeralPublic, box, name);
        byte[] key = contentKey(contentKey, ephemeralPublic, number);
        try {
            byte[] aad = Arrays.copyOf(bytes, contentAt);
            byte[] plain = Aead.open(key, aad, bytes, contentAt, sealedLength);
            return Optional.of(readContent(number, plain, name));
        } catch (AEADBadTagException e) {
            throw corrupt(name, "ring content does not open");
        } finally {
            Arrays.fill(contentKey, (byte) 0);
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] content(Ring ring) {
        RingSecrets secrets = ring.secrets();
        ByteWriter writer = new ByteWriter();
        writer.u32(ring.number()).bytes(secrets.idRoot()).bytes(secrets.nextRing());
        writer.varint(secrets.generation());
        for (int generation = 1; generation <= secrets.generation(); generation++) {
            writer.bytes(secrets.generation(generation));
        }
        writer.varint(ring.recipients().size());
        for (Recipient slot : ring.recipients()) {
            writer.u64(slot.slot().value()).u8(slot.kind()).u64(slot.createdMillis());
            writer.bytes(slot.publicKey());
        }
        return writer.toByteArray();
    }

    private static Ring readContent(int number, byte[] plain, String name) {
        ByteReader reader = new ByteReader(plain, name);
        if (reader.u32() != number) {
            throw reader.corrupt("ring has another number");
        }
        byte[] idRoot = reader.bytes(RingSecrets.BYTES);
        byte[] nextRing = reader.bytes(RingSecrets.BYTES);
        int count = reader.varint(RingSecrets.MAX_GENERATIONS);
        List<byte[]> generations = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            generations.add(reader.bytes(RingSecrets.BYTES));
        }
        int slots = reader.varint(MAX_SLOTS);
        List<Recipient> recipients = new ArrayList<>();
        for (int i = 0; i < slots; i++) {
            SlotId id = new SlotId(reader.u64());
            int kind = reader.u8();
            recipients.add(new Recipient(id, kind, reader.u64(), reader.bytes(X25519.BYTES)));
        }
        reader.end();
        if (count == 0) {
            throw reader.corrupt("ring without a key generation");
        }
        Arrays.fill(plain, (byte) 0);
        return new Ring(number, new RingSecrets(idRoot, nextRing, generations), recipients);
    }

    /// The slot's box, or nothing; leaves the reader behind the boxes.
    private static byte[] findBox(ByteReader reader, SlotId slot) {
        byte[] found = new byte[0];
        int boxes = reader.varint(MAX_SLOTS);
        for (int i = 0; i < boxes; i++) {
            boolean mine = reader.u64() == slot.value();
            byte[] box = reader.bytes(BOX_BYTES);
            found = mine ? box : found;
        }
        return found;
    }

    private static byte[] unbox(
            RepositoryId repository,
            int number,
            SlotId slot,
            byte[] privateKey,
            byte[] ephemeralPublic,
            byte[] box,
            String name) {
        Recipient me = new Recipient(slot, 0, 0, X25519.publicKey(privateKey));
        byte[] key = boxKey(privateKey, ephemeralPublic, ephemeralPublic, me, number);
        try {
            return Aead.open(key, boxAad(repository, number, slot), box, 0, box.length);
        } catch (AEADBadTagException e) {
            throw corrupt(name, "ring does not open for its slot");
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static byte[] boxKey(
            byte[] secret, byte[] publicKey, byte[] ephemeralPublic, Recipient slot, int number) {
        byte[] salt = new ByteWriter().bytes(ephemeralPublic).bytes(slot.publicKey()).toByteArray();
        try {
            byte[] shared = X25519.shared(secret, publicKey);
            byte[] key = Hkdf.derive(shared, salt, Label.RING_BOX.info(number), 32);
            Arrays.fill(shared, (byte) 0);
            return key;
        } catch (InvalidKeyException e) {
            throw corrupt(key(number).value(), "public key is nobody's");
        }
    }

    private static byte[] boxAad(RepositoryId repository, int number, SlotId slot) {
        return new ByteWriter()
                .repositoryId(repository)
                .u32(number)
                .u64(slot.value())
                .toByteArray();
    }

    private static byte[] contentKey(byte[] contentKey, byte[] ephemeralPublic, int number) {
        return Hkdf.derive(contentKey, ephemeralPublic, Label.RING_CONTENT.info(number), 32);
    }

    private static byte[] mac(
            RepositoryId repository, byte[] before, int number, byte[] authenticated) {
        byte[] info = Label.RING_AUTHENTICATION.info(number);
        byte[] key = Hkdf.derive(before, repository.toByteArray(), info, 32);
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(authenticated);
        } catch (GeneralSecurityException e) {
            throw Hkdf.unavailable(e);
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private static GodwitException corrupt(String name, String what) {
        return new GodwitException(FailureKind.CORRUPT, what + ": object=" + name).withObject(name);
    }
}
