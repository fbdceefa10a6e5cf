package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// One writer's run against a repository, from W0 to W8: it ends committed, aborted or fenced, and
/// is nothing in between.
///
/// It has no threads. Uploaders call [#putPack], one thread calls [#heartbeat()] every 30 seconds,
/// one thread ends it: [#freeze()], the last puts, [#commit]. All methods may be called from any
/// thread; every store call is a place where the process may die, and whatever is left then is an
/// orphan that nothing refers to.
///
/// An operation that failed leaves the session failed: every later one says so, and [#abort()] ends
/// it.
public final class Session implements AutoCloseable {
    private enum State {
        OPEN,
        COMMITTING,
        COMMITTED,
        ABORTED,
        FENCED,
        FAILED
    }

    private final RepositoryAccess access;
    private final SessionId id;
    private final Set<SnapshotId> pinned;
    private final Set<SessionId> adopted;
    private final SessionUploads uploads;
    private final SessionHeartbeat heartbeat;
    private final CommitPoint commitPoint;
    private final AtomicInteger packs = new AtomicInteger();

    /// Guards what follows; never held across a store call.
    private final ReentrantLock lock = new ReentrantLock();

    private State state = State.OPEN;
    private boolean frozen;
    private boolean left;
    private String why = "";
    private Optional<RuntimeException> cause = Optional.empty();
    private Optional<SessionOutcome.Commit> sent = Optional.empty();

    private Session(RepositoryAccess access, SessionRequest request, SessionStart.Started started) {
        this.access = access;
        this.id = started.id();
        this.pinned = started.pinned();
        this.adopted = started.adopted();
        this.uploads = new SessionUploads(access, id);
        this.commitPoint = new CommitPoint(access, id);
        this.heartbeat = new SessionHeartbeat(access, id, commitPoint, request.listener());
    }

    /// W0 to W2. When it returns, decisions may begin.
    ///
    /// @throws GodwitException what the store fails with; nothing is left behind but what a
    ///     collector cleans up
    public static Session open(RepositoryAccess access, SessionRequest request) {
        if (!access.writable()) {
            throw new GodwitException(
                    FailureKind.DENIED, "repository is open for reading only: a session writes");
        }
        return new Session(access, request, new SessionStart(access, request).start());
    }

    public SessionId id() {
        return id;
    }

    /// Whether the snapshot was pinned and still stood at W2: only then its pages may be taken over
    /// whole.
    public boolean pinned(SnapshotId snapshot) {
        return pinned.contains(snapshot);
    }

    /// The dead sessions whose packs this one may use as its own.
    public Set<SessionId> adopted() {
        return adopted;
    }

    /// Whether the pack is this session's, by name or by adoption: never condemned while the
    /// session is open.
    public boolean owns(PackId pack) {
        return pack.owner().equals(id) || adopted.contains(pack.owner());
    }

    /// The newest plan that this session has acknowledged; at first the one that it opened with.
    public long acknowledgedPlan() {
        return heartbeat.acknowledged();
    }

    public boolean fenced() {
        return in(State.FENCED);
    }

    /// The ids of the snapshots that this session will commit: the commit holds exactly as many
    /// entries.
    public List<SnapshotId> newSnapshotIds(int count) {
        return SnapshotId.of(id, count, access.random());
    }

    // ---- uploads

    public PackId nextPackId() {
        int counter = packs.getAndIncrement();
        if (counter == -1) {
            throw new IllegalStateException("pack counter exhausted: session=" + id);
        }
        return new PackId(id, counter);
    }

    /// Stores a pack; when it returns, the pack is durable. Its bytes are fixed from the first call
    /// on.
    ///
    /// @param metadata whether it lies under `m/`
    public void putPack(PackId pack, boolean metadata, MemorySegment content) {
        if (!pack.owner().equals(id)) {
            throw new IllegalArgumentException(
                    "pack of another session: pack=%s session=%s".formatted(pack, id));
        }
        run(() -> uploads.pack(pack, metadata, content));
    }

    /// W5. Seals and stores an index segment of this session's packs, and returns its name.
    public ObjectKey putIndexSegment(byte[] plain) {
        return run(() -> uploads.indexSegment(plain));
    }

    /// W6. Which of the packs are not there: whatever newly refers to them must be read and stored
    /// again.
    public Set<PackId> checkForeignPacks(Set<PackId> packs) {
        return run(() -> uploads.missing(packs, id));
    }

    private <T> T run(Supplier<T> operation) {
        requireUsable();
        try {
            return operation.get();
        } catch (GodwitException e) {
            throw failed(e);
        }
    }

    // ---- heartbeat

    /// W4, every 30 seconds: learns whether the session was fenced, hands new plans to the
    /// listener, and acknowledges them after it. Once frozen, it only looks whether the session was
    /// fenced.
    ///
    /// An outage is not a failure: no acknowledgement is given, and the next heartbeat tries again.
    ///
    /// @throws GodwitException what the listener throws; the session has failed then
    public void heartbeat() {
        if (!in(State.OPEN)) {
            return;
        }
        try {
            heartbeat.beat(() -> in(State.OPEN)).ifPresent(this::fence);
        } catch (RuntimeException e) {
            throw failed(e);
        }
    }

    /// From when it returns on, references stand still: no listener is called and no plan
    /// acknowledged. To be called before the last references are written down, for the commit to
    /// mean what was acknowledged.
    ///
    /// Waits for a heartbeat under way, so the caller holds no lock that the listener takes. What
    /// follows should be short: a collector gives a session up that neither acknowledges nor ends.
    public void freeze() {
        requireUsable();
        heartbeat.stop();
        lock.lock();
        try {
            frozen = true;
        } finally {
            lock.unlock();
        }
        requireUsable();
    }

    private void fence(String reason) {
        lock.lock();
        try {
            if (state == State.OPEN) {
                state = State.FENCED;
                why = reason;
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- ends

    /// W7 and W8: the entries are snapshots from the moment the store has decided, all of them or
    /// none.
    ///
    /// The entries name this session; how many there are is filled in here.
    ///
    /// @throws GodwitException `FENCED`: nothing was committed. `INDETERMINATE`: it stays unknown
    ///     whether it was
    /// @throws IllegalStateException when the session was not frozen before
    public CommitResult commit(List<CatalogueEntry> entries) {
        SessionOutcome.Commit commit = prepare(entries);
        CommitPoint.End end;
        try {
            end = commitPoint.commit(commit);
        } catch (GodwitException e) {
            throw failed(e);
        }
        return switch (end) {
            case CommitPoint.End.Committed(CommitResult result) -> {
                enter(State.COMMITTED, "");
                yield result;
            }
            case CommitPoint.End.Aborted(String reason) -> {
                enter(State.FENCED, reason);
                throw fencedFailure(reason);
            }
        };
    }

    private SessionOutcome.Commit prepare(List<CatalogueEntry> entries) {
        List<CatalogueEntry> counted =
                entries.stream().map(entry -> entry.withSiblings(entries.size())).toList();
        SessionOutcome.Commit commit =
                new SessionOutcome.Commit(Nonce.random(access.random()), counted);
        if (!counted.getFirst().session().equals(id)) {
            throw new IllegalArgumentException(
                    "entry of another session: " + counted.getFirst().session());
        }
        requireUsable();
        lock.lock();
        try {
            if (!frozen) {
                throw new IllegalStateException(
                        "session is not frozen: call freeze() before the last references are"
                                + " fixed");
            }
            state = State.COMMITTING;
            sent = Optional.of(commit);
        } finally {
            lock.unlock();
        }
        return commit;
    }

    /// Ends the session without result, unless the store has decided otherwise; never throws what a
    /// store fails with. May be called from a shutdown hook, while another thread commits: the
    /// store decides.
    public void abort() {
        abort("aborted by its writer");
    }

    /// As [#abort()], saying why.
    public void abort(String reason) {
        Optional<SessionOutcome.Commit> mine;
        lock.lock();
        try {
            boolean ended =
                    state == State.COMMITTED || state == State.ABORTED || state == State.FENCED;
            if (ended || left) {
                return;
            }
            mine = sent;
        } finally {
            lock.unlock();
        }
        try {
            switch (commitPoint.abort(reason, mine)) {
                case CommitPoint.End.Committed _ -> settle(State.COMMITTED, "");
                case CommitPoint.End.Aborted(String how) -> settle(State.ABORTED, how);
            }
        } catch (GodwitException e) {
            leave();
            access.warnings()
                    .warn(
                            CommitWarnings.Kind.NOT_ABORTED,
                            "session %s is left as it is until a collector gives it up: %s"
                                    .formatted(id, e.getMessage()));
        }
    }

    /// A store that did not take it was asked for a minute; it is not asked again.
    private void leave() {
        lock.lock();
        try {
            left = true;
        } finally {
            lock.unlock();
        }
    }

    /// Aborts it unless it has ended.
    @Override
    public void close() {
        abort("closed by its writer without a commit");
    }

    // ---- state

    private boolean in(State wanted) {
        lock.lock();
        try {
            return state == wanted;
        } finally {
            lock.unlock();
        }
    }

    private void enter(State next, String reason) {
        lock.lock();
        try {
            state = next;
            why = reason;
        } finally {
            lock.unlock();
        }
    }

    /// As [#enter], but leaves the last word to a commit under way in another thread.
    private void settle(State next, String reason) {
        lock.lock();
        try {
            if (state == State.OPEN || state == State.FAILED) {
                state = next;
                why = reason;
            }
        } finally {
            lock.unlock();
        }
    }

    /// Fails with the reason when the session has ended or failed.
    public void requireUsable() {
        lock.lock();
        try {
            if (state != State.OPEN) {
                throw refusal();
            }
        } finally {
            lock.unlock();
        }
    }

    private GodwitException refusal() {
        return switch (state) {
            case FENCED -> fencedFailure(why);
            case ABORTED ->
                    new GodwitException(
                            FailureKind.INTERRUPTED,
                            "session was aborted: session=%s reason=%s".formatted(id, why));
            case FAILED -> poisoned();
            case OPEN, COMMITTING, COMMITTED ->
                    throw new IllegalStateException(
                            "session has ended: session=%s state=%s".formatted(id, state));
        };
    }

    private GodwitException fencedFailure(String reason) {
        return new GodwitException(
                        FailureKind.FENCED,
                        "session was fenced, nothing was committed: session=%s reason=%s"
                                .formatted(id, reason))
                .withObject(CommitKeys.outcome(id).value())
                .withHint("run it again");
    }

    private GodwitException poisoned() {
        GodwitException failure =
                new GodwitException(
                        cause.orElse(null) instanceof GodwitException e
                                ? e.kind()
                                : FailureKind.INTERNAL,
                        "session failed before: session=%s reason=%s".formatted(id, why));
        cause.ifPresent(failure::initCause);
        return failure;
    }

    private <E extends RuntimeException> E failed(E e) {
        lock.lock();
        try {
            if (state == State.OPEN || state == State.COMMITTING) {
                state = State.FAILED;
                why = String.valueOf(e.getMessage());
                cause = Optional.of(e);
            }
        } finally {
            lock.unlock();
        }
        return e;
    }
}
