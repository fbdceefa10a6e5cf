package io.godwit.index;

import io.godwit.pack.SessionId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Which regions of a volume an attempt that was cut short had finished, so that the next attempt
/// on the same source skips them.
///
/// Known by volume and source: another source of the same volume is another attempt, and beginning
/// it forgets the one before. What is noted must be durable already. Kept in the [LocalCache], and
/// lost with it. Any number of threads may note regions; one begins and clears.
public final class AttemptJournal {
    private static final int HALF_KEY_BYTES = 8;
    private static final int SESSION_BYTES = 20;

    /// Sessions of one attempt at most: one more and the attempt starts anew.
    static final int MAX_SESSIONS = 64;

    /// Is shown finished regions in ascending order.
    @FunctionalInterface
    public interface RegionVisitor {
        void region(long region, byte[] note);
    }

    private final LocalCache cache;
    private final byte[] volume;
    private final byte[] header;
    private final byte[] regions;

    /// @param volumeKey of the volume
    /// @param source what makes the source immutable and itself: a snapshot's handle, a change id
    public AttemptJournal(LocalCache cache, String volumeKey, String source) {
        this.cache = cache;
        volume = digest(volumeKey);
        byte[] both = ByteBuffer.allocate(16).put(volume).put(digest(source)).array();
        header = key('a', both);
        regions = key('r', both);
    }

    /// The sessions that stored what the notes refer to, oldest first: a new session adopts them.
    public List<SessionId> sessions() {
        byte[] value = cache.fact(header);
        List<SessionId> sessions = new ArrayList<>();
        if (value != null && value.length % SESSION_BYTES == 0) {
            ByteBuffer buffer = ByteBuffer.wrap(value);
            while (buffer.hasRemaining()) {
                sessions.add(new SessionId(buffer.getLong(), buffer.getLong(), buffer.getInt()));
            }
        }
        return sessions;
    }

    /// Adds a session to the attempt, and forgets attempts at other sources of the volume.
    public void begin(SessionId session) {
        clearOthers();
        List<SessionId> sessions = sessions();
        if (sessions.size() == MAX_SESSIONS) {
            clear();
            sessions = new ArrayList<>();
        }
        sessions.add(session);
        ByteBuffer value = ByteBuffer.allocate(sessions.size() * SESSION_BYTES);
        for (SessionId id : sessions) {
            value.putLong(id.plan()).putLong(id.randomHigh()).putInt(id.randomLow());
        }
        cache.putFacts(Map.of(header, value.array()), false);
    }

    /// Notes a finished region: everything that `note` refers to is durable.
    public void finished(long region, byte[] note) {
        cache.putFacts(
                Map.of(regionKey(region), ByteBuffer.allocate(note.length + 1).put(note).array()),
                false);
    }

    /// The note of a finished region, else null.
    public byte @Nullable [] note(long region) {
        byte[] value = cache.fact(regionKey(region));
        return value == null ? null : Arrays.copyOf(value, value.length - 1);
    }

    public void forEachRegion(RegionVisitor visitor) {
        cache.facts(
                regions,
                (key, value) ->
                        visitor.region(
                                ByteBuffer.wrap(key).getLong(regions.length),
                                Arrays.copyOf(value, value.length - 1)));
    }

    /// Forgets the attempt: it was committed, or its sessions are gone.
    public void clear() {
        delete(regions, null);
        delete(header, null);
    }

    private void clearOthers() {
        delete(key('r', volume), regions);
        delete(key('a', volume), header);
    }

    private void delete(byte[] prefix, byte @Nullable [] except) {
        Map<byte[], byte[]> gone = new TreeMap<>(Arrays::compareUnsigned);
        cache.facts(
                prefix,
                (key, value) -> {
                    if (except == null || !FactKeys.startsWith(key, except)) {
                        gone.put(key, new byte[0]);
                    }
                });
        if (!gone.isEmpty()) {
            cache.putFacts(gone, false);
        }
    }

    private byte[] regionKey(long region) {
        return ByteBuffer.allocate(regions.length + Long.BYTES)
                .put(regions)
                .putLong(region)
                .array();
    }

    private static byte[] key(char letter, byte[] rest) {
        return ByteBuffer.allocate(1 + rest.length).put((byte) letter).put(rest).array();
    }

    private static byte[] digest(String text) {
        try {
            byte[] whole =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(whole, HALF_KEY_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
