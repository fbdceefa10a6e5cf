package io.godwit.store;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The dumb storage below a repository: immutable objects, each name used at most once.
///
/// All methods may be called from any number of threads. They throw `GodwitException`:
/// `UNAVAILABLE` when the call certainly had no effect and may be tried again, `INDETERMINATE` when
/// a put may or may not have been applied (the caller reads the object back: the content decides),
/// `DENIED` for refused credentials.
public interface Store extends AutoCloseable {
    /// What a put found: `CREATED` means durable under that name, now and after a crash.
    enum Put {
        CREATED,
        EXISTS
    }

    /// An object as a listing shows it.
    record Listed(ObjectKey key, long length) {}

    /// One page of a listing; `more` tells whether names behind the last one remain.
    record Page(List<Listed> objects, boolean more) {}

    /// The end of an object.
    ///
    /// @param objectLength of the whole object, in bytes
    /// @param read how many bytes of its end were written to the start of the target
    record Tail(long objectLength, int read) {}

    /// Creates the object, durably and at once, unless the name is taken. Never replaces.
    Put putIfAbsent(ObjectKey key, MemorySegment content);

    /// The whole object, or empty when there is none.
    ///
    /// @throws io.godwit.error.GodwitException `CORRUPT` when it is longer than `maxLength`
    Optional<byte[]> get(ObjectKey key, int maxLength);

    /// Fills `target` from the object's byte `offset` on and returns how many bytes were there
    /// (fewer than asked only at the object's end), or -1 when there is no such object.
    long read(ObjectKey key, long offset, MemorySegment target);

    /// Reads the object's last bytes, at most as many as `target` holds; empty when there is no
    /// such object.
    Optional<Tail> readTail(ObjectKey key, MemorySegment target);

    /// Objects whose key starts with `prefix`, in the order of their keys, from behind `after`
    /// (exclusive, "" for all), at most `limit` of them. `prefix` and `after` need not be whole
    /// keys. A store reads at least a whole directory for a page, or asks a server for it, so ask
    /// for many at once.
    Page list(String prefix, String after, int limit);

    /// Deletes the object; deleting what is not there is no error. Writers never call it.
    void delete(ObjectKey key);

    /// Locks an object that is there, where the store does that: one whose lock ends before `least`
    /// is locked until `wanted`. Never shortens anything. A decorator passes it on.
    ///
    /// @return whether its lock was changed
    /// @throws io.godwit.error.GodwitException `DENIED` when the store does not take it
    default boolean retain(ObjectKey key, Instant least, Instant wanted) {
        return false;
    }

    /// What the store knows about itself; a decorator passes on what it decorates.
    default StoreTraits traits() {
        return new StoreTraits("unknown", false);
    }

    /// A short name for messages, without credentials: the URL.
    String describe();

    @Override
    void close();
}
