package io.godwit.simulation.repository;

import io.godwit.commit.Catalogue;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueMemory;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.CheckpointRecords;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.CommitWarnings;
import io.godwit.commit.FanOut;
import io.godwit.commit.HostIdentity;
import io.godwit.commit.Pause;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.Sealing;
import io.godwit.pack.SessionId;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.lang.foreign.MemorySegment;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/// A mistake of one process, with what many of them need.
abstract class Mistake extends Conduct {
    static final String READING = "reading snapshots";
    static final String WAITING = "waiting for sessions";
    static final String CLEANING = "cleaning up";

    final World world;

    /// Of a collector, since it began to collect.
    String phase = "";

    int readings;

    /// Of a writer.
    String step = "";

    Mistake(World world) {
        this.world = world;
    }

    @Override
    public void phase(String name) {
        phase = name;
        if (name.equals(READING)) {
            readings++;
        }
    }

    @Override
    public void step(String name) {
        step = name;
        readings = 0;
        phase = "";
    }

    boolean exists(ObjectKey key) {
        return world.truth().read(key, 0, MemorySegment.ofArray(new byte[1])) >= 0;
    }

    byte[] object(ObjectKey key) {
        return world.truth().get(key, 1 << 24).orElseThrow();
    }

    /// The session that a name below `s/` belongs to.
    static SessionId session(String name) {
        return SessionId.parse(name.substring(2, name.indexOf('/', 2)));
    }

    boolean undecided(String name) {
        SessionId session = session(name);
        return exists(CommitKeys.open(session)) && !exists(CommitKeys.outcome(session));
    }

    static boolean isOpen(String name) {
        return name.startsWith("s/") && name.endsWith("/open");
    }

    static boolean isOutcome(String name) {
        return name.startsWith("s/") && name.endsWith("/outcome");
    }

    /// The store as it is now, as far as these prefixes go.
    MemoryStore frozen(String... prefixes) {
        MemoryStore copy = new MemoryStore();
        for (String prefix : prefixes) {
            for (Store.Listed listed : world.truth().list(prefix, "", 100_000).objects()) {
                copy.putIfAbsent(listed.key(), MemorySegment.ofArray(object(listed.key())));
            }
        }
        return copy;
    }

    /// The checkpoint of a round as the shipped code would write it for another floor, or for other
    /// live snapshots.
    byte[] checkpoint(
            long round, LongUnaryOperator floor, UnaryOperator<List<CatalogueEntry>> live) {
        RepositoryAccess scratch = on(frozen("s/", "snap/", "snap-del/", "cat/"));
        CatalogueView view = new Catalogue(scratch, CatalogueMemory.none()).read();
        List<CatalogueEntry> all = new ArrayList<>(view.entries());
        new CheckpointRecords(scratch)
                .publish(round, floor.applyAsLong(round), view, live.apply(all));
        return scratch.store().get(CommitKeys.checkpoint(round), 1 << 24).orElseThrow();
    }

    /// The repository over another store.
    RepositoryAccess on(Store store) {
        RepositoryAccess honest = world.access();
        return new RepositoryAccess() {
            @Override
            public Store store() {
                return store;
            }

            @Override
            public Sealing sealing() {
                return honest.sealing();
            }

            @Override
            public VolumeKey keyOf(VolumeName volume) {
                return honest.keyOf(volume);
            }

            @Override
            public HostIdentity host() {
                return honest.host();
            }

            @Override
            public InstantSource clock() {
                return honest.clock();
            }

            @Override
            public RandomGenerator random() {
                return honest.random();
            }

            @Override
            public Pause pause() {
                return _ -> {};
            }

            @Override
            public FanOut fanOut() {
                return FanOut.oneByOne();
            }

            @Override
            public CommitWarnings warnings() {
                return (_, _) -> {};
            }

            @Override
            public boolean writable() {
                return true;
            }
        };
    }

    /// A mistake that lies in the store alone.
    interface Twist extends BiFunction<Mistake, Store, Store> {}

    static Conduct twisted(Conduct.World world, Twist twist) {
        return new Mistake(world) {
            @Override
            public Store store(Store honest) {
                return twist.apply(this, honest);
            }
        };
    }
}
