package io.godwit.commit;

import io.godwit.store.Store;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/// The repository as sessions and catalogue see it, with everything that would make a run
/// unrepeatable handed in.
public interface RepositoryAccess {
    Store store();

    Sealing sealing();

    VolumeKey keyOf(VolumeName volume);

    /// The running process.
    HostIdentity host();

    /// For people and for `latest`; no decision of the protocol looks at it.
    InstantSource clock();

    /// Safe for any number of threads. Unpredictable outside of simulations: session ids must not
    /// be guessed.
    RandomGenerator random();

    Pause pause();

    FanOut fanOut();

    CommitWarnings warnings();

    /// Whether this process may create objects: a restorer may not, and helps nobody.
    boolean writable();
}
