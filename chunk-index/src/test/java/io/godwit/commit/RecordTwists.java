package io.godwit.commit;

import io.godwit.format.ObjectKind;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import java.util.List;

/// Records that the protocol never writes, for planted mistakes.
public final class RecordTwists {
    private RecordTwists() {}

    /// An announcement without what it pins.
    public static byte[] withoutPins(RepositoryAccess access, ObjectKey key, byte[] object) {
        SessionOpen open = open(access, key, object);
        return seal(
                access,
                key,
                new SessionOpen(
                        open.nonce(),
                        open.host(),
                        open.opened(),
                        open.purpose(),
                        List.of(),
                        open.adopts()));
    }

    /// An announcement without what it adopts.
    public static byte[] withoutAdoptions(RepositoryAccess access, ObjectKey key, byte[] object) {
        SessionOpen open = open(access, key, object);
        return seal(
                access,
                key,
                new SessionOpen(
                        open.nonce(),
                        open.host(),
                        open.opened(),
                        open.purpose(),
                        open.pins(),
                        List.of()));
    }

    private static SessionOpen open(RepositoryAccess access, ObjectKey key, byte[] object) {
        byte[] plain = access.sealing().open(ObjectKind.SESSION_OPEN, key, object);
        return SessionFormat.open(plain, key.value());
    }

    private static byte[] seal(RepositoryAccess access, ObjectKey key, SessionOpen open) {
        return access.sealing().seal(ObjectKind.SESSION_OPEN, key, SessionFormat.encode(open));
    }

    /// An acknowledgement by nobody.
    public static byte[] ack(RepositoryAccess access, SessionId session, long plan) {
        SessionAck ack = new SessionAck(plan, Nonce.random(access.random()));
        return access.sealing()
                .seal(
                        ObjectKind.SESSION_ACK,
                        CommitKeys.ack(session, plan),
                        SessionFormat.encode(ack));
    }
}
