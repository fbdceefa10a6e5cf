package io.godwit.collect;

import io.godwit.commit.ProcessTable;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// How a collection is made.
///
/// @param request of the operator
/// @param marks makes a new mark for each reading of the roots
/// @param processes of this host: a session whose process is gone is given up at once
/// @param nanoTime a clock that never jumps
/// @param phases is told what happens
public record CollectionSettings(
        CollectionRequest request,
        Supplier<PackMark> marks,
        ProcessTable processes,
        LongSupplier nanoTime,
        Phases phases) {
    /// Is told what happens.
    @FunctionalInterface
    public interface Phases {
        void phase(String name);
    }
}
