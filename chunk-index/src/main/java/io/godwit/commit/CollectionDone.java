package io.godwit.commit;

/// `gc/<n>/done`: the round has ended and the next may begin.
public record CollectionDone(
        long round,
        Nonce nonce,
        HostIdentity leader,
        long listedPacks,
        long deletedPacks,
        long freedBytes) {
    public CollectionDone {
        Rounds.requireRound(round);
        if (listedPacks < 0 || deletedPacks < 0 || freedBytes < 0) {
            throw new IllegalArgumentException(
                    "negative count: listed=%d deleted=%d freed=%d"
                            .formatted(listedPacks, deletedPacks, freedBytes));
        }
    }
}
