package io.godwit.index;

import io.godwit.pack.PackId;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Keys of the facts that a cache keeps beside chunks and leaf lists: a letter, then what it is
/// about.
///
/// | key | value |
/// |---|---|
/// | `i` | identity: format u16, repository id 16 |
/// | `w` | watermark: the newest collection plan whose sweep was applied, u64 |
/// | `s` name of an index segment or pack | taken in: 1 |
/// | `d` pack id 24 | swept and gone: the sweep's plan, u64 |
/// | `n` volume key | newest counter of the volume's snapshots that was seen, u64 |
/// | `a` attempt 16 | what the attempt is about, see [AttemptJournal] |
/// | `r` attempt 16, region u64 | a finished region of an attempt |
/// | `x` name | anything else, by name |
///
/// Numbers are big-endian.
final class FactKeys {
    static final byte[] IDENTITY = {'i'};
    static final byte[] WATERMARK = {'w'};
    static final byte[] SEGMENTS = {'s'};
    static final byte[] DENIED = {'d'};

    /// The value of a fact whose key says everything.
    static final byte[] KNOWN = {1};

    private FactKeys() {}

    static byte[] segment(String name) {
        return named('s', name);
    }

    static byte[] counter(String volumeKey) {
        return named('n', volumeKey);
    }

    static byte[] other(String name) {
        return named('x', name);
    }

    static byte[] denied(PackId pack) {
        byte[] key = new byte[1 + PackId.BYTES];
        key[0] = 'd';
        SegmentFormat.putPack(MemorySegment.ofArray(key), 1, pack);
        return key;
    }

    static PackId deniedPack(byte[] key) {
        return SegmentFormat.getPack(MemorySegment.ofArray(key), 1);
    }

    static String name(byte[] key) {
        return new String(key, 1, key.length - 1, StandardCharsets.UTF_8);
    }

    static byte[] number(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }

    static long number(byte[] value) {
        return value.length == Long.BYTES ? ByteBuffer.wrap(value).getLong() : 0;
    }

    static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length
                && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static byte[] named(char letter, String name) {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        byte[] key = new byte[1 + text.length];
        key[0] = (byte) letter;
        System.arraycopy(text, 0, key, 1, text.length);
        return key;
    }
}
