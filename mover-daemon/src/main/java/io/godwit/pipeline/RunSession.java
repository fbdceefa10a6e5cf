package io.godwit.pipeline;

import io.godwit.commit.Session;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/// What the data path needs of a session; a dry run has one that stores nothing. Any thread.
interface RunSession {
    PackId nextPackId();

    boolean owns(PackId pack);

    void putPack(PackId pack, boolean metadata, MemorySegment bytes);

    /// Stores rows of packs that are stored, and returns under which name.
    ObjectKey putIndexSegment(byte[] plain);

    /// Which of the packs are not in the store.
    Set<PackId> missing(Set<PackId> packs);

    /// Whether what is put will be there later: only then it is made known to others.
    boolean stores();

    static RunSession of(Session session) {
        return new RunSession() {
            @Override
            public PackId nextPackId() {
                return session.nextPackId();
            }

            @Override
            public boolean owns(PackId pack) {
                return session.owns(pack);
            }

            @Override
            public void putPack(PackId pack, boolean metadata, MemorySegment bytes) {
                session.putPack(pack, metadata, bytes);
            }

            @Override
            public ObjectKey putIndexSegment(byte[] plain) {
                return session.putIndexSegment(plain);
            }

            @Override
            public Set<PackId> missing(Set<PackId> packs) {
                return session.checkForeignPacks(packs);
            }

            @Override
            public boolean stores() {
                return true;
            }
        };
    }

    /// A session that drops everything.
    static RunSession dry(SessionId id) {
        AtomicInteger counter = new AtomicInteger();
        return new RunSession() {
            @Override
            public PackId nextPackId() {
                return new PackId(id, counter.getAndIncrement());
            }

            @Override
            public boolean owns(PackId pack) {
                return pack.owner().equals(id);
            }

            @Override
            public void putPack(PackId pack, boolean metadata, MemorySegment bytes) {}

            @Override
            public ObjectKey putIndexSegment(byte[] plain) {
                throw new IllegalStateException("nothing was stored");
            }

            @Override
            public Set<PackId> missing(Set<PackId> packs) {
                return Set.of();
            }

            @Override
            public boolean stores() {
                return false;
            }
        };
    }
}
