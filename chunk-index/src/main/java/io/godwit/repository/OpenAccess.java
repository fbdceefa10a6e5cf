package io.godwit.repository;

import io.godwit.commit.CommitWarnings;
import io.godwit.commit.FanOut;
import io.godwit.commit.HostIdentity;
import io.godwit.commit.Pause;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.Sealing;
import io.godwit.commit.ThreadFanOut;
import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import io.godwit.format.ObjectKind;
import io.godwit.seal.KeyRing;
import io.godwit.seal.ObjectSealer;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/// An open repository as sessions and catalogue see it.
final class OpenAccess implements RepositoryAccess {
    /// Volume keys are asked for once per snapshot of a listing; a hasher costs more than the hash.
    private static final int KEYS_KEPT = 4096;

    private static final long DOMAIN = 0;

    private final Store store;
    private final Sealing sealing;
    private final DigestKey nameKey;
    private final boolean writable;
    private final Surroundings surroundings;
    private final FanOut fanOut;
    private final Map<VolumeName, VolumeKey> volumeKeys = new ConcurrentHashMap<>();

    OpenAccess(Store store, KeyRing keys, boolean writable, Surroundings surroundings) {
        this.store = store;
        this.sealing = sealing(keys.sealer());
        this.nameKey = keys.nameKey();
        this.writable = writable;
        this.surroundings = surroundings;
        this.fanOut = new ThreadFanOut(surroundings.waiters(), ThreadFanOut.WINDOW);
    }

    private static Sealing sealing(ObjectSealer sealer) {
        return new Sealing() {
            @Override
            public byte[] seal(ObjectKind kind, ObjectKey name, byte[] plain) {
                return sealer.seal(kind, name, plain);
            }

            @Override
            public byte[] open(ObjectKind kind, ObjectKey name, byte[] object) {
                return sealer.open(kind, name, object);
            }
        };
    }

    @Override
    public Store store() {
        return store;
    }

    @Override
    public Sealing sealing() {
        return sealing;
    }

    @Override
    public VolumeKey keyOf(VolumeName volume) {
        if (volumeKeys.size() >= KEYS_KEPT) {
            volumeKeys.clear();
        }
        return volumeKeys.computeIfAbsent(
                volume, name -> VolumeKey.of(new KeyedHasher(nameKey), name, DOMAIN));
    }

    @Override
    public HostIdentity host() {
        return surroundings.host();
    }

    @Override
    public InstantSource clock() {
        return surroundings.clock();
    }

    @Override
    public RandomGenerator random() {
        return surroundings.random();
    }

    @Override
    public Pause pause() {
        return duration -> surroundings.sleeper().pause(duration, "waiting for the store");
    }

    @Override
    public FanOut fanOut() {
        return fanOut;
    }

    @Override
    public CommitWarnings warnings() {
        return surroundings.warnings();
    }

    @Override
    public boolean writable() {
        return writable;
    }
}
