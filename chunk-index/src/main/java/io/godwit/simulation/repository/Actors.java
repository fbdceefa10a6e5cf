package io.godwit.simulation.repository;

import io.godwit.collect.CollectionRequest;
import io.godwit.collect.CollectionResult;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.CatchUp;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.Forgetting;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.repository.Repository;
import io.godwit.simulation.Dice;
import io.godwit.simulation.Violation;
import io.godwit.volume.VolumeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who takes part, and what each of them does: shipped code, again and again, with pauses.
final class Actors {
    private static final int SETTLING_ROUNDS = 10;

    private final History history;
    private final Dice dice;
    private final List<SimulatedNode> nodes = new ArrayList<>();

    Actors(History history, Dice dice) {
        this.history = history;
        this.dice = dice;
    }

    void start() {
        HistoryPlan plan = history.plan();
        add("writer", plan.writers(), plan.runs(), Conduct.Role.WRITER, this::backUp);
        add("collector", plan.collectors(), plan.rounds(), Conduct.Role.COLLECTOR, this::collect);
        add("forgetter", plan.forgetters(), 10, Conduct.Role.FORGETTER, this::forget);
        add("restorer", plan.restorers(), 4, Conduct.Role.RESTORER, this::restore);
        add("copier", plan.copiers(), 2, Conduct.Role.COPIER, this::copy);
        for (SimulatedNode node : nodes) {
            node.startUnlessSpared(Duration.ofMillis(dice.spread(10, 600_000)));
        }
    }

    /// Repeats a job with pauses; crashes count, so that every node comes to an end.
    private void add(
            String name,
            int count,
            int times,
            Conduct.Role role,
            Consumer<SimulatedNode.Running> job) {
        for (int i = 1; i <= count; i++) {
            int[] left = {times};
            Consumer<SimulatedNode.Running> work =
                    running -> {
                        while (left[0]-- > 0) {
                            if (running.dice().strikes("works", 1)) {
                                attempt(running, job);
                            }
                            history.kernel()
                                    .pause(Duration.ofMillis(running.dice().spread(1000, 600_000)));
                        }
                    };
            String host = "host" + dice.below(2);
            nodes.add(new SimulatedNode(history, name + i, host, role, work));
        }
    }

    /// What a person sees as an exit code other than 0, and may be.
    private void attempt(SimulatedNode.Running running, Consumer<SimulatedNode.Running> job) {
        try {
            job.accept(running);
        } catch (GodwitException e) {
            switch (e.kind()) {
                case FENCED, UNAVAILABLE, INDETERMINATE, INTERRUPTED ->
                        history.kernel().note("ended: " + e.kind() + " " + e.getMessage());
                case INVALID, PARTIAL, NOT_FOUND, CORRUPT, DENIED, INTERNAL ->
                        throw unexpected(running, e);
            }
        }
    }

    private static Violation unexpected(SimulatedNode.Running running, GodwitException e) {
        return new Violation(
                "a process failed as it must not",
                "%s: %s %s".formatted(running.process().name(), e.kind(), e.getMessage()));
    }

    // ---- writers

    private void backUp(SimulatedNode.Running running) {
        Map<VolumeName, Content> contents = new LinkedHashMap<>();
        int volumes = history.plan().volumes();
        int first = running.dice().below(volumes);
        int count = 1 + running.dice().below(volumes);
        for (int i = 0; i < count; i++) {
            String name = "volume" + (first + i) % volumes;
            contents.put(new VolumeName(name), history.write(name, running.dice()));
        }
        run(new Backup(history, running, contents, List.of()));
    }

    /// What a session needs is there as long as the store has not ended it.
    private void run(Backup backup) {
        try {
            backup.run();
        } catch (GodwitException e) {
            boolean missing = e.kind() == FailureKind.NOT_FOUND || e.kind() == FailureKind.CORRUPT;
            if (!missing || backup.session().map(this::isUndecided).orElse(true)) {
                throw e;
            }
            history.kernel().note("ended: it was fenced, and then " + e.getMessage());
        }
    }

    private boolean isUndecided(Session session) {
        return history.store().exists(CommitKeys.open(session.id()))
                && !session.fenced()
                && !history.wasAborted(session.id());
    }

    /// Reads a snapshot in full and stores what it read as a volume of its own.
    private void copy(SimulatedNode.Running running) {
        CatalogueView view = running.repository().catalogue().read();
        Optional<CatalogueEntry> source = choose(view.entries(), running.dice());
        if (source.isPresent()) {
            Content content = history.judge().content(source.get());
            VolumeName name = new VolumeName("copy of " + source.get().volume());
            if (content.sameSizeAs(history.volume(name.value()).orElse(content))) {
                history.write(name.value(), content);
                Backup backup =
                        new Backup(
                                history, running, Map.of(name, content), source.stream().toList());
                run(backup);
            }
        }
    }

    private static Optional<CatalogueEntry> choose(List<CatalogueEntry> from, Dice by) {
        return from.isEmpty() ? Optional.empty() : Optional.of(from.get(by.below(from.size())));
    }

    // ---- retention

    private void forget(SimulatedNode.Running running) {
        CatalogueView view = running.repository().catalogue().read();
        Optional<CatalogueEntry> buried = choose(view.forgotten(), running.dice());
        if (buried.isPresent() && running.dice().chance(0.3)) {
            bringBack(running, buried.get());
            return;
        }
        List<CatalogueEntry> chosen = new ArrayList<>();
        for (CatalogueEntry entry : view.entries()) {
            if (running.dice().chance(0.7)) {
                chosen.add(entry);
            }
        }
        running.repository()
                .forgetting()
                .forget(view, Set.copyOf(chosen), new Forgetting.Options(true, false, "simulated"));
    }

    private void bringBack(SimulatedNode.Running running, CatalogueEntry entry) {
        try {
            running.repository().undelete(entry.snapshot().toString());
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.NOT_FOUND && e.kind() != FailureKind.INVALID) {
                throw e;
            }
            history.kernel().note("not brought back: " + e.getMessage());
        }
    }

    // ---- collectors

    private void collect(SimulatedNode.Running running) {
        CollectionResult result = collectOnce(running);
        history.kernel().note("collected: " + result);
    }

    private CollectionResult collectOnce(SimulatedNode.Running running) {
        CollectionRequest request =
                new CollectionRequest(false, false, CollectionRequest.FENCE_AFTER);
        running.conduct().step("collect");
        return running.repository()
                .collect(request, history::isAlive, name -> running.conduct().phase(name));
    }

    // ---- readers

    /// A restore with a pin, or without one.
    private void restore(SimulatedNode.Running running) {
        CatalogueView view = running.repository().catalogue().read();
        Optional<CatalogueEntry> chosen = choose(view.entries(), running.dice());
        if (chosen.isEmpty()) {
            return;
        }
        if (running.dice().chance(0.5) || !running.repository().access().writable()) {
            read(running, chosen.get(), null);
            return;
        }
        SessionRequest request =
                SessionRequest.of("serve")
                        .withPins(List.of(chosen.get()))
                        .withIndex(
                                running.conduct().index(running.repository().collectedPacks()),
                                (_, _) -> {});
        try (Session session = running.repository().openSession(request)) {
            boolean pinned = session.pinned(chosen.get().snapshot());
            history.kernel().pause(Duration.ofMillis(running.dice().spread(10, 300_000)));
            session.heartbeat();
            if (!session.fenced()) {
                read(running, chosen.get(), pinned ? session : null);
            }
        }
    }

    private void read(SimulatedNode.Running running, CatalogueEntry entry, @Nullable Session pin) {
        Content expected = history.judge().content(entry);
        try (SnapshotReading reading = new SnapshotReading(running.repository())) {
            reading.compare(entry, expected);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.NOT_FOUND) {
                throw e;
            }
            boolean forgotten = history.judge().forgotten(entry.snapshot());
            if (!forgotten || (pin != null && isUndecided(pin))) {
                throw new Violation(
                        pin == null ? "a live snapshot is not there" : "a pinned snapshot is gone",
                        "snapshot=%s: %s".formatted(entry.snapshot(), e.getMessage()));
            }
        }
    }

    // ---- quiet

    /// Nobody works any more; a collector comes by until there is nothing left to do. Then every
    /// node looks whether its index is right, and a new one whether it can learn all.
    void settle() {
        node("last", Conduct.Role.COLLECTOR, this::collectAll).start(Duration.ofHours(1));
        for (SimulatedNode node : nodes) {
            node.startWith(Duration.ofHours(100), running -> checkIndex(running, false));
        }
        node("new", Conduct.Role.WRITER, running -> checkIndex(running, true))
                .start(Duration.ofHours(100));
    }

    private SimulatedNode node(
            String name, Conduct.Role role, Consumer<SimulatedNode.Running> work) {
        return new SimulatedNode(history, name, "host of " + name, role, work);
    }

    private void collectAll(SimulatedNode.Running running) {
        long before = -1;
        for (int round = 0; round < SETTLING_ROUNDS; round++) {
            long generation = settlingRound(running);
            if (generation == before) {
                return;
            }
            before = generation;
        }
        throw new Violation("collections do not settle", "round=" + before);
    }

    private long settlingRound(SimulatedNode.Running running) {
        try {
            return collectOnce(running).generation();
        } catch (GodwitException e) {
            throw unexpected(running, e);
        }
    }

    private void checkIndex(SimulatedNode.Running running, boolean complete) {
        Repository repository = running.repository();
        long newest = new CatchUp(repository.access()).bring(repository.collectedPacks());
        long rows = repository.refreshIndex();
        history.kernel().note("index: plan=" + newest + " rows=" + rows);
        IndexTruth truth = history.judge().index();
        truth.requireTrue(running.node().name(), running.node().cache());
        if (complete) {
            truth.requireComplete(running.node().cache());
        }
    }
}
