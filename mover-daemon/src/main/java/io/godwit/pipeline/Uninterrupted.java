package io.godwit.pipeline;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Does in a thread of its own what must not be cut in two: a commit that was interrupted half-way
/// would be told as "interrupted, nothing was committed" while the store has it.
final class Uninterrupted {
    private Uninterrupted() {}

    /// Returns when the work is done, or throws what it threw. Whoever interrupts the caller
    /// meanwhile is heard afterwards: the caller stays interrupted.
    ///
    /// @throws GodwitException `INTERRUPTED` when the caller was interrupted before; the work was
    ///     not begun
    static void run(ThreadFactory factory, Runnable work) {
        if (Thread.currentThread().isInterrupted()) {
            throw new GodwitException(
                    FailureKind.INTERRUPTED,
                    "interrupted before the commit; nothing was committed");
        }
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        Thread thread =
                factory.newThread(
                        () -> {
                            try {
                                work.run();
                            } catch (RuntimeException | Error e) {
                                failure.set(e);
                            }
                        });
        thread.start();
        WorkerCrew.joinAll(List.of(thread));
        switch (failure.get()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable impossible -> throw new AssertionError(impossible);
        }
    }
}
