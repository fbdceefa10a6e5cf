package io.godwit.commit;

import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What a newer program wrote behind the fields that this one knows: kept as it is, so that copying
/// a record on loses nothing.
///
/// Only what may be ignored is written here; what must be understood raises the format's version.
///
/// | bytes | field |
/// |---|---|
/// | varint | number of extensions, at most 64 |
/// | each: varint | tag, strictly increasing |
/// | varint + bytes | content, at most 64 KiB |
public record Extensions(List<Extension> list) {
    public static final Extensions NONE = new Extensions(List.of());

    private static final int COUNT_MAX = 64;
    private static final int CONTENT_BYTES_MAX = 64 << 10;

    /// One of them. The content belongs to the record and is never changed.
    public static final class Extension {
        private final int tag;
        private final byte[] content;

        public Extension(int tag, byte[] content) {
            if (tag < 0 || content.length > CONTENT_BYTES_MAX) {
                throw new IllegalArgumentException(
                        "not an extension: tag=%d length=%d".formatted(tag, content.length));
            }
            this.tag = tag;
            this.content = content.clone();
        }

        public int tag() {
            return tag;
        }

        public byte[] content() {
            return content.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Extension that
                    && tag == that.tag
                    && Arrays.equals(content, that.content);
        }

        @Override
        public int hashCode() {
            return 31 * tag + Arrays.hashCode(content);
        }
    }

    public Extensions {
        list = List.copyOf(list);
        int before = -1;
        for (Extension extension : list) {
            if (extension.tag <= before) {
                throw new IllegalArgumentException("extension out of order: " + extension.tag);
            }
            before = extension.tag;
        }
        if (list.size() > COUNT_MAX) {
            throw new IllegalArgumentException("too many extensions: " + list.size());
        }
    }

    static Extensions read(ByteReader reader) {
        int count = reader.varint(COUNT_MAX);
        if (count == 0) {
            return NONE;
        }
        List<Extension> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            int tag = reader.varint();
            list.add(new Extension(tag, reader.bytes(reader.varint(CONTENT_BYTES_MAX))));
        }
        return new Extensions(list);
    }

    void write(ByteWriter writer) {
        writer.varint(list.size());
        for (Extension extension : list) {
            writer.varint(extension.tag).varint(extension.content.length).bytes(extension.content);
        }
    }
}
