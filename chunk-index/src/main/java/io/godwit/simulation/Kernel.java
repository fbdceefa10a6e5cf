package io.godwit.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.ThreadFactory;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Time and turns of one history.
///
/// Tasks are blocking code on threads of their own, but exactly one thread has the turn; it gives it
/// up where it waits ([#pause]), to whoever is due next. Time passes in no other way. Everything of
/// a history is called by the thread that has the turn, so nothing needs a lock; and code under
/// simulation must not wait for another task in any other way than by the kernel.
public final class Kernel {
    /// Where every history begins.
    public static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    private static final Duration LOOK = Duration.ofMillis(500);

    private final long seed;
    private final long stepLimit;
    private final ThreadFactory threads;
    private final Predicate<String> spared;
    private final Trace trace;
    private final PriorityQueue<Due> due =
            new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
    private final List<Task> tasks = new ArrayList<>();
    private final Task main = new Task(Thread.currentThread());
    private Task current = main;
    private Optional<Violation> violation = Optional.empty();
    private boolean over;
    private long now;
    private long order;
    private long steps;

    /// What happens at a time: a task goes on, or something happens by itself.
    private record Due(
            long at, long order, @Nullable Task task, int waking, @Nullable Runnable event) {}

    /// Belongs to the thread that makes it.
    ///
    /// @param threads of tasks; virtual ones do
    /// @param spared strokes that are left out, see [Dice]
    /// @param traced whether the trace is kept line by line
    /// @param stepLimit a history that takes more steps does not end by itself
    public Kernel(
            long seed,
            ThreadFactory threads,
            Predicate<String> spared,
            boolean traced,
            long stepLimit) {
        this.seed = seed;
        this.threads = threads;
        this.spared = spared;
        this.trace = new Trace(traced);
        this.stepLimit = stepLimit;
    }

    public Dice dice(String name) {
        return new Dice(name, seed, spared, trace);
    }

    public Trace trace() {
        return trace;
    }

    /// Writes a line into the trace.
    public void note(String what) {
        trace.add(now, current.name(), what);
    }

    public long nanos() {
        return now;
    }

    public Instant instant() {
        return START.plusNanos(now);
    }

    public long steps() {
        return steps;
    }

    // ---- making things happen

    public SimulatedProcess newProcess(String name) {
        return new SimulatedProcess(name);
    }

    /// Starts a task of a process after a delay. What it throws, but its own crash, is a violation.
    public void spawn(SimulatedProcess process, String name, Duration delay, Runnable body) {
        Task[] self = new Task[1];
        Task task = new Task(process, name, threads, () -> live(self[0], body));
        self[0] = task;
        tasks.add(task);
        process.tasks().add(task);
        wake(task, now + delay.toNanos());
    }

    private void live(Task self, Runnable body) {
        self.awaitTurn();
        try {
            requireAlive();
            body.run();
        } catch (Crashed e) {
            // It was told to.
        } catch (Violation e) {
            violate(e);
        } catch (RuntimeException | Error e) {
            if (self.process().alive() && !over) {
                violate(new Violation("a task failed", self.name() + ": " + described(e)));
            }
        }
        self.end();
        self.process().tasks().remove(self);
        tasks.remove(self);
        goOn(self);
    }

    private static String described(Throwable e) {
        StackTraceElement[] stack = e.getStackTrace();
        return stack.length == 0 ? e.toString() : e + " at " + stack[0];
    }

    /// Something that happens by itself.
    public void at(Duration delay, Runnable event) {
        due.add(new Due(now + delay.toNanos(), order++, null, 0, event));
    }

    /// Ends a process: each of its tasks at what it waits for, or is about to wait for.
    public void crash(SimulatedProcess process) {
        if (process.alive()) {
            note("crash of " + process.name());
            process.die();
            for (Task task : process.tasks()) {
                if (task != current) {
                    wake(task, now);
                }
            }
        }
    }

    /// Lets a process stand still: none of its tasks runs before then.
    public void stop(SimulatedProcess process, Duration duration) {
        note("stop of " + process.name() + " for " + duration);
        process.stopUntil(now + duration.toNanos());
    }

    /// Ends the history because of what was found; the first one counts.
    public void violate(Violation found) {
        if (violation.isEmpty()) {
            violation = Optional.of(found);
            note("VIOLATION " + found.getMessage());
        }
        over = true;
    }

    // ---- waiting

    /// The running task waits; others go on.
    ///
    /// @throws Crashed when its process is dead by then
    public void pause(Duration duration) {
        requireAlive();
        Task self = current;
        wake(self, now + duration.toNanos());
        goOn(self);
        requireAlive();
    }

    /// Waits until a condition holds that another task brings about.
    public void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            pause(LOOK);
        }
    }

    private void requireAlive() {
        if (over || !current.process().alive()) {
            throw new Crashed();
        }
    }

    private void wake(Task task, long at) {
        due.add(new Due(at, order++, task, task.nextWaking(), null));
    }

    /// Runs what is due until the turn is this task's again.
    private void goOn(Task self) {
        Task next = next();
        current = next;
        if (next == self) {
            return;
        }
        next.giveTurn();
        if (!self.ended()) {
            self.awaitTurn();
        }
    }

    private Task next() {
        while (!over && !due.isEmpty()) {
            Due first = due.remove();
            now = Math.max(now, first.at());
            if (++steps > stepLimit) {
                violate(new Violation("history does not end", "steps=" + steps));
                return main;
            }
            Task task = first.task();
            if (task == null) {
                happen(first);
            } else if (task.waking() == first.waking() && !task.ended()) {
                long stopped = task.process().stoppedUntil();
                if (stopped <= now || !task.process().alive()) {
                    return task;
                }
                wake(task, stopped);
            }
        }
        return main;
    }

    private void happen(Due first) {
        try {
            if (first.event() != null) {
                current = main;
                first.event().run();
            }
        } catch (Violation e) {
            violate(e);
        }
    }

    /// Lets everything happen that is due, now or later, until nothing is left; called by the thread
    /// that made the kernel.
    ///
    /// @throws Violation the first that was found; then the history is over
    public void run() {
        goOn(main);
        if (violation.isPresent()) {
            end();
            throw violation.get();
        }
    }

    /// Ends every task that is left.
    public void end() {
        over = true;
        for (Task task : List.copyOf(tasks)) {
            if (task.started()) {
                current = task;
                task.giveTurn();
                task.join();
            }
        }
        tasks.clear();
        due.clear();
    }
}
