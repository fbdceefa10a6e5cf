package io.godwit.collect;

import io.godwit.chunk.ChunkId;

/// Remembers chunks by their whole ids, up to a number of them: what it has no room for it forgets
/// at once, and is visited again. Belongs to one thread.
final class VisitedChunks {
    /// Nodes and pages of a quarter of a petabyte, in 256 MiB at most: 32 bytes a place, half of
    /// them free.
    static final int LIMIT = 1 << 22;

    private static final int WORDS = 4;
    private static final int FIRST_PLACES = 1 << 10;

    private final int limit;
    private long[] places = new long[WORDS * FIRST_PLACES];
    private int size;

    VisitedChunks(int limit) {
        this.limit = limit;
    }

    /// Whether the chunk is not remembered from before; from now on it is, if there is room.
    boolean add(ChunkId chunk) {
        int place = find(places, chunk);
        if (isTaken(places, place)) {
            return false;
        }
        if (size == limit) {
            return true;
        }
        put(places, place, chunk);
        size++;
        if (2 * WORDS * size > places.length) {
            grow();
        }
        return true;
    }

    private void grow() {
        long[] grown = new long[2 * places.length];
        for (int at = 0; at < places.length; at += WORDS) {
            if (isTaken(places, at)) {
                ChunkId chunk =
                        new ChunkId(places[at], places[at + 1], places[at + 2], places[at + 3]);
                put(grown, find(grown, chunk), chunk);
            }
        }
        places = grown;
    }

    /// Where the chunk stands, or would.
    private static int find(long[] places, ChunkId chunk) {
        int mask = places.length - 1;
        // Ids are keyed digests: every bit of them is as good as random.
        int at = (int) chunk.word0() * WORDS & mask;
        while (isTaken(places, at) && !isAt(places, at, chunk)) {
            at = at + WORDS & mask;
        }
        return at;
    }

    private static boolean isTaken(long[] places, int at) {
        return (places[at] | places[at + 1] | places[at + 2] | places[at + 3]) != 0;
    }

    private static boolean isAt(long[] places, int at, ChunkId chunk) {
        return places[at] == chunk.word0()
                && places[at + 1] == chunk.word1()
                && places[at + 2] == chunk.word2()
                && places[at + 3] == chunk.word3();
    }

    private static void put(long[] places, int at, ChunkId chunk) {
        places[at] = chunk.word0();
        places[at + 1] = chunk.word1();
        places[at + 2] = chunk.word2();
        places[at + 3] = chunk.word3();
    }

    int size() {
        return size;
    }
}
