package io.godwit.simulation.repository;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CollectedPacks;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.Session;
import io.godwit.commit.SnapshotId;
import io.godwit.pack.PackId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.time.Duration;
import java.util.List;

/// How one process behaves where it could make a mistake. This class makes none: everything goes on
/// to the shipped code. Tests plant mistakes by overriding one method, to see that they are found.
///
/// One for each start of a process; called by its tasks.
public class Conduct {
    /// As shipped, for every process.
    public static final Maker SHIPPED = (_, _) -> new Conduct();

    /// Makes the conduct of a process.
    public interface Maker {
        Conduct of(Role role, World world);
    }

    /// What a process does.
    public enum Role {
        WRITER,
        COLLECTOR,
        FORGETTER,
        RESTORER,
        COPIER
    }

    /// What a test may know of the history beside its process.
    public interface World {
        /// What stands in the store right now.
        Store truth();

        /// The repository as it is, for reading.
        RepositoryAccess access();

        /// Puts an object as if a request had been under way for some time.
        void putLater(Duration delay, ObjectKey key, byte[] content);

        void deleteLater(Duration delay, ObjectKey key);

        /// Starts another task of the process that has the turn.
        void fork(String name, Runnable body);

        void pause(Duration duration);
    }

    /// The store as the process sees it, behind retries.
    public Store store(Store honest) {
        return honest;
    }

    /// What a session's W0 goes to.
    public CollectedPacks index(CollectedPacks honest) {
        return honest;
    }

    /// A collector has come to a phase.
    public void phase(String name) {}

    /// A writer has come to a step: `open` is what it does next, then `work`, `commit`, `end`; or a
    /// collector to `collect`.
    public void step(String name) {}

    /// Whether pages of a base may be taken over whole.
    public boolean mayTakeOver(Session session, SnapshotId base) {
        return session.pinned(base);
    }

    /// What a session pins of what it wants to.
    public List<CatalogueEntry> pins(List<CatalogueEntry> wanted) {
        return wanted;
    }

    /// Step (1) of a heartbeat's answer to a plan: returns when it is done.
    public void condemn(Runnable step) {
        step.run();
    }

    /// Steps (2) and (3): returns when they are done.
    public void storeAgain(Runnable step) {
        step.run();
    }

    /// Whether a session leaves references to a pack alone when that is condemned.
    public boolean owns(Session session, PackId pack) {
        return session.owns(pack);
    }

    /// W6.
    public boolean looksForForeignPacks() {
        return true;
    }
}
