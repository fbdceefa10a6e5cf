package io.godwit.commit;

import io.godwit.pack.SessionId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/// The announcement of a session: `s/<sid>/open`, sent once and never again.
///
/// @param nonce tells the writer, after a lost answer, that what stands there is its own
/// @param opened by the writer's clock, for people only
/// @param purpose for people: `backup`, `serve`, `copy`
/// @param pins snapshots that must stay readable while the session is open
/// @param adopts dead sessions of the same owner whose packs count as its own
public record SessionOpen(
        Nonce nonce,
        HostIdentity host,
        Instant opened,
        String purpose,
        List<Pin> pins,
        List<SessionId> adopts) {
    public static final int PINS_MAX = 4096;
    public static final int ADOPTS_MAX = 1024;
    static final int PURPOSE_BYTES_MAX = 256;

    public SessionOpen {
        pins = List.copyOf(pins);
        adopts = List.copyOf(adopts);
        if (pins.size() > PINS_MAX || adopts.size() > ADOPTS_MAX) {
            throw new IllegalArgumentException(
                    "too many: pins=%d adopts=%d".formatted(pins.size(), adopts.size()));
        }
        if (purpose.getBytes(StandardCharsets.UTF_8).length > PURPOSE_BYTES_MAX) {
            throw new IllegalArgumentException("purpose too long: " + purpose.length());
        }
    }
}
