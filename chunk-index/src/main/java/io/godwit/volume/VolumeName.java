package io.godwit.volume;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// A volume's true name as its owner wrote it: 1 to 1024 bytes of UTF-8 without control characters.
///
/// It stands in roots and catalogue entries, which are sealed; object names show a [VolumeKey]
/// only.
public record VolumeName(String value) implements Comparable<VolumeName> {
    public static final int MAX_BYTES = 1024;

    public VolumeName {
        int bytes = encode(value).remaining();
        if (bytes == 0 || bytes > MAX_BYTES) {
            throw invalid("volume name must have 1 to 1024 bytes", "bytes=" + bytes);
        }
        for (int at = 0; at < value.length(); at++) {
            if (Character.isISOControl(value.charAt(at))) {
                throw invalid("volume name must not have control characters", "position=" + at);
            }
        }
    }

    /// The name's bytes in UTF-8.
    public byte[] utf8() {
        return value.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public int compareTo(VolumeName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static ByteBuffer encode(String value) {
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
        } catch (CharacterCodingException e) {
            throw new GodwitException(FailureKind.INVALID, "volume name is not valid unicode", e);
        }
    }

    private static GodwitException invalid(String message, String facts) {
        return new GodwitException(FailureKind.INVALID, message + ": " + facts)
                .withHint("choose a printable name of at most 1024 bytes");
    }
}
