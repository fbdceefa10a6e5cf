package io.godwit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.format.RepositoryId;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeySlotsTest {
    private static final RepositoryId REPOSITORY = new RepositoryId(11, 12);
    private static final Argon2 CHEAP = new Argon2(Argon2.MIN_MEMORY_KIB, 1, 1);
    private static final ObjectKey NAME = new ObjectKey("gc/01/plan");
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-22T10:00:00Z"));

    @TempDir private Path directory;

    private final MemoryStore store = new MemoryStore();
    private final SeededSecureRandom random = new SeededSecureRandom(3);
    private final byte[] config = config("leaf");
    private Unlock keyFile = password("");
    private Unlock otherFile = password("");

    @BeforeEach
    void writeKeyFiles() throws IOException {
        keyFile = keyFile("one", 1);
        otherFile = keyFile("two", 2);
    }

    private Unlock keyFile(String name, int fill) throws IOException {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return new Unlock.KeyFile(Files.write(directory.resolve(name), bytes));
    }

    private static byte[] config(String chunker) {
        return new RepositoryConfig(
                        REPOSITORY, 1, CLOCK.instant(), chunker, "zstd:1", Optional.empty())
                .encode();
    }

    private static Unlock password(String text) {
        return new Unlock.Password((text + "pw").getBytes(StandardCharsets.UTF_8));
    }

    private KeyRing create() {
        return KeySlots.create(store, config, keyFile, CHEAP, random, CLOCK);
    }

    private KeyRing open(Unlock unlock) {
        return KeySlots.open(store, config, unlock, random);
    }

    @Test
    void aKeyFileOpensWhatItMade() {
        KeyRing made = create();
        byte[] sealed = made.sealer().seal(ObjectKind.PLAN, NAME, new byte[] {7});
        KeyRing opened = open(keyFile);
        assertThat(opened.generation()).isEqualTo(1);
        assertThat(opened.repository()).isEqualTo(REPOSITORY);
        assertThat(opened.sealer().open(ObjectKind.PLAN, NAME, sealed)).containsExactly(7);
    }

    @Test
    void aPasswordOpensWhatItMade() {
        KeySlots.create(store, config, password("right"), CHEAP, random, CLOCK);
        assertThat(open(password("right")).generation()).isEqualTo(1);
        assertRefused(FailureKind.DENIED, () -> open(password("wrong")), "wrong password");
    }

    @Test
    void refusesAnotherKeyFile() {
        create();
        assertRefused(FailureKind.DENIED, () -> open(otherFile), "wrong password or key file");
        assertRefused(FailureKind.DENIED, () -> open(password("any")), "wrong password");
    }

    @Test
    void refusesARepositoryWithoutSlots() {
        assertRefused(FailureKind.CORRUPT, () -> open(keyFile), "no key slots");
    }

    @Test
    void refusesAnExchangedConfig() {
        create();
        byte[] exchanged = config("fixed:64KiB");
        assertRefused(
                FailureKind.CORRUPT,
                () -> KeySlots.open(store, exchanged, keyFile, random),
                "config is not the one");
    }

    @Test
    void refusesARingThatTheStoreMade() {
        KeyRing ring = create();
        KeyRingFormat.Ring forged =
                new KeyRingFormat.Ring(2, RingSecrets.fresh(random), ring.ring().recipients());
        byte[] bytes = KeyRingFormat.write(REPOSITORY, forged, new byte[32], random);
        store.putIfAbsent(KeyRingFormat.key(2), MemorySegment.ofArray(bytes));
        assertRefused(FailureKind.CORRUPT, () -> open(keyFile), "ring is not authentic");
    }

    @Test
    void noticesEveryFlippedByteOfSlotAndRing() {
        create();
        byte[] anySlot = slotObject();
        byte[] ring = store.get(KeyRingFormat.key(1), 1 << 16).orElseThrow();
        for (int i = 0; i < anySlot.length; i++) {
            assertOpensNot(flipped(anySlot, i), ring);
        }
        for (int i = 0; i < ring.length; i++) {
            assertOpensNot(anySlot, flipped(ring, i));
        }
        for (int length = 0; length < ring.length; length += 7) {
            assertOpensNot(anySlot, Arrays.copyOf(ring, length));
        }
        for (int length = 0; length < anySlot.length; length += 7) {
            assertOpensNot(Arrays.copyOf(anySlot, length), ring);
        }
    }

    private byte[] slotObject() {
        return store.get(slotKey(), 4096).orElseThrow();
    }

    private ObjectKey slotKey() {
        return store.list("keys/", "", 1).objects().get(0).key();
    }

    private void assertOpensNot(byte[] slot, byte[] ring) {
        MemoryStore other = new MemoryStore();
        other.putIfAbsent(slotKey(), MemorySegment.ofArray(slot));
        other.putIfAbsent(KeyRingFormat.key(1), MemorySegment.ofArray(ring));
        assertRefused(FailureKind.CORRUPT, () -> KeySlots.open(other, config, keyFile, random), "");
    }

    private static byte[] flipped(byte[] object, int at) {
        byte[] damaged = object.clone();
        damaged[at] ^= 0x40;
        return damaged;
    }

    @Test
    void refusesAMemoryBomb() {
        Argon2 bomb = new Argon2(Argon2.MAX_MEMORY_KIB + 1, 1, 1);
        assertThat(bomb.acceptable()).isFalse();
        assertThat(new Argon2((19 << 10) - 1, 3, 4).acceptable()).isFalse();
        assertThat(new Argon2(1 << 16, 65, 4).acceptable()).isFalse();
        assertThat(Argon2.DEFAULT.acceptable()).isTrue();
        Argon2 weak = new Argon2(64, 1, 1);
        KeySlots.create(store, config, password("x"), weak, random, CLOCK);
        assertRefused(FailureKind.CORRUPT, () -> open(password("x")), "out of range");
    }

    @Test
    void aDamagedSlotDoesNotShutOutTheOthers() {
        create();
        store.putIfAbsent(
                new ObjectKey("keys/0000000000000000"), MemorySegment.ofArray(new byte[99]));
        store.putIfAbsent(new ObjectKey("keys/readme"), MemorySegment.ofArray(new byte[9]));
        assertThat(open(keyFile).generation()).isEqualTo(1);
    }

    @Test
    void saysWhatIsWrongWithAKeyFile() throws IOException {
        Path small = Files.write(directory.resolve("small"), new byte[31]);
        create();
        assertRefused(
                FailureKind.INVALID, () -> open(new Unlock.KeyFile(small)), "length out of range");
        assertRefused(
                FailureKind.NOT_FOUND,
                () -> open(new Unlock.KeyFile(directory.resolve("none"))),
                "no such key file");
    }

    @Test
    void x25519AgreesWithTheStandard() throws InvalidKeyException {
        // RFC 7748, 6.1
        byte[] alice = hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        byte[] bob = hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        assertThat(X25519.publicKey(bob))
                .isEqualTo(hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
        assertThat(X25519.shared(bob, alice))
                .isEqualTo(hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"));
        assertThatThrownBy(() -> X25519.shared(bob, new byte[32]))
                .isInstanceOf(InvalidKeyException.class);
    }

    @Test
    void argon2AgreesWithTheStandard() {
        // The first vector of the reference implementation's test.c for Argon2id, version 1.3, with
        // 2^16 KiB.
        byte[] key =
                new Argon2(1 << 16, 2, 1)
                        .derive(
                                "password".getBytes(StandardCharsets.UTF_8),
                                "somesalt".getBytes(StandardCharsets.UTF_8));
        assertThat(key)
                .isEqualTo(hex("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"));
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text);
    }

    @Test
    void printsNoSecret() {
        assertThat(password("sesame").toString()).isEqualTo("Password[secret]");
        assertThat(Secret.of(password("sesame")).toString()).isEqualTo("Secret[secret]");
        assertThat(create().ring().toString()).isEqualTo("Ring[number=1]");
    }

    private static void assertRefused(FailureKind kind, ThrowingCallable call, String facts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(kind);
                            assertThat(e).hasMessageContaining(facts);
                        });
    }
}
