package io.godwit.check;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Losses;
import io.godwit.commit.PackName;
import io.godwit.device.Extent;
import io.godwit.error.GodwitException;
import io.godwit.pack.BadPlaces;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Gathers what was found: each problem once, with everything it affects. Any thread.
final class Damage {
    /// More problems are counted, not listed: the repository is lost, not damaged.
    private static final int MAX_PROBLEMS = 10_000;

    /// The ordinal of all of a pack.
    static final int WHOLE = -1;

    /// Objects of which repair puts the content again under other names.
    static final String INDEX_SEGMENT = "index-segment";

    static final String LOSSES = "losses";
    private static final Set<String> PUT_AGAIN = Set.of(INDEX_SEGMENT, LOSSES);

    private static final String KNOWN = "it is known to be lost";
    private static final String METADATA = "m/";

    /// What is damaged in trees stands in what it affects; the rest in objects.
    private static final Set<String> OF_TREES = Set.of("root", "node", "page");

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
        List<Extent> extents = found.affected().computeIfAbsent(snapshot, s -> new ArrayList<>());
        if (length > 0) {
            append(extents, offset, length);
        }
    }

    /// Walks go from a volume's start to its end, so that neighbours usually come one after the
    /// other.
    private static void append(List<Extent> extents, long offset, long length) {
        Extent last = extents.isEmpty() ? null : extents.getLast();
        if (last != null && last.end() == offset) {
            extents.set(extents.size() - 1, new Extent(last.offset(), last.length() + length));
        } else {
            extents.add(new Extent(offset, length));
        }
    }

    /// A record that cannot be read, or all of a pack when `ordinal` is [#WHOLE].
    synchronized void record(
            PackId pack, int ordinal, String kind, String object, long offset, String detail) {
        Key key = new Key(kind, object, offset);
        found(key, detail);
        records.computeIfAbsent(pack, p -> new TreeMap<>()).put(ordinal, key);
    }

    synchronized boolean touches(PackId pack) {
        return records.containsKey(pack);
    }

    /// A snapshot has an extent of a chunk in this record: if that is damaged, so is the extent.
    synchronized void refer(
            PackId pack, int ordinal, CatalogueEntry snapshot, long offset, long length) {
        Map<Integer, Key> damaged = records.get(pack);
        if (damaged == null) {
            return;
        }
        Key key = damaged.containsKey(ordinal) ? damaged.get(ordinal) : damaged.get(WHOLE);
        if (key != null) {
            Found found = problems.get(key);
            if (found != null) {
                append(
                        found.affected().computeIfAbsent(snapshot, s -> new ArrayList<>()),
                        offset,
                        length);
            }
        }
    }

    synchronized boolean isEmpty() {
        return problems.isEmpty();
    }

    /// What is wrong with objects, without what it affects and without what is wrong with trees: to
    /// be traced anew.
    synchronized Damage ofObjects() {
        Damage objects = new Damage();
        problems.forEach(
                (key, found) -> {
                    if (!OF_TREES.contains(key.kind())) {
                        objects.found(key, found.detail());
                    }
                });
        records.forEach((pack, places) -> objects.records.put(pack, new TreeMap<>(places)));
        return objects;
    }

    synchronized BadPlaces badPlaces() {
        Map<PackId, Set<Integer>> places = new HashMap<>();
        records.forEach(
                (pack, keys) ->
                        places.put(pack, keys.containsKey(WHOLE) ? Set.of() : keys.keySet()));
        return BadPlaces.of(places);
    }

    /// The same, as it is published.
    synchronized List<Losses.Bad> badPacks() {
        Map<PackName, List<Losses.Place>> packs = new TreeMap<>();
        records.forEach(
                (pack, keys) -> {
                    List<Losses.Place> places = new ArrayList<>();
                    if (!keys.containsKey(WHOLE)) {
                        keys.forEach((o, key) -> places.add(new Losses.Place(o, key.offset())));
                    }
                    boolean metadata =
                            keys.values().stream()
                                    .anyMatch(key -> key.object().startsWith(METADATA));
                    packs.put(new PackName(pack, metadata), places);
                });
        return packs.entrySet().stream()
                .map(each -> new Losses.Bad(each.getKey(), each.getValue()))
                .toList();
    }

    /// What was known to be lost before is damage, unless it was found anew just now.
    synchronized void known(Losses losses) {
        for (Losses.Bad bad : losses.bad()) {
            PackId pack = bad.pack().id();
            String object = PackNames.key(pack, bad.pack().metadata()).value();
            if (bad.places().isEmpty() && !touches(pack)) {
                record(pack, WHOLE, "pack", object, 0, KNOWN);
            }
            for (Losses.Place place : bad.places()) {
                Map<Integer, Key> found = records.getOrDefault(pack, new TreeMap<>());
                if (!found.containsKey(place.ordinal()) && !found.containsKey(WHOLE)) {
                    record(pack, place.ordinal(), "record", object, place.offset(), KNOWN);
                }
            }
        }
    }

    /// Takes out the problems with places that were known to be lost and on which nothing depends
    /// any more, and returns their objects.
    synchronized List<String> settled(Losses losses) {
        BadPlaces known = losses.badPlaces();
        Set<String> settled = new TreeSet<>();
        records.forEach(
                (pack, keys) ->
                        keys.forEach(
                                (ordinal, key) -> {
                                    Found found = problems.get(key);
                                    boolean idle = found == null || found.affected().isEmpty();
                                    if (idle && isKnown(known, pack, ordinal)) {
                                        problems.remove(key);
                                        settled.add(key.object());
                                    }
                                }));
        Set<String> replaced = replaceable();
        replaced.retainAll(losses.settled());
        settled.addAll(replaced);
        problems.keySet()
                .removeIf(key -> PUT_AGAIN.contains(key.kind()) && replaced.contains(key.object()));
        problems.keySet().forEach(key -> settled.remove(key.object()));
        return List.copyOf(settled);
    }

    /// Damaged index segments and lists of losses.
    synchronized Set<String> replaceable() {
        Set<String> names = new TreeSet<>();
        for (Key key : problems.keySet()) {
            if (PUT_AGAIN.contains(key.kind())) {
                names.add(key.object());
            }
        }
        return names;
    }

    private static boolean isKnown(BadPlaces known, PackId pack, int ordinal) {
        return ordinal == WHOLE ? known.wholePacks().contains(pack) : known.contain(pack, ordinal);
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
