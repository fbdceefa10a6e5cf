package io.godwit.commit;

/// `s/<sid>/ack/<plan>`: this session has no reference left into what plans up to `plan` condemn,
/// and makes no new one.
public record SessionAck(long plan, Nonce nonce) {
    public SessionAck {
        if (plan < 1) {
            throw new IllegalArgumentException("not a plan: " + plan);
        }
    }
}
