package io.godwit.seal;

import io.godwit.format.RepositoryId;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/// The keys of the golden repository: a key file, then a password too, then a second generation.
public final class GoldenKeys {
    public static final Instant CREATED = Instant.parse("2026-11-22T10:00:00Z");

    private static final InstantSource CLOCK = InstantSource.fixed(CREATED);
    private static final Argon2 COST = new Argon2(Argon2.MIN_MEMORY_KIB, 2, 2);

    private GoldenKeys() {}

    public static byte[] keyFileBytes() {
        byte[] bytes = new byte[48];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 5);
        }
        return bytes;
    }

    public static Unlock password() {
        return new Unlock.Password("correct horse".getBytes(StandardCharsets.UTF_8));
    }

    public static KeyRing create(Store store, RepositoryId repository, Path keyFile) {
        byte[] config =
                new RepositoryConfig(
                                repository, 1, CREATED, "leaf", "zstd:1", Optional.of("a host"))
                        .encode();
        store.putIfAbsent(RepositoryConfig.KEY, MemorySegment.ofArray(config));
        Unlock unlock = new Unlock.KeyFile(keyFile);
        return KeySlots.create(store, config, unlock, COST, new SeededSecureRandom(1), CLOCK);
    }

    public static KeyRing addPasswordAndRotate(Store store, Path keyFile) {
        byte[] config = store.get(RepositoryConfig.KEY, 1 << 16).orElseThrow();
        SeededSecureRandom random = new SeededSecureRandom(2);
        KeyAdministration keys =
                KeyAdministration.open(
                        new KeyWriter(store, config, COST, random, CLOCK),
                        new Unlock.KeyFile(keyFile));
        keys.add(password());
        keys.rotate();
        return keys.ring();
    }
}
