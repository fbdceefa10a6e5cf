package io.godwit.index;

import io.godwit.chunk.ChunkId;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.LookupBatch.Answer;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The new chunks of one session: those a worker is about to store, and those in packs that are
/// still in flight or became durable a moment ago. It is asked after the [ChunkIndex] said "not
/// there", and sees to it that workers who meet the same new chunk at once store it once.
///
/// A worker *claims* what nobody knows, stores it and says where ([#placed]). The rule that keeps
/// workers from waiting for each other for ever: look a batch up, store everything that is
/// `CLAIMED`, say so, and only then wait ([#awaitPlaced]) for what is `PENDING`. Nobody waits while
/// others wait for him.
///
/// When a pack is durable, its chunks are added to the [ChunkIndex] first and then given up here
/// ([#durable]); they stay until the room is needed, for those who asked the index too early. A
/// full table forgets nothing that is in flight; it just no longer remembers new claims, and a
/// chunk may be stored twice. Any number of threads.
public final class SessionIndex implements AutoCloseable {
    private final int maxChunks;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<ChunkId, Entry> entries = new HashMap<>();
    private final Map<PackId, List<ChunkId>> chunksOf = new HashMap<>();
    private final Deque<PackId> durable = new ArrayDeque<>();
    private int waiting;
    private boolean closed;

    private static final class Entry {
        private int claims;
        private @Nullable ChunkRef ref;
    }

    /// @param maxChunks room for this many: the bytes in flight over the smallest usual chunk
    public SessionIndex(int maxChunks) {
        if (maxChunks < 1) {
            throw new IllegalArgumentException("session index without room: " + maxChunks);
        }
        this.maxChunks = maxChunks;
    }

    /// Where this session has placed the chunk; else null, and the caller stores it and then calls
    /// [#placed] or [#release]. Never waits: while another worker stores the same chunk, both do.
    public @Nullable ChunkRef findOrClaim(ChunkId id) {
        lock.lock();
        try {
            Entry entry = entries.get(id);
            if (entry == null) {
                claim(id);
                return null;
            }
            if (entry.ref == null) {
                entry.claims++;
            }
            return entry.ref;
        } finally {
            lock.unlock();
        }
    }

    /// Answers every id that is still `MISSING`: `FOUND` where this session has placed it,
    /// `CLAIMED` when the caller is to store it, `PENDING` when it is claimed already, by another
    /// worker or earlier in this batch.
    public void findOrClaim(LookupBatch batch) {
        lock.lock();
        try {
            for (int i = 0; i < batch.size(); i++) {
                if (batch.answer(i) == Answer.MISSING) {
                    answer(batch, i);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void answer(LookupBatch batch, int i) {
        ChunkId id = batch.id(i);
        Entry entry = entries.get(id);
        if (entry == null) {
            claim(id);
            batch.answer(i, Answer.CLAIMED);
        } else if (entry.ref == null) {
            batch.answer(i, Answer.PENDING);
        } else {
            batch.found(i, entry.ref);
        }
    }

    private void claim(ChunkId id) {
        while (entries.size() >= maxChunks && !durable.isEmpty()) {
            forget(durable.removeFirst());
        }
        if (entries.size() < maxChunks) {
            Entry entry = new Entry();
            entry.claims = 1;
            entries.put(id, entry);
        }
    }

    private void forget(PackId pack) {
        List<ChunkId> ids = chunksOf.remove(pack);
        if (ids != null) {
            ids.forEach(entries::remove);
        }
    }

    /// Waits for a `PENDING` chunk. Returns where it was placed; or null when whoever claimed it
    /// gave it up, or it is no longer known: it is the caller's now, as after
    /// [#findOrClaim(ChunkId)]. The caller holds no claims.
    ///
    /// @throws GodwitException `INTERRUPTED` when the thread is, or the session is closed
    public @Nullable ChunkRef awaitPlaced(ChunkId id) {
        lock.lock();
        waiting++;
        try {
            while (!closed) {
                Entry entry = entries.get(id);
                if (entry == null) {
                    claim(id);
                    return null;
                }
                if (entry.ref != null) {
                    return entry.ref;
                }
                changed.await();
            }
            throw new GodwitException(FailureKind.INTERRUPTED, "session ended: chunk=" + id);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GodwitException(
                    FailureKind.INTERRUPTED, "interrupted waiting for a chunk: chunk=" + id, e);
        } finally {
            waiting--;
            lock.unlock();
        }
    }

    /// Says where claimed chunks stand, in a pack that is not durable yet. The first place of a
    /// chunk counts.
    public void placed(List<ChunkRef> refs) {
        lock.lock();
        try {
            for (ChunkRef ref : refs) {
                place(ref);
            }
            wake();
        } finally {
            lock.unlock();
        }
    }

    public void placed(ChunkRef ref) {
        placed(List.of(ref));
    }

    private void place(ChunkRef ref) {
        Entry entry = entries.get(ref.id());
        if (entry != null && entry.ref == null) {
            entry.ref = ref;
            chunksOf.computeIfAbsent(ref.record().pack(), pack -> new ArrayList<>()).add(ref.id());
        }
    }

    /// Gives a claim up: the chunk was not stored after all.
    public void release(ChunkId id) {
        lock.lock();
        try {
            Entry entry = entries.get(id);
            if (entry != null && entry.ref == null && --entry.claims == 0) {
                entries.remove(id);
                wake();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The pack is durable and its chunks are in the [ChunkIndex]: they may be forgotten here when
    /// room is needed.
    public void durable(PackId pack) {
        lock.lock();
        try {
            if (chunksOf.containsKey(pack)) {
                durable.addLast(pack);
            }
        } finally {
            lock.unlock();
        }
    }

    /// How many chunks are known here.
    public int size() {
        lock.lock();
        try {
            return entries.size();
        } finally {
            lock.unlock();
        }
    }

    /// Ends all waiting; nothing is waited for afterwards.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void wake() {
        if (waiting > 0) {
            changed.signalAll();
        }
    }
}
