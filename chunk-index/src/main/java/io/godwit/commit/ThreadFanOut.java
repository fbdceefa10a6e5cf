package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Calls from at most `window` threads at once; the threads live only as long as the call, the
/// caller's waits.
///
/// The window bounds what is in flight: small objects, so a few hundred kilobytes at most.
public final class ThreadFanOut implements FanOut {
    /// Enough to hide the round trips of an object store, few enough not to be throttled.
    public static final int WINDOW = 64;

    private final ThreadFactory threads;
    private final int window;

    /// @param threads virtual ones where the store waits on the network
    public ThreadFanOut(ThreadFactory threads, int window) {
        if (window < 1) {
            throw new IllegalArgumentException("window below 1: " + window);
        }
        this.threads = threads;
        this.window = window;
    }

    @Override
    public <A, B> List<B> map(List<A> inputs, Function<A, B> call) {
        if (inputs.size() < 2) {
            return FanOut.oneByOne().map(inputs, call);
        }
        return new Calls<A, B>(inputs, call).run();
    }

    /// One fan-out: the threads take the next input until there is none, or one has failed.
    private final class Calls<A, B> {
        private final List<A> inputs;
        private final Function<A, B> call;
        private final @Nullable Object[] results;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

        Calls(List<A> inputs, Function<A, B> call) {
            this.inputs = inputs;
            this.call = call;
            this.results = new Object[inputs.size()];
        }

        List<B> run() {
            List<Thread> workers = new ArrayList<>();
            for (int i = 0; i < Math.min(window, inputs.size()); i++) {
                Thread worker = threads.newThread(this::work);
                worker.start();
                workers.add(worker);
            }
            boolean interrupted = join(workers);
            rethrow(failure.get());
            if (interrupted) {
                Thread.currentThread().interrupt();
                throw new GodwitException(FailureKind.INTERRUPTED, "interrupted while reading");
            }
            return collected();
        }

        private void work() {
            for (int i = next.getAndIncrement();
                    i < inputs.size() && failure.get() == null;
                    i = next.getAndIncrement()) {
                try {
                    results[i] = call.apply(inputs.get(i));
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                }
            }
        }

        private boolean join(List<Thread> workers) {
            boolean interrupted = false;
            for (Thread worker : workers) {
                while (worker.isAlive()) {
                    try {
                        worker.join();
                    } catch (InterruptedException e) {
                        interrupted = true;
                        next.set(inputs.size());
                        workers.forEach(Thread::interrupt);
                    }
                }
            }
            return interrupted;
        }

        @SuppressWarnings("unchecked") // Every element is what `call` returned.
        private List<B> collected() {
            return (List<B>) Arrays.asList(results);
        }

        private static void rethrow(@Nullable Throwable failure) {
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            if (failure instanceof Error e) {
                throw e;
            }
        }
    }
}
