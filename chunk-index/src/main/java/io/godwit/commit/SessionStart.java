package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// W0 to W2: from nothing to a session in which decisions may begin.
final class SessionStart {
    /// A sid is abandoned when a plan appeared in between, or its `open` did not land. Both many
    /// times in a row mean that something is wrong.
    private static final int ATTEMPTS = 16;

    private final RepositoryAccess access;
    private final SessionRequest request;
    private final CollectionRecords collections;
    private final CatchUp collected;
    private final Register register;
    private final Backoff backoff;

    SessionStart(RepositoryAccess access, SessionRequest request) {
        this.access = access;
        this.request = request;
        this.collections = new CollectionRecords(access);
        this.collected = new CatchUp(access);
        this.register = new Register(access);
        this.backoff = new Backoff(access);
    }

    /// What W2 left: `g` is also the newest plan that counts as acknowledged.
    record Started(SessionId id, Set<SnapshotId> pinned, Set<SessionId> adopted) {
        Started {
            pinned = Set.copyOf(pinned);
            adopted = Set.copyOf(adopted);
        }
    }

    Started start() {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            long plan = collected.bring(request.index());
            SessionId id =
                    new SessionId(plan, access.random().nextLong(), access.random().nextInt());
            if (announce(id)) {
                Optional<Started> started = check(id);
                if (started.isPresent()) {
                    return started.get();
                }
            }
            backoff.before(attempt);
        }
        throw new GodwitException(
                        FailureKind.UNAVAILABLE,
                        "cannot open a session: attempts=%d store=%s"
                                .formatted(ATTEMPTS, access.store().describe()))
                .withHint("collections follow each other, or the store loses what it is given");
    }

    /// W1. Sent once per sid: when it is not there afterwards, the sid is abandoned for good.
    private boolean announce(SessionId id) {
        SessionOpen open =
                new SessionOpen(
                        Nonce.random(access.random()),
                        access.host(),
                        access.clock().instant(),
                        request.purpose(),
                        request.pins().stream().map(this::pin).toList(),
                        request.adopts());
        Register.Content<SessionOpen> content =
                new Register.Content<>(
                        ObjectKind.SESSION_OPEN,
                        CommitKeys.open(id),
                        SessionFormat.encode(open),
                        SessionFormat::open,
                        found -> found.nonce().equals(open.nonce()));
        Register.Decision<SessionOpen> decision;
        try {
            decision = register.sendOnce(content);
        } catch (GodwitException e) {
            abandon(id, "the store did not answer while the session was announced");
            throw e;
        }
        return switch (decision) {
            case Register.Decision.Mine<SessionOpen> _ -> true;
            case Register.Decision.Others<SessionOpen> _ -> false;
            case Register.Decision.Absent<SessionOpen>(boolean mayLand) -> {
                if (mayLand) {
                    abandon(id, "its announcement was lost");
                }
                yield false;
            }
        };
    }

    private Pin pin(CatalogueEntry entry) {
        return new Pin(
                entry.snapshot(),
                access.keyOf(entry.volume()),
                entry.time(),
                entry.session(),
                entry.root());
    }

    /// W2. Empty when a newer plan was published meanwhile.
    private Optional<Started> check(SessionId id) {
        try {
            List<Long> newer = collections.plansFrom(id.plan() + 1);
            if (!newer.isEmpty()) {
                abandon(id, "plan %d was published meanwhile".formatted(newer.getLast()));
                return Optional.empty();
            }
            return Optional.of(new Started(id, livePins(), usableAdoptions()));
        } catch (RuntimeException e) {
            abandon(id, "it failed while it was opened");
            throw e;
        }
    }

    private void abandon(SessionId id, String reason) {
        new CommitPoint(access, id).abortQuietly(reason);
    }

    private Set<SnapshotId> livePins() {
        Standing standing = new Standing(access);
        Set<SnapshotId> live = new HashSet<>();
        for (CatalogueEntry entry : request.pins()) {
            if (standing.live(pin(entry))) {
                live.add(entry.snapshot());
            } else {
                dropped(
                        "snapshot %s was forgotten, it cannot be a base"
                                .formatted(entry.snapshot()));
            }
        }
        return live;
    }

    /// Adopted packs stand in no sweep, and in no plan whose sweep is not decided.
    private Set<SessionId> usableAdoptions() {
        Set<SessionId> usable = new HashSet<>(request.adopts());
        if (usable.isEmpty()) {
            return usable;
        }
        // A session's packs are younger than the plan in its name.
        long oldest = Collections.min(usable).plan();
        for (long round : collections.plansFrom(oldest + 1)) {
            for (PackId pack : collections.unusable(round, collections.sweep(round))) {
                if (usable.remove(pack.owner())) {
                    dropped("packs of session %s were condemned".formatted(pack.owner()));
                }
            }
        }
        return usable;
    }

    private void dropped(String what) {
        access.warnings().warn(CommitWarnings.Kind.PIN_DROPPED, what);
    }
}
