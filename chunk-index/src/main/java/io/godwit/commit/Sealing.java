package io.godwit.commit;

import io.godwit.format.ObjectKind;
import io.godwit.store.ObjectKey;

/// Seals small objects under the repository's keys, bound to their kind and their own name.
public interface Sealing {
    byte[] seal(ObjectKind kind, ObjectKey name, byte[] plain);

    /// What was sealed.
    ///
    /// @throws io.godwit.error.GodwitException `CORRUPT` when the object is not what was sealed
    ///     under this name
    byte[] open(ObjectKind kind, ObjectKey name, byte[] object);
}
