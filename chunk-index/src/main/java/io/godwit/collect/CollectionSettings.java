package io.godwit.collect;

import io.godwit.commit.ProcessTable;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// How a collection is made.
///
/// @param request of the operator
/// @param marks makes a new mark for each reading of the roots; it knows every move that is
///     published by then
/// @param processes of this host: a session whose process is gone is given up at once
/// @param nanoTime a clock that never jumps
/// @param phases is told what happens
/// @param repacking what packs are copied with; without it none is, and a plan by others that moves
///     packs is finished by others
public record CollectionSettings(
        CollectionRequest request,
        Supplier<PackMark> marks,
        ProcessTable processes,
        LongSupplier nanoTime,
        Phases phases,
        Optional<Repacking> repacking) {
    /// Without repacking.
    public CollectionSettings(
            CollectionRequest request,
            Supplier<PackMark> marks,
            ProcessTable processes,
            LongSupplier nanoTime,
            Phases phases) {
        this(request, marks, processes, nanoTime, phases, Optional.empty());
    }

    public CollectionSettings withRepacking(Repacking with) {
        return new CollectionSettings(
                request, marks, processes, nanoTime, phases, Optional.of(with));
    }

    /// Is told what happens.
    @FunctionalInterface
    public interface Phases {
        void phase(String name);
    }
}
