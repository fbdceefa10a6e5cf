package io.godwit.simulation;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Blocking code on a thread of its own, which runs while it has the turn and never otherwise.
final class Task {
    private final SimulatedProcess process;
    private final String name;
    private final Thread thread;
    private volatile boolean turn;
    private boolean started;
    private boolean ended;

    /// Which of its wakings is the one that counts: a crash wakes it before its time.
    private int waking;

    /// @param body is run once the task has its first turn
    Task(@Nullable SimulatedProcess process, String name, ThreadFactory threads, Runnable body) {
        this.process = process == null ? new SimulatedProcess(name) : process;
        this.name = name;
        this.thread = threads.newThread(body);
    }

    /// The caller's own thread.
    Task(Thread thread) {
        this.process = new SimulatedProcess("main");
        this.name = "main";
        this.thread = thread;
        this.started = true;
    }

    SimulatedProcess process() {
        return process;
    }

    String name() {
        return name;
    }

    boolean ended() {
        return ended;
    }

    void end() {
        ended = true;
    }

    int nextWaking() {
        return ++waking;
    }

    int waking() {
        return waking;
    }

    void giveTurn() {
        turn = true;
        if (started) {
            LockSupport.unpark(thread);
        } else {
            started = true;
            thread.start();
        }
    }

    boolean started() {
        return started;
    }

    void awaitTurn() {
        while (!turn) {
            LockSupport.park(this);
        }
        turn = false;
    }

    void join() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
