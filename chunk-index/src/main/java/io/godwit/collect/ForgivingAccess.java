package io.godwit.collect;

import io.godwit.commit.CommitWarnings;
import io.godwit.commit.FanOut;
import io.godwit.commit.HostIdentity;
import io.godwit.commit.Pause;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.Sealing;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// A repository as a collector sees it whose store keeps some objects: see [KeepingStore].
record ForgivingAccess(RepositoryAccess access, KeepingStore store) implements RepositoryAccess {
    @Override
    public Sealing sealing() {
        return access.sealing();
    }

    @Override
    public VolumeKey keyOf(VolumeName volume) {
        return access.keyOf(volume);
    }

    @Override
    public HostIdentity host() {
        return access.host();
    }

    @Override
    public InstantSource clock() {
        return access.clock();
    }

    @Override
    public RandomGenerator random() {
        return access.random();
    }

    @Override
    public Pause pause() {
        return access.pause();
    }

    @Override
    public FanOut fanOut() {
        return access.fanOut();
    }

    @Override
    public CommitWarnings warnings() {
        return access.warnings();
    }

    @Override
    public boolean writable() {
        return access.writable();
    }
}
