package io.godwit.chunk;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A line of a golden file: a name, a length, and pieces with equal neighbours written as `64*3`.
record ChunkGolden(String name, int length, List<Integer> pieces) {
    static List<ChunkGolden> all(String file) {
        String path = "/golden/chunk/" + file;
        try (InputStream stream = ChunkGolden.class.getResourceAsStream(path)) {
            byte[] bytes = Objects.requireNonNull(stream, path).readAllBytes();
            return new String(bytes, StandardCharsets.US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(ChunkGolden::parse)
                    .toList();
        } catch (IOException e) {
            throw new IllegalStateException("golden file unreadable: file=" + path, e);
        }
    }

    private static ChunkGolden parse(String line) {
        String[] part = line.split(" ", -1);
        List<Integer> pieces = new ArrayList<>();
        for (int i = 2; i < part.length; i++) {
            String[] run = part[i].split("\\*", -1);
            int times = run.length == 1 ? 1 : Integer.parseInt(run[1]);
            for (int k = 0; k < times; k++) {
                pieces.add(Integer.valueOf(run[0]));
            }
        }
        return new ChunkGolden(part[0], Integer.parseInt(part[1]), pieces);
    }

    /// The line that this golden was, or would be, read from.
    String line() {
        StringBuilder line = new StringBuilder(name).append(' ').append(length);
        for (int i = 0; i < pieces.size(); ) {
            int times = 1;
            while (i + times < pieces.size() && pieces.get(i + times).equals(pieces.get(i))) {
                times++;
            }
            line.append(' ').append(pieces.get(i)).append(times == 1 ? "" : "*" + times);
            i += times;
        }
        return line.toString();
    }
}
