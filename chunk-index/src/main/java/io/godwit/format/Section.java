package io.godwit.format;

/// A part of a header beyond the common fields: a tag and up to 64 KiB of bytes.
///
/// A reader skips the tags that it does not know. What it must not skip is announced by an
/// incompatible feature bit.
public final class Section {
    /// 32 random bytes that the keys of this one object are derived with.
    public static final int SALT = 1;

    /// 32 bytes derived together with a pack's key: whoever has another key sees it before
    /// decrypting.
    public static final int COMMITMENT = 2;

    static final int MAX_BYTES = 0xffff;

    private final int tag;
    private final byte[] content;

    public Section(int tag, byte[] content) {
        if (tag <= 0 || tag > 0xffff || content.length > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "section out of range: tag=%d length=%d".formatted(tag, content.length));
        }
        this.tag = tag;
        this.content = content.clone();
    }

    public int tag() {
        return tag;
    }

    /// A copy of its bytes.
    public byte[] content() {
        return content.clone();
    }

    int length() {
        return content.length;
    }
}
