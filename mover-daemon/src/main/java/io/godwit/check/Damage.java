package io.godwit.check;

import io.godwit.commit.CatalogueEntry;
import io.godwit.device.Extent;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Gathers what was found: each problem once, with everything it affects. Any thread.
final class Damage {
    /// More problems are counted, not listed: the repository is lost, not damaged.
    private static final int MAX_PROBLEMS = 10_000;

    private record Key(String kind, String object, long offset) {}

    private record Found(String detail, Map<CatalogueEntry, List<Extent>> affected) {}

    private final Map<Key, Found> problems = new LinkedHashMap<>();
    private final Map<PackId, Map<Integer, Key>> records = new TreeMap<>();

    synchronized void add(String kind, String object, long offset, String detail) {
        found(new Key(kind, object, offset), detail);
    }

    private Found found(Key key, String detail) {
        if (problems.size() >= MAX_PROBLEMS && !problems.containsKey(key)) {
            return new Found(detail, new LinkedHashMap<>());
        }
        return problems.computeIfAbsent(key, k -> new Found(detail, new LinkedHashMap<>()));
    }

    /// Damage to everything that a snapshot has in an extent, for example to its page.
    synchronized void add(
            String kind, GodwitException cause, CatalogueEntry snapshot, long offset, long length) {
        Key key = new Key(kind, cause.object().orElse(kind), cause.offset().orElse(0));
        Found found = found(key, String.valueOf(cause.getMessage()));
        if (length > 0) {
            found.affected()
                    .computeIfAbsent(snapshot, s -> new ArrayList<>())
                    .add(new Extent(offset, length));
        } else {
            found.affected().computeIfAbsent(snapshot, s -> new ArrayList<>());
        }
    }

    /// A record that cannot be read, or all of a pack when `ordinal` is -1.
    synchronized void record(
            PackId pack, int ordinal, String kind, String object, long offset, String detail) {
        Key key = new Key(kind, object, offset);
        found(key, detail);
        records.computeIfAbsent(pack, p -> new TreeMap<>()).put(ordinal, key);
    }

    synchronized boolean touches(PackId pack) {
        return records.containsKey(pack);
    }

    synchronized boolean hasRecords() {
        return !records.isEmpty();
    }

    /// A snapshot has an extent of a chunk in this record: if that is damaged, so is the extent.
    synchronized void refer(
            PackId pack, int ordinal, CatalogueEntry snapshot, long offset, long length) {
        Map<Integer, Key> damaged = records.get(pack);
        if (damaged == null) {
            return;
        }
        Key key = damaged.containsKey(ordinal) ? damaged.get(ordinal) : damaged.get(-1);
        if (key != null) {
            Found found = problems.get(key);
            if (found != null) {
                found.affected()
                        .computeIfAbsent(snapshot, s -> new ArrayList<>())
                        .add(new Extent(offset, length));
            }
        }
    }

    synchronized List<VerifyResult.Problem> problems() {
        List<VerifyResult.Problem> list = new ArrayList<>();
        problems.forEach(
                (key, found) -> {
                    List<VerifyResult.Affected> affected = new ArrayList<>();
                    found.affected()
                            .forEach(
                                    (snapshot, extents) ->
                                            affected.add(
                                                    new VerifyResult.Affected(
                                                            snapshot.snapshot().toString(),
                                                            snapshot.volume().toString(),
                                                            merged(extents))));
                    list.add(
                            new VerifyResult.Problem(
                                    key.kind(),
                                    key.object(),
                                    key.offset(),
                                    found.detail(),
                                    affected));
                });
        return list;
    }

    private static List<Extent> merged(List<Extent> extents) {
        List<Extent> sorted = new ArrayList<>(extents);
        sorted.sort(Comparator.comparingLong(Extent::offset));
        List<Extent> merged = new ArrayList<>();
        for (Extent extent : sorted) {
            Extent last = merged.isEmpty() ? null : merged.getLast();
            if (last != null && extent.offset() <= last.end()) {
                long end = Math.max(last.end(), extent.end());
                merged.set(merged.size() - 1, new Extent(last.offset(), end - last.offset()));
            } else {
                merged.add(extent);
            }
        }
        return merged;
    }
}
