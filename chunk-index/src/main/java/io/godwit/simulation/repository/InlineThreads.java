package io.godwit.simulation.repository;

import io.godwit.error.SuppressForbidden;
import java.util.concurrent.ThreadFactory;

/// Threads for fan-outs within a simulated process: whoever starts one runs it, to its end. So one
/// call follows the other, and what the shipped code concludes cannot depend on more.
final class InlineThreads implements ThreadFactory {
    @Override
    public Thread newThread(Runnable body) {
        return new Inline(body);
    }

    private static final class Inline extends Thread {
        private final Runnable body;

        @SuppressForbidden("it never becomes a thread")
        Inline(Runnable body) {
            super("inline");
            this.body = body;
        }

        @Override
        public synchronized void start() {
            body.run();
        }
    }
}
