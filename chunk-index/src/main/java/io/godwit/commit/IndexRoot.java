package io.godwit.commit;

import io.godwit.chunk.ChunkId;
import java.util.List;

/// `idx/root/<round>`: the list of live index shards, and every move that a reader may still need.
///
/// @param floor segments in `idx/l0/` of sessions below it are merged into the shards
/// @param shards by first chunk id, without overlap
/// @param moves of every sweep whose target stands in no sweep or was moved on, by victim
public record IndexRoot(
        long round, Nonce nonce, long floor, List<Shard> shards, List<PackMove> moves) {
    public static final int SHARDS_MAX = 1 << 16;

    /// A merged shard: `idx/l1/<round>-<nonce>/<number>`. A later root may name it again.
    public record Shard(
            long round,
            Nonce nonce,
            int number,
            ChunkId first,
            ChunkId last,
            long rows,
            long bytes) {
        public Shard {
            if (round < 1 || number < 0 || rows < 1 || bytes < 1 || first.compareTo(last) > 0) {
                throw new IllegalArgumentException(
                        "not a shard: round=%d number=%d rows=%d".formatted(round, number, rows));
            }
        }
    }

    public IndexRoot {
        shards = List.copyOf(shards);
        moves = Rounds.sortedMoves(moves);
        Rounds.requireRound(round);
        if (floor < 0 || floor > round || shards.size() > SHARDS_MAX) {
            throw new IllegalArgumentException(
                    "not an index root: round=%d floor=%d shards=%d"
                            .formatted(round, floor, shards.size()));
        }
        for (int i = 1; i < shards.size(); i++) {
            if (shards.get(i - 1).last().compareTo(shards.get(i).first()) >= 0) {
                throw new IllegalArgumentException("shards overlap: number=" + i);
            }
        }
    }
}
