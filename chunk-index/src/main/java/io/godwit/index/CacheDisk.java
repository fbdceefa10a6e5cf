package io.godwit.index;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The database below a [LocalCache], as long as it can be used, and what happens when it cannot:
/// one that cannot be written is read on, one that is damaged is not asked again.
///
/// Any number of threads may call it.
final class CacheDisk {
    /// Reads from the database; the tier is null when there is none.
    @FunctionalInterface
    interface Reading<T extends @Nullable Object> {
        T from(@Nullable RocksTier tier) throws CacheFailure;
    }

    /// Writes to the database.
    @FunctionalInterface
    interface Writing {
        void to(RocksTier tier) throws CacheFailure;
    }

    private final @Nullable CacheOpener opener;
    private final AtomicReference<@Nullable RocksTier> current = new AtomicReference<>();
    private final AtomicBoolean writable = new AtomicBoolean();

    /// Out of use, though somebody may still be inside: closed with the cache.
    private final Queue<RocksTier> abandoned = new ConcurrentLinkedQueue<>();

    /// Who is inside the database other than to look up: nobody waits for them but who closes it.
    private final LookupGate inside = new LookupGate();

    /// @param opener warns, and marks what is damaged; null for a cache that never has a disk
    CacheDisk(@Nullable CacheOpener opener) {
        this.opener = opener;
    }

    void attach(@Nullable RocksTier tier) {
        current.set(tier);
        writable.set(tier != null && tier.writable());
    }

    @Nullable RocksTier tier() {
        return current.get();
    }

    /// The database, when it can be written; else null.
    @Nullable RocksTier writableTier() {
        return writable.get() ? current.get() : null;
    }

    /// @param otherwise the answer when the database fails
    <T extends @Nullable Object> T read(T otherwise, Reading<T> reading) {
        int slot = inside.enterSlot();
        try {
            return reading.from(current.get());
        } catch (CacheFailure e) {
            abandon(e);
            return otherwise;
        } finally {
            inside.leaveSlot(slot);
        }
    }

    /// @param inMemory what happens instead when the disk takes nothing, or fails
    void write(Writing onDisk, Runnable inMemory) {
        int slot = inside.enterSlot();
        try {
            RocksTier tier = writableTier();
            if (tier == null) {
                inMemory.run();
            } else {
                onDisk.to(tier);
            }
        } catch (CacheFailure e) {
            stopWriting(e);
            inMemory.run();
        } finally {
            inside.leaveSlot(slot);
        }
    }

    /// Writes to `tier`, unless it is no longer the one that is written; then false.
    boolean writeIfStill(RocksTier tier, Writing onDisk) throws CacheFailure {
        int slot = inside.enterSlot();
        try {
            if (tier != writableTier()) {
                return false;
            }
            onDisk.to(tier);
            return true;
        } finally {
            inside.leaveSlot(slot);
        }
    }

    /// What is on the disk stays readable; what is learned from now on stays in memory.
    void stopWriting(CacheFailure failure) {
        CacheOpener with = opener;
        if (with != null && writable.compareAndSet(true, false)) {
            with.warn("is no longer written, what is learned stays in memory", failure);
            if (failure.corrupt()) {
                with.markDamaged();
            }
        }
    }

    /// What is on the disk cannot be trusted: it is not asked again, and the next one to open it
    /// discards it.
    void abandon(CacheFailure failure) {
        CacheOpener with = opener;
        RocksTier tier = current.get();
        if (with != null && tier != null && current.compareAndSet(tier, null)) {
            abandoned.add(tier);
            if (writable.getAndSet(false) && failure.corrupt()) {
                with.markDamaged();
            }
            with.warn("is damaged and no longer used", failure);
        }
    }

    /// Takes the database out of use; it is the caller's to close when nobody is inside any more.
    @Nullable RocksTier takeOut() {
        writable.set(false);
        return current.getAndSet(null);
    }

    /// Waits for everybody who was inside at the call.
    void awaitInside() {
        inside.await();
    }

    /// Closes what went out of use; nobody is inside any more.
    void closeAbandoned() {
        for (RocksTier old = abandoned.poll(); old != null; old = abandoned.poll()) {
            old.close();
        }
    }
}
