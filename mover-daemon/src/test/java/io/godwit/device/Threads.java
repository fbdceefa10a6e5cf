package io.godwit.device;

import java.util.concurrent.ThreadFactory;

/// Threads for tests: daemons, so that a test that fails does not hang the run.
final class Threads {
    private Threads() {}

    static ThreadFactory named(String prefix) {
        return Thread.ofPlatform().daemon().name(prefix + "-", 0).factory();
    }
}
