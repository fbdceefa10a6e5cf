package io.godwit.commit;

/// Takes what an operator should know although the operation goes on.
@FunctionalInterface
public interface CommitWarnings {
    /// What it is about; the text in lower case with hyphens is the `kind` of a JSON warning.
    enum Kind {
        /// The store shows less than it once did: it was rolled back, or withholds something.
        ROLLED_BACK,
        /// A snapshot is neither there nor forgotten.
        MISSING_ENTRY,
        /// An entry, tombstone or session object cannot be read; what it says is treated as not
        /// there.
        DAMAGED_OBJECT,
        /// A snapshot is committed, but its entry in `snap/` could not be written; the next reader
        /// writes it.
        ENTRY_NOT_PUBLISHED,
        /// A heartbeat could not reach the store. After `--fence-after` a collector gives the
        /// session up.
        HEARTBEAT_MISSED,
        /// A session that failed could not write its own ABORT; a collector waits for it, then
        /// fences it.
        NOT_ABORTED,
        /// A parent or a dead session was dropped at the start: everything is read, or uploaded
        /// again.
        PIN_DROPPED,
        /// The store refuses to delete something; it stays, and costs.
        NOT_DELETED,
        /// The store refuses to prolong a lock.
        NOT_LOCKED,
        /// A collection leaves packs as they are that it would have repacked: it can go on without.
        NOT_REPACKED;

        @Override
        public String toString() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    void warn(Kind kind, String message);
}
