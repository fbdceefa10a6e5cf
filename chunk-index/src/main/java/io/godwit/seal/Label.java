package io.godwit.seal;

import io.godwit.format.ByteWriter;
import java.nio.charset.StandardCharsets;

/// What a derived key is for: the `info` of HKDF, so that no two uses share a key.
///
/// Written as `godwit 1 <text>` in ASCII, a zero byte, and the use's own numbers, little-endian.
enum Label {
    ID_LEAF("id leaf"),
    ID_DATA("id data"),
    ID_META("id meta"),
    ID_GEAR("id gear"),
    ID_NAME("id name"),
    GENERATION_DATA("generation data"),
    GENERATION_META("generation meta"),
    PACK("pack"),
    PACK_FOOTER("pack footer"),
    OBJECT("object"),
    SLOT("slot"),
    RING_BOX("ring box"),
    RING_CONTENT("ring content"),
    RING_AUTHENTICATION("ring authentication");

    private final String text;

    Label(String text) {
        this.text = text;
    }

    byte[] info(long... numbers) {
        ByteWriter writer = new ByteWriter().bytes(ascii()).u8(0);
        for (long number : numbers) {
            writer.u64(number);
        }
        return writer.toByteArray();
    }

    private byte[] ascii() {
        return ("godwit 1 " + text).getBytes(StandardCharsets.US_ASCII);
    }
}
