package io.godwit.simulation;

import java.util.ArrayList;
import java.util.List;

/// A process of the history: its tasks stop with it, at whatever they wait for.
public final class SimulatedProcess {
    private final String name;
    private final List<Task> tasks = new ArrayList<>();
    private boolean dead;
    private long stoppedUntil;

    SimulatedProcess(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }

    public boolean alive() {
        return !dead;
    }

    List<Task> tasks() {
        return tasks;
    }

    void die() {
        dead = true;
    }

    long stoppedUntil() {
        return stoppedUntil;
    }

    void stopUntil(long nanos) {
        stoppedUntil = Math.max(stoppedUntil, nanos);
    }
}
