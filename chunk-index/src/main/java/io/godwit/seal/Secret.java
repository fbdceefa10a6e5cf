package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The bytes behind an [Unlock], and what a slot derives from them.
///
/// Of a key service there are none until a slot's wrapped secret was unwrapped by it.
final class Secret implements AutoCloseable {
    private static final int MIN_FILE_BYTES = 32;
    private static final int MAX_FILE_BYTES = 64 << 10;

    private final int kind;
    private final byte[] bytes;
    private final byte[] wrapped;
    private final @Nullable KeyService service;

    private Secret(int kind, byte[] bytes, byte[] wrapped, @Nullable KeyService service) {
        this.kind = kind;
        this.bytes = bytes;
        this.wrapped = wrapped;
        this.service = service;
    }

    /// For slots that are there.
    static Secret of(Unlock unlock) {
        return switch (unlock) {
            case Unlock.Password password -> plain(KeySlot.PASSWORD, password.secret().clone());
            case Unlock.KeyFile(Path path) -> plain(KeySlot.KEY_FILE, read(path));
            case Unlock.Recovery(RecoverySheet sheet) ->
                    plain(KeySlot.RECOVERY, sheet.secret().clone());
            case Unlock.Service(KeyService service) ->
                    new Secret(KeySlot.SERVICE, new byte[0], new byte[0], service);
        };
    }

    /// For a new slot: a key service wraps a secret that is made for it.
    static Secret forNewSlot(Unlock unlock, SecureRandom random) {
        if (!(unlock instanceof Unlock.Service(KeyService service))) {
            return of(unlock);
        }
        byte[] secret = RingSecrets.draw(random);
        byte[] wrapped = service.wrap(secret.clone());
        if (wrapped.length == 0 || wrapped.length > KeyService.MAX_WRAPPED_BYTES) {
            throw unfit(service, "made something of a length out of range");
        }
        boolean comesBack =
                service.unwrap(wrapped.clone()).map(b -> Arrays.equals(b, secret)).orElse(false);
        if (!comesBack) {
            throw unfit(service, "does not unwrap what it wrapped");
        }
        return new Secret(KeySlot.SERVICE, secret, wrapped, service);
    }

    private static GodwitException unfit(KeyService service, String what) {
        return new GodwitException(
                FailureKind.DENIED, "key service " + what + ": service=" + service.describe());
    }

    private static Secret plain(int kind, byte[] bytes) {
        return new Secret(kind, bytes, new byte[0], null);
    }

    int kind() {
        return kind;
    }

    /// What a new slot keeps for the key service; empty for the other kinds.
    byte[] wrapped() {
        return wrapped;
    }

    /// 32 bytes that wrap, then 32 that commit.
    ///
    /// @param kept what the slot keeps for the key service
    /// @return empty when the key service does not know it
    Optional<byte[]> keys(Argon2 cost, byte[] salt, byte[] kept) {
        if (service == null || bytes.length > 0) {
            return Optional.of(keys(bytes, cost, salt));
        }
        return service.unwrap(kept.clone()).map(secret -> keysOnce(secret, cost, salt));
    }

    private byte[] keysOnce(byte[] secret, Argon2 cost, byte[] salt) {
        try {
            return keys(secret, cost, salt);
        } finally {
            Arrays.fill(secret, (byte) 0);
        }
    }

    private byte[] keys(byte[] secret, Argon2 cost, byte[] salt) {
        byte[] stretched = kind == KeySlot.PASSWORD ? cost.derive(secret, salt) : secret.clone();
        try {
            byte[] info = Label.SLOT.info(ObjectFormat.SUITE_1, kind);
            return Hkdf.derive(stretched, salt, info, 64);
        } finally {
            Arrays.fill(stretched, (byte) 0);
        }
    }

    private static byte[] read(Path path) {
        byte[] content;
        try (InputStream in = Files.newInputStream(path)) {
            content = in.readNBytes(MAX_FILE_BYTES + 1);
        } catch (NoSuchFileException e) {
            throw failure(FailureKind.NOT_FOUND, "no such key file", path, e);
        } catch (AccessDeniedException e) {
            throw failure(FailureKind.DENIED, "key file may not be read", path, e);
        } catch (IOException e) {
            throw failure(FailureKind.INVALID, "key file cannot be read", path, e);
        }
        if (content.length < MIN_FILE_BYTES || content.length > MAX_FILE_BYTES) {
            Arrays.fill(content, (byte) 0);
            throw new GodwitException(
                            FailureKind.INVALID, "key file has a length out of range: file=" + path)
                    .withObject(path.toString())
                    .withHint("make one of 32 random bytes: head -c 32 /dev/urandom > FILE");
        }
        return content;
    }

    private static GodwitException failure(
            FailureKind kind, String what, Path path, IOException cause) {
        return new GodwitException(kind, what + ": file=" + path, cause)
                .withObject(path.toString());
    }

    @Override
    public void close() {
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public String toString() {
        return "Secret[secret]";
    }
}
