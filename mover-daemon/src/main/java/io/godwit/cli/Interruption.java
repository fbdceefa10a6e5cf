package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.error.SuppressForbidden;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/// Ends a run in order when a signal asks for it.
///
/// The first signal interrupts the thread that runs: it gives its session up and says so. When that
/// takes too long, or at a second signal, the process ends at once; others find out about the
/// session by its silence.
@SuppressForbidden("whoever waits in vain must be able to end the process")
final class Interruption implements AutoCloseable {
    /// So that all ends within five seconds of the signal, last words too.
    private static final int PATIENCE_SECONDS = 4;

    private static final int WORDS_MILLIS = 1000;

    private static final int SIGNALLED = 128;
    private static final int HANGUP = 1;
    private static final int TERMINATE = 15;
    private static final String[] NAMES = {"INT", "TERM", "HUP"};

    private final AtomicInteger signal = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Runnable stop;
    private final IntConsumer giveUp;

    private Interruption(Runnable stop, IntConsumer giveUp) {
        this.stop = stop;
        this.giveUp = giveUp;
    }

    /// Nothing but an exit code for who was interrupted otherwise.
    static Interruption none() {
        return new Interruption(() -> {}, _ -> {});
    }

    /// From now until it is closed, signals interrupt the calling thread.
    static Interruption ofThisThread(Outside outside, Output output) {
        Thread running = Thread.currentThread();
        Interruption interruption =
                new Interruption(
                        () -> {
                            output.debug("stopping");
                            running.interrupt();
                        },
                        exitCode -> lastWords(outside, output, exitCode));
        for (String name : NAMES) {
            interruption.listen(name);
        }
        return interruption;
    }

    /// The JVM's interface to signals is not part of the platform, so that it is taken only where
    /// it is.
    private void listen(String name) {
        try {
            Class<?> signals = Class.forName("sun.misc.Signal");
            Class<?> handlers = Class.forName("sun.misc.SignalHandler");
            Object handler =
                    Proxy.newProxyInstance(
                            handlers.getClassLoader(),
                            new Class<?>[] {handlers},
                            (proxy, method, arguments) ->
                                    switch (method.getName()) {
                                        case "handle" -> {
                                            received(name);
                                            yield null;
                                        }
                                        case "hashCode" -> System.identityHashCode(proxy);
                                        case "equals" ->
                                                System.identityHashCode(proxy)
                                                        == System.identityHashCode(arguments[0]);
                                        default -> name;
                                    });
            signals.getMethod("handle", signals, handlers)
                    .invoke(null, signals.getConstructor(String.class).newInstance(name), handler);
        } catch (ReflectiveOperationException | IllegalArgumentException notToBeHad) {
            // The JVM's own way stays: the process ends at once.
        }
    }

    /// In a thread of the JVM's, one for each signal.
    private void received(String name) {
        int number =
                switch (name) {
                    case "HUP" -> HANGUP;
                    case "TERM" -> TERMINATE;
                    default -> FailureKind.INTERRUPTED.exitCode() - SIGNALLED;
                };
        if (ended.getCount() == 0 || !signal.compareAndSet(0, number)) {
            Runtime.getRuntime().halt(SIGNALLED + number);
        }
        stop.run();
        try {
            if (ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
        giveUp.accept(SIGNALLED + number);
        Runtime.getRuntime().halt(SIGNALLED + number);
    }

    /// Whoever reads our output may have stopped doing so, which must not keep the process alive.
    private static void lastWords(Outside outside, Output output, int exitCode) {
        GodwitException failure =
                new GodwitException(
                                FailureKind.INTERRUPTED,
                                "interrupted, and ended the hard way after %d s"
                                        .formatted(PATIENCE_SECONDS))
                        .withHint("run it again");
        Thread speaker =
                outside.threads().newThread(() -> output.failure(Failure.of(failure, exitCode)));
        speaker.start();
        try {
            speaker.join(WORDS_MILLIS);
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    /// What an interrupted command exits with.
    int exitCode() {
        int number = signal.get();
        return number == 0 ? FailureKind.INTERRUPTED.exitCode() : SIGNALLED + number;
    }

    @Override
    public void close() {
        ended.countDown();
    }
}
