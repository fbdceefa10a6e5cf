package io.godwit.commit;

import io.godwit.format.ObjectKind;
import io.godwit.store.ObjectKey;
import java.util.Arrays;

/// Index segments that a collector has merged: `idx/l1/<round>-<nonce>/<number>`. For one thread.
public final class IndexShards {
    private final Register register;
    private final long round;
    private final Nonce nonce;
    private int number;

    public IndexShards(RepositoryAccess access, long round) {
        this.register = new Register(access);
        this.round = round;
        this.nonce = Nonce.random(access.random());
    }

    /// Stores one, durably, and returns its name.
    public ObjectKey put(byte[] plain) {
        ObjectKey key = CommitKeys.indexShard(round, nonce, number++);
        Register.Decision<byte[]> _ =
                register.decide(
                        new Register.Content<>(
                                ObjectKind.INDEX_SEGMENT,
                                key,
                                plain,
                                (bytes, _) -> bytes,
                                found -> Arrays.equals(found, plain)),
                        Register.ATTEMPTS);
        return key;
    }
}
