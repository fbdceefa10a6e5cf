package io.godwit.cli;

import io.godwit.error.SuppressForbidden;
import io.godwit.store.Sleeper;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// Everything outside of this process that a command may touch, and that a test replaces.
///
/// @param environment as the process was given it
/// @param terminal whether somebody watches standard error
/// @param secrets asks a person, where there is one
/// @param clock tells the time to people
/// @param nanoTime a clock that never jumps
/// @param random made at the first use: it costs start-up time
/// @param signals whether this process is ours, so that its signals are too
record Outside(
        Map<String, String> environment,
        InputStream in,
        OutputStream out,
        OutputStream err,
        boolean terminal,
        SecretPrompt secrets,
        InstantSource clock,
        LongSupplier nanoTime,
        Supplier<SecureRandom> random,
        ThreadFactory threads,
        Sleeper sleeper,
        boolean signals) {
    private static final AtomicInteger THREADS = new AtomicInteger();

    /// This process.
    @SuppressForbidden("the composition root: clocks, entropy, threads and streams come from here")
    static Outside process() {
        return new Outside(
                System.getenv(),
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                new FileOutputStream(FileDescriptor.err),
                isTerminal(2),
                new TerminalPrompt(),
                Clock.systemUTC(),
                System::nanoTime,
                SecureRandom::new,
                Outside::thread,
                Thread::sleep,
                true);
    }

    /// Nothing that still runs keeps the process alive: what must be finished, somebody waits for.
    @SuppressForbidden("the composition root: every thread is made here")
    static Thread thread(Runnable work) {
        return Thread.ofPlatform()
                .daemon()
                .name("godwit-" + THREADS.incrementAndGet())
                .unstarted(work);
    }

    /// Whether the descriptor leads to a terminal.
    static boolean isTerminal(int descriptor) {
        try {
            String file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
            return file.startsWith("/dev/pts/")
                    || file.startsWith("/dev/tty")
                    || file.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }
}
