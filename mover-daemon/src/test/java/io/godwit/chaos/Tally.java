package io.godwit.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

/// What happened: counted, and what must not have happened. Shared by all lanes.
final class Tally {
    private final Map<String, Map<String, Integer>> ends = new TreeMap<>();
    private final Map<String, double[]> usual = new TreeMap<>();
    private final Map<String, AtomicLong> sums = new TreeMap<>();
    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();

    /// Counts one command by what was done to it and how it ended.
    synchronized void ended(String kind, Blow blow, int exitCode) {
        String name = blow.getClass().getSimpleName().replace("None", "").replace("KillAt", "Kill");
        ends.computeIfAbsent(kind, k -> new TreeMap<>())
                .merge((name + " " + exitCode).strip(), 1, Integer::sum);
    }

    /// Remembers how long an undisturbed command took.
    synchronized void took(String kind, double seconds) {
        double[] sum = usual.computeIfAbsent(kind, k -> new double[] {1.5, 1});
        sum[0] += seconds;
        sum[1]++;
    }

    synchronized double usualSeconds(String kind) {
        double[] sum = usual.getOrDefault(kind, new double[] {1.5, 1});
        return sum[0] / sum[1];
    }

    synchronized void add(String what, long number) {
        sums.computeIfAbsent(what, w -> new AtomicLong()).addAndGet(number);
    }

    synchronized long sum(String what) {
        AtomicLong sum = sums.get(what);
        return sum == null ? 0 : sum.get();
    }

    void violation(String text) {
        violations.add(text);
    }

    boolean isBroken() {
        return !violations.isEmpty();
    }

    List<String> violations() {
        return List.copyOf(violations);
    }

    synchronized int commands() {
        return ends.values().stream()
                .flatMap(codes -> codes.values().stream())
                .mapToInt(Integer::intValue)
                .sum();
    }

    /// A line for each kind of command: how often it ended with what, undisturbed or after a blow.
    synchronized List<String> lines() {
        List<String> lines = new ArrayList<>();
        ends.forEach(
                (kind, codes) ->
                        lines.add(
                                "  %-10s %s"
                                        .formatted(
                                                kind,
                                                codes.entrySet().stream()
                                                        .map(e -> e.getKey() + ": " + e.getValue())
                                                        .collect(Collectors.joining(", ")))));
        lines.add(
                "  "
                        + sums.entrySet().stream()
                                .map(e -> e.getKey() + " " + e.getValue().get())
                                .collect(Collectors.joining(", ")));
        return lines;
    }
}
