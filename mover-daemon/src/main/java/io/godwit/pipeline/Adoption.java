package io.godwit.pipeline;

import io.godwit.commit.ProcessTable;
import io.godwit.commit.Session;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.AttemptJournal;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.pack.SessionId;
import io.godwit.repository.Repository;
import io.godwit.store.ObjectKey;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/// Takes over what earlier attempts at a volume stored and did not commit, so that nothing is
/// uploaded twice: the sessions that this node's journal of attempts names, and those whose process
/// on this host is gone.
///
/// Used by one thread, for one session.
final class Adoption {
    /// Counters of packs are looked for in steps of this many; a whole step without a pack is the
    /// end. A dead writer may have left gaps: a pack for each thread and each put in flight.
    private static final int STEP = 64;

    /// Newest sessions that are adopted: each costs as many requests as it has packs, and more than
    /// a few mean that runs fail for another reason than chance.
    private static final int MAX = 16;

    private final Repository repository;
    private final AttemptJournal journal;
    private final List<SessionId> dead;
    private final List<SessionId> candidates;

    /// @param source what the attempts read: another source of the volume is another attempt
    Adoption(Repository repository, ProcessTable processes, BackupRequest request, String source) {
        this.repository = repository;
        this.journal =
                new AttemptJournal(
                        repository.cache(),
                        repository.access().keyOf(request.volume()).toString(),
                        source);
        this.dead = repository.deadSessions(processes).find().stream().limit(MAX).toList();
        Set<SessionId> all = new LinkedHashSet<>(dead);
        all.addAll(journal.sessions().reversed());
        this.candidates = all.stream().limit(MAX).toList();
    }

    /// The sessions to adopt.
    List<SessionId> candidates() {
        return candidates;
    }

    /// Makes the adopted chunks known to look-ups, and the session known to later attempts.
    void begin(Session session) {
        journal.begin(session.id());
        PackReader reader = new PackReader(repository.store(), repository.keys());
        MemorySegment buffer = MemorySegment.NULL;
        for (SessionId adopted : session.adopted()) {
            for (PackId pack : packs(adopted)) {
                if (buffer.byteSize() == 0) {
                    buffer = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
                }
                index(reader, pack, buffer);
            }
        }
    }

    /// Nobody needs the attempts any more: what they stored is this session's, and it has
    /// committed.
    void committed() {
        journal.clear();
        repository.deadSessions((pid, start) -> true).abort(dead);
    }

    /// The data packs that a session got as far as storing.
    private List<PackId> packs(SessionId session) {
        List<PackId> found = new ArrayList<>();
        int before = -1;
        for (int from = 0; found.size() > before; from += STEP) {
            before = found.size();
            List<PackId> step =
                    IntStream.range(from, from + STEP)
                            .mapToObj(counter -> new PackId(session, counter))
                            .toList();
            List<Boolean> there = repository.access().fanOut().map(step, this::exists);
            for (int i = 0; i < STEP; i++) {
                if (there.get(i)) {
                    found.add(step.get(i));
                }
            }
        }
        return found;
    }

    private boolean exists(PackId pack) {
        ObjectKey key = PackNames.key(pack, false);
        return repository.store().read(key, 0, MemorySegment.ofArray(new byte[1])) >= 0;
    }

    private void index(PackReader reader, PackId pack, MemorySegment buffer) {
        try {
            Optional<PackReader.Opened> opened = reader.open(pack, false, buffer);
            opened.ifPresent(found -> repository.cache().add(found.footer().dataChunks()));
        } catch (GodwitException e) {
            // What cannot be read is stored again.
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
        }
    }
}
