package io.godwit.index;

import io.godwit.pack.ChunkRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Another process with the same cache open. It says on standard output what it did, line by line,
/// and takes orders from standard input: `add SEED`, `find SEED`, `churn SEED` (adds and ingests
/// until it is killed), `close`.
final class CacheChild {
    static final int ROWS = 2000;

    private CacheChild() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream out = System.out;
        byte[] id = arguments[1].getBytes(StandardCharsets.US_ASCII);
        LocalCache cache =
                LocalCache.open(Path.of(arguments[0]), id, text -> out.println("warning " + text));
        out.println(cache.mode());
        BufferedReader orders =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            out.println(obey(cache, order));
            out.flush();
        }
    }

    private static String obey(LocalCache cache, String order) {
        String[] words = order.split(" ", 2);
        switch (words[0]) {
            case "add" -> cache.add(rows(words[1]));
            case "find" -> {
                return String.valueOf(found(cache, rows(words[1])));
            }
            case "churn" -> churn(cache, Integer.parseInt(words[1]));
            case "close" -> cache.close();
            default -> throw new IllegalArgumentException(order);
        }
        return "done";
    }

    static List<ChunkRef> rows(String seed) {
        return new Rows(Long.parseLong(seed)).refs(ROWS, 5);
    }

    static long found(LocalCache cache, List<ChunkRef> refs) {
        return refs.stream().filter(ref -> ref.equals(cache.find(ref.id()))).count();
    }

    private static void churn(LocalCache cache, int seed) {
        System.out.println("churning");
        System.out.flush();
        for (int round = 1; true; round++) {
            cache.add(rows(Integer.toString(seed + round)));
            List<ChunkRef> many = new Rows(seed + round).refs(RocksTier.INGEST_FROM_ROWS, 5);
            byte[] segment = SegmentFormatTest.write(many);
            cache.add(new SegmentReader("s", segment));
            cache.advanceWatermark(round);
        }
    }
}
