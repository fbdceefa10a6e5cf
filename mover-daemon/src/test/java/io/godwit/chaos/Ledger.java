package io.godwit.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/// What must be in a repository: which bytes each run was given, which snapshots were acknowledged,
/// and which of them somebody wanted to go. Shared by all lanes.
final class Ledger {
    /// Of a snapshot that was acknowledged.
    enum State {
        LIVE,
        /// Somebody is about to forget it, or was killed over it: it may be there or not.
        DOUBTFUL,
        FORGOTTEN,
        /// Forgotten, and brought back under another id.
        BACK
    }

    /// @param number that the run's tag tells, so that also a snapshot that nobody was told of is
    ///     known
    record Run(int number, String volume, Content content) {}

    /// A snapshot that was acknowledged.
    record Known(String id, Run run, Ledger ledger) {}

    private final Map<Integer, Run> runs = new HashMap<>();
    private final Map<String, Run> snapshots = new LinkedHashMap<>();
    private final Map<String, State> states = new HashMap<>();
    private final Set<Integer> refused = new HashSet<>();

    synchronized Run begin(String volume, Content content) {
        Run run = new Run(runs.size() + 1, volume, content);
        runs.put(run.number(), run);
        return run;
    }

    synchronized Optional<Run> run(int number) {
        return Optional.ofNullable(runs.get(number));
    }

    synchronized void committed(String id, Run run) {
        snapshots.putIfAbsent(id, run);
        states.putIfAbsent(id, State.LIVE);
    }

    /// It was told that nothing of it was committed.
    synchronized void refused(Run run) {
        refused.add(run.number());
    }

    synchronized boolean isRefused(Run run) {
        return refused.contains(run.number());
    }

    synchronized Optional<Run> runOf(String id) {
        return Optional.ofNullable(snapshots.get(id));
    }

    synchronized void set(String id, State state) {
        if (snapshots.containsKey(id)) {
            states.put(id, state);
        }
    }

    synchronized Optional<State> state(String id) {
        return Optional.ofNullable(states.get(id));
    }

    synchronized List<Known> in(State state) {
        List<Known> found = new ArrayList<>();
        snapshots.forEach(
                (id, run) -> {
                    if (states.get(id) == state) {
                        found.add(new Known(id, run, this));
                    }
                });
        return found;
    }

    synchronized Optional<Known> pick(State state, SplittableRandom random) {
        List<Known> found = in(state);
        int number = random.nextInt(1 << 20);
        return found.isEmpty() ? Optional.empty() : Optional.of(found.get(number % found.size()));
    }

    /// One that nobody else is about to forget, for the caller to forget.
    synchronized Optional<Known> claim(SplittableRandom random) {
        Optional<Known> one = pick(State.LIVE, random);
        one.ifPresent(known -> states.put(known.id(), State.DOUBTFUL));
        return one;
    }

    /// The newest acknowledged one of a volume.
    synchronized Optional<Known> newest(String volume) {
        return in(State.LIVE).stream()
                .filter(known -> known.run().volume().equals(volume))
                .reduce((older, newer) -> newer);
    }

    synchronized int committedSoFar() {
        return snapshots.size();
    }
}
