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
import java.util.Arrays;

/// The bytes behind an [Unlock], and what a slot derives from them.
final class Secret implements AutoCloseable {
    private static final int MIN_FILE_BYTES = 32;
    private static final int MAX_FILE_BYTES = 64 << 10;

    private final int kind;
    private final byte[] bytes;

    private Secret(int kind, byte[] bytes) {
        this.kind = kind;
        this.bytes = bytes;
    }

    static Secret of(Unlock unlock) {
        return switch (unlock) {
            case Unlock.Password password ->
                    new Secret(KeySlot.PASSWORD, password.secret().clone());
            case Unlock.KeyFile(Path path) -> new Secret(KeySlot.KEY_FILE, read(path));
        };
    }

    int kind() {
        return kind;
    }

    /// 32 bytes that wrap, then 32 that commit.
    byte[] keys(Argon2 cost, byte[] salt) {
        byte[] stretched = kind == KeySlot.PASSWORD ? cost.derive(bytes, salt) : bytes.clone();
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
            throw failure(FailureKind.UNAVAILABLE, "key file cannot be read", path, e);
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
