package io.godwit.volume;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import java.util.Optional;

/// Where content of chunks stands now whose own places have lost it. Asked only when reading has
/// failed. Any thread.
@FunctionalInterface
public interface Replacements {
    /// Nothing is known to stand anywhere else.
    Replacements NONE = _ -> Optional.empty();

    /// Another chunk with the same content: for data and roots the same chunk in another place, for
    /// a page or a node one that says the same about the volume.
    Optional<ChunkRef> of(ChunkRef lost);

    /// The replacement of what could not be read.
    ///
    /// @throws GodwitException the failure, when it is no loss, or when there is none
    default ChunkRef insteadOf(ChunkRef lost, GodwitException failure) {
        boolean loss =
                failure.kind() == FailureKind.CORRUPT || failure.kind() == FailureKind.NOT_FOUND;
        return (loss ? of(lost) : Optional.<ChunkRef>empty()).orElseThrow(() -> failure);
    }
}
