package io.godwit.digest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// The keyed vectors of BLAKE3, read from the golden file.
record KeyedGolden(int length, String digest) {
    static final DigestKey KEY =
            DigestKey.of("whats the Elvish word for friend".getBytes(StandardCharsets.US_ASCII));

    static List<KeyedGolden> all() {
        String name = "/golden/digest/blake3-keyed.txt";
        try (InputStream file = KeyedGolden.class.getResourceAsStream(name)) {
            String text =
                    new String(
                            Objects.requireNonNull(file, name).readAllBytes(),
                            StandardCharsets.US_ASCII);
            return text.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1))
                    .map(part -> new KeyedGolden(Integer.parseInt(part[0]), part[1]))
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("golden file unreadable: file=" + name, e);
        }
    }

    /// Byte i is i mod 251.
    static byte[] input(int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 251);
        }
        return bytes;
    }
}
