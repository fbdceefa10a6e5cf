package io.godwit.commit;

import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeKey;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/// The names of what sessions, catalogue and collection write, and back.
///
/// Numbers are 16 hexadecimal digits (those of parts within an object 8). The time of a snapshot
/// stands inverted, as 2^63-1 minus its milliseconds, so that a volume's newest snapshot is listed
/// first.
public final class CommitKeys {
    static final String SESSIONS = "s/";
    static final String SNAPSHOTS = "snap/";
    static final String TOMBSTONES = "snap-del/";
    static final String CHECKPOINTS = "cat/";
    static final String SEGMENTS = "cat/segment/";
    static final String ROUNDS = "gc/";

    /// Behind all rounds in one listing, so that who looks for plans sees new losses too.
    static final String LOSSES = "gc/lost/";

    static final String INDEX_ROOTS = "idx/root/";
    public static final String INDEX_SEGMENTS = "idx/l0/";
    public static final String INDEX_SHARDS = "idx/l1/";

    private CommitKeys() {}

    public static ObjectKey open(SessionId session) {
        return new ObjectKey(SESSIONS + session + "/open");
    }

    public static ObjectKey ack(SessionId session, long plan) {
        return new ObjectKey(SESSIONS + session + "/ack/" + Hex.digits(plan));
    }

    public static ObjectKey outcome(SessionId session) {
        return new ObjectKey(SESSIONS + session + "/outcome");
    }

    public static ObjectKey indexSegment(SessionId session, int number) {
        return new ObjectKey("%s%s-%08x".formatted(INDEX_SEGMENTS, session, number));
    }

    public static ObjectKey plan(long round) {
        return new ObjectKey(round(round) + "plan");
    }

    public static ObjectKey sweep(long round) {
        return new ObjectKey(round(round) + "sweep");
    }

    public static ObjectKey done(long round) {
        return new ObjectKey(round(round) + "done");
    }

    public static ObjectKey losses(long number) {
        return new ObjectKey(LOSSES + Hex.digits(number));
    }

    static String round(long round) {
        return ROUNDS + Hex.digits(round) + "/";
    }

    public static ObjectKey checkpoint(long round) {
        return new ObjectKey(CHECKPOINTS + Hex.digits(round));
    }

    public static ObjectKey checkpointSegment(Checkpoint.SegmentRef segment) {
        return new ObjectKey(
                "%s%s-%s-%08x"
                        .formatted(
                                SEGMENTS,
                                Hex.digits(segment.round()),
                                segment.nonce(),
                                segment.number()));
    }

    public static ObjectKey indexRoot(long round) {
        return new ObjectKey(INDEX_ROOTS + Hex.digits(round));
    }

    public static ObjectKey indexShard(IndexRoot.Shard shard) {
        return indexShard(shard.round(), shard.nonce(), shard.number());
    }

    static ObjectKey indexShard(long round, Nonce nonce, int number) {
        return new ObjectKey(
                "%s%s-%s/%08x".formatted(INDEX_SHARDS, Hex.digits(round), nonce, number));
    }

    public static ObjectKey snapshot(VolumeKey volume, Instant time, SnapshotId id) {
        return new ObjectKey(SNAPSHOTS + new SnapshotName(volume, time, id));
    }

    public static ObjectKey tombstone(VolumeKey volume, Instant time, SnapshotId id) {
        return new ObjectKey(TOMBSTONES + new SnapshotName(volume, time, id));
    }

    /// What the name of a snapshot or a tombstone says. Written `<volume key>/<inverted
    /// time>-<snapshot id>`.
    public record SnapshotName(VolumeKey volume, Instant time, SnapshotId id)
            implements Comparable<SnapshotName> {
        static SnapshotName parse(String text) {
            int slash = text.indexOf('/');
            int dash = slash + 1 + Hex.DIGITS;
            if (slash < 1
                    || text.length() != dash + 1 + SnapshotId.DIGITS
                    || text.charAt(dash) != '-') {
                throw new IllegalArgumentException("not the name of a snapshot: " + text);
            }
            return new SnapshotName(
                    new VolumeKey(text.substring(0, slash)),
                    Instant.ofEpochMilli(Long.MAX_VALUE - Hex.parseLong(text, slash + 1)),
                    SnapshotId.parse(text.substring(dash + 1)));
        }

        /// By volume, newest first: the order of a listing.
        @Override
        public int compareTo(SnapshotName other) {
            int order = volume.compareTo(other.volume);
            if (order == 0) {
                order = other.time.compareTo(time);
            }
            return order == 0 ? id.compareTo(other.id) : order;
        }

        @Override
        public String toString() {
            return volume + "/" + Hex.digits(Long.MAX_VALUE - time.toEpochMilli()) + "-" + id;
        }
    }

    /// One object of a session.
    ///
    /// @param part `open`, `outcome` or `ack/<plan>`
    record SessionObject(SessionId session, String part) {
        static final String OPEN = "open";
        static final String OUTCOME = "outcome";
        private static final String ACK = "ack/";

        /// The plan that an `ack` is about.
        Optional<Long> acknowledged() {
            return part.startsWith(ACK) && part.length() == ACK.length() + Hex.DIGITS
                    ? Optional.of(Hex.parseLong(part, ACK.length()))
                    : Optional.empty();
        }
    }

    static Optional<SessionObject> session(ObjectKey key) {
        return parse(
                key,
                SESSIONS,
                text -> {
                    int slash = text.indexOf('/');
                    return new SessionObject(
                            SessionId.parse(text.substring(0, Math.max(0, slash))),
                            text.substring(slash + 1));
                });
    }

    static Optional<SnapshotName> snapshotName(ObjectKey key) {
        return parse(key, SNAPSHOTS, SnapshotName::parse);
    }

    static Optional<SnapshotName> tombstoneName(ObjectKey key) {
        return parse(key, TOMBSTONES, SnapshotName::parse);
    }

    /// The round of a plan.
    static Optional<Long> planRound(ObjectKey key) {
        return key.value().endsWith("/plan")
                ? parse(key, ROUNDS, text -> Hex.parseLong(text, 0))
                : Optional.empty();
    }

    static Optional<Long> lossesNumber(ObjectKey key) {
        return parse(key, LOSSES, text -> Hex.parseLong(text, 0));
    }

    /// The round of a checkpoint's segment.
    static Optional<Long> segmentRound(ObjectKey key) {
        return parse(key, SEGMENTS, text -> Hex.parseLong(text, 0));
    }

    /// The round of a checkpoint, not of its segments.
    static Optional<Long> checkpointRound(ObjectKey key) {
        return key.value().length() == CHECKPOINTS.length() + Hex.DIGITS
                ? parse(key, CHECKPOINTS, text -> Hex.parseLong(text, 0))
                : Optional.empty();
    }

    static Optional<Long> indexRootRound(ObjectKey key) {
        return parse(key, INDEX_ROOTS, text -> Hex.parseLong(text, 0));
    }

    /// The session that wrote an index segment.
    public static Optional<SessionId> indexSegmentOwner(ObjectKey key) {
        return parse(
                key,
                INDEX_SEGMENTS,
                text -> SessionId.parse(text.substring(0, Math.max(0, text.lastIndexOf('-')))));
    }

    /// A name that we did not write is not ours: the caller passes over it.
    private static <T> Optional<T> parse(ObjectKey key, String prefix, Function<String, T> parser) {
        if (!key.value().startsWith(prefix)) {
            return Optional.empty();
        }
        try {
            return Optional.of(parser.apply(key.value().substring(prefix.length())));
        } catch (IllegalArgumentException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}
