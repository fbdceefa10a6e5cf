package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Rows made up by seed.
final class Rows {
    private final SplittableRandom random;
    final SessionId session;

    Rows(long seed) {
        random = new SplittableRandom(seed);
        session = new SessionId(random.nextInt(1000), random.nextLong(), random.nextInt());
    }

    ChunkId id() {
        return new ChunkId(
                random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    PackId pack(int counter) {
        return new PackId(session, counter);
    }

    ChunkRef ref(ChunkId id, PackId pack) {
        boolean metadata = pack.counter() % 5 == 4;
        int ordinal = random.nextInt(1000);
        int plain = 4096 * (1 + random.nextInt(128));
        int sealed = 1 + random.nextInt(plain + 16);
        boolean alone = random.nextInt(4) > 0;
        int length = alone ? plain : 1 + random.nextInt(plain);
        int plainOffset = alone ? 0 : random.nextInt(plain - length + 1);
        RecordRef record =
                new RecordRef(pack, metadata, ordinal, random.nextInt(1 << 26), sealed, plain);
        return new ChunkRef(id, record, plainOffset, length);
    }

    List<ChunkRef> refs(int count, int packs) {
        List<ChunkRef> refs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            refs.add(ref(id(), pack(i % packs)));
        }
        return refs;
    }
}
