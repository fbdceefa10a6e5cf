package io.godwit.simulation.repository;

import io.godwit.commit.CollectionPlan;
import io.godwit.commit.CollectionRecords;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.RecordTwists;
import io.godwit.pack.PackNames;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// What a collector, or a reader of the catalogue, could get wrong.
final class CollectorMistakes {
    private CollectorMistakes() {}

    static Conduct doesNotKnowOwnersByName(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Page list(String prefix, String after, int limit) {
                                return prefix.equals("s/") && it.phase.equals(Mistake.READING)
                                        ? without(prefix, after, limit, it::undecided)
                                        : super.list(prefix, after, limit);
                            }
                        });
    }

    /// Opens that were deleted seem to be there for ever. Shared by all processes of a history.
    static Conduct countsOutcomesWithoutOpen(Conduct.World world, Map<String, byte[]> deleted) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public void delete(ObjectKey key) {
                                if (Mistake.isOpen(key.value()) && it.exists(key)) {
                                    deleted.put(key.value(), it.object(key));
                                }
                                super.delete(key);
                            }

                            @Override
                            public Optional<byte[]> get(ObjectKey key, int maxLength) {
                                byte[] ghost = deleted.get(key.value());
                                return ghost == null
                                        ? super.get(key, maxLength)
                                        : Optional.of(ghost);
                            }

                            @Override
                            public long read(ObjectKey key, long offset, MemorySegment target) {
                                return deleted.containsKey(key.value())
                                        ? THERE
                                        : super.read(key, offset, target);
                            }

                            @Override
                            public Page list(String prefix, String after, int limit) {
                                Page page = super.list(prefix, after, limit);
                                return prefix.equals("s/") ? withGhosts(page, after) : page;
                            }

                            // An outcome that landed late, with its ghost of an open.
                            private Page withGhosts(Page page, String after) {
                                TreeMap<String, Listed> all = new TreeMap<>();
                                page.objects().forEach(o -> all.put(o.key().value(), o));
                                for (Listed object : page.objects()) {
                                    String name = object.key().value();
                                    String open =
                                            name.substring(0, name.lastIndexOf('/')) + "/open";
                                    if (Mistake.isOutcome(name)
                                            && deleted.containsKey(open)
                                            && open.compareTo(after) > 0) {
                                        all.put(open, new Listed(new ObjectKey(open), 1));
                                    }
                                }
                                return new Page(new ArrayList<>(all.values()), page.more());
                            }
                        });
    }

    static Conduct doesNotWaitForAnswers(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Page list(String prefix, String after, int limit) {
                                return prefix.equals("s/") && it.phase.equals(Mistake.WAITING)
                                        ? NOTHING
                                        : super.list(prefix, after, limit);
                            }
                        });
    }

    /// The roots are read once, for the plan; the sweep goes by the same.
    static Conduct doesNotMarkAgain(Conduct.World world) {
        String[] roots = {"s/", "snap/", "snap-del/", "cat/"};
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            private MemoryStore first = new MemoryStore();
                            private int frozenAt;

                            private boolean again(String name) {
                                if (it.readings == 1 && frozenAt != 1) {
                                    first = it.frozen(roots);
                                }
                                frozenAt = it.readings;
                                return it.readings == 2
                                        && (it.phase.equals(Mistake.READING)
                                                || it.phase.equals("marking"))
                                        && Set.of(roots)
                                                .contains(name.substring(0, name.indexOf('/') + 1));
                            }

                            @Override
                            public Optional<byte[]> get(ObjectKey key, int maxLength) {
                                return again(key.value())
                                        ? first.get(key, maxLength)
                                        : super.get(key, maxLength);
                            }

                            @Override
                            public long read(ObjectKey key, long offset, MemorySegment target) {
                                return again(key.value())
                                        ? first.read(key, offset, target)
                                        : super.read(key, offset, target);
                            }

                            @Override
                            public Page list(String prefix, String after, int limit) {
                                return again(prefix)
                                        ? first.list(prefix, after, limit)
                                        : super.list(prefix, after, limit);
                            }
                        });
    }

    static Conduct deletesOutcomesBeforeOpens(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            private final Set<String> held = new HashSet<>();

                            @Override
                            public void delete(ObjectKey key) {
                                String name = key.value();
                                if (Mistake.isOpen(name)) {
                                    held.add(name);
                                    return;
                                }
                                super.delete(key);
                                if (Mistake.isOutcome(name)) {
                                    String open = name.replace("/outcome", "/open");
                                    if (held.remove(open)) {
                                        super.delete(new ObjectKey(open));
                                    }
                                }
                            }
                        });
    }

    /// A checkpoint for a floor of its own.
    static Conduct leavesUndecidedSessionsOutOfTheFloor(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                                return isCheckpoint(key)
                                        ? super.putIfAbsent(
                                                key,
                                                MemorySegment.ofArray(
                                                        it.checkpoint(
                                                                round(key), n -> n, all -> all)))
                                        : super.putIfAbsent(key, content);
                            }
                        });
    }

    static Conduct takesTheFloorFromTheFirstReading(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            private final Map<Integer, Long> smallest = new HashMap<>();

                            @Override
                            public Page list(String prefix, String after, int limit) {
                                if (it.readings == 0) {
                                    smallest.clear();
                                } else if (it.readings == 1) {
                                    smallest.computeIfAbsent(1, _ -> undecidedPlan());
                                }
                                return super.list(prefix, after, limit);
                            }

                            private long undecidedPlan() {
                                return it.world.truth().list("s/", "", 100_000).objects().stream()
                                        .map(listed -> listed.key().value())
                                        .filter(Mistake::isOpen)
                                        .filter(it::undecided)
                                        .mapToLong(name -> Mistake.session(name).plan())
                                        .min()
                                        .orElse(Long.MAX_VALUE);
                            }

                            @Override
                            public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                                if (!isCheckpoint(key) || !smallest.containsKey(1)) {
                                    return super.putIfAbsent(key, content);
                                }
                                byte[] other =
                                        it.checkpoint(
                                                round(key),
                                                n -> Math.min(n, smallest.getOrDefault(1, n)),
                                                all -> all);
                                return super.putIfAbsent(key, MemorySegment.ofArray(other));
                            }
                        });
    }

    static Conduct leavesASnapshotOutOfTheCheckpoint(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                                return isCheckpoint(key)
                                        ? super.putIfAbsent(
                                                key,
                                                MemorySegment.ofArray(
                                                        it.checkpoint(
                                                                round(key),
                                                                n -> n,
                                                                all ->
                                                                        all.subList(
                                                                                0,
                                                                                all.size() / 2))))
                                        : super.putIfAbsent(key, content);
                            }
                        });
    }

    private static boolean isCheckpoint(ObjectKey key) {
        return key.value().startsWith("cat/") && key.value().length() == "cat/".length() + 16;
    }

    private static long round(ObjectKey key) {
        return Long.parseUnsignedLong(key.value().substring("cat/".length()), 16);
    }

    static Conduct doesNotCountAdoptedPacksAsOwned(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Optional<byte[]> get(ObjectKey key, int maxLength) {
                                Optional<byte[]> found = super.get(key, maxLength);
                                return Mistake.isOpen(key.value())
                                        ? found.map(
                                                object ->
                                                        RecordTwists.withoutAdoptions(
                                                                it.world.access(), key, object))
                                        : found;
                            }
                        });
    }

    static Conduct ignoresPins(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Optional<byte[]> get(ObjectKey key, int maxLength) {
                                Optional<byte[]> found = super.get(key, maxLength);
                                return Mistake.isOpen(key.value())
                                        ? found.map(
                                                object ->
                                                        RecordTwists.withoutPins(
                                                                it.world.access(), key, object))
                                        : found;
                            }
                        });
    }

    static Conduct cleansUpBeforeEntriesStand(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public long read(ObjectKey key, long offset, MemorySegment target) {
                                boolean planted =
                                        it.phase.equals(Mistake.CLEANING)
                                                && key.value().startsWith("snap/");
                                return planted ? THERE : super.read(key, offset, target);
                            }
                        });
    }

    static Conduct deletesWhatThePlanCondemns(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                                Put put = super.putIfAbsent(key, content);
                                if (put == Put.CREATED && key.value().endsWith("/plan")) {
                                    delete(
                                            Long.parseUnsignedLong(
                                                    key.value().substring(3, 19), 16));
                                }
                                return put;
                            }

                            private void delete(long round) {
                                CollectionPlan plan =
                                        new CollectionRecords(it.world.access()).listedPlan(round);
                                plan.condemned()
                                        .forEach(
                                                pack ->
                                                        delete(
                                                                PackNames.key(
                                                                        pack.id(),
                                                                        pack.metadata())));
                            }
                        });
    }

    static Conduct goesOnWithoutItsCheckpoint(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                                return isCheckpoint(key)
                                        ? Put.CREATED
                                        : super.putIfAbsent(key, content);
                            }
                        });
    }

    static Conduct givesSessionsUpWithoutTellingThem(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            private final Set<String> givenUp = new HashSet<>();

                            @Override
                            public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                                if (it.phase.equals(Mistake.WAITING)
                                        && Mistake.isOutcome(key.value())) {
                                    givenUp.add(Mistake.session(key.value()).toString());
                                    return Put.CREATED;
                                }
                                return super.putIfAbsent(key, content);
                            }

                            @Override
                            public Page list(String prefix, String after, int limit) {
                                return prefix.equals("s/")
                                        ? without(prefix, after, limit, this::hidden)
                                        : super.list(prefix, after, limit);
                            }

                            private boolean hidden(String name) {
                                return givenUp.contains(Mistake.session(name).toString())
                                        && it.undecided(name);
                            }
                        });
    }

    static Conduct deletesTombstonesTooEarly(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Page list(String prefix, String after, int limit) {
                                if (it.phase.equals(Mistake.CLEANING) && prefix.equals("s/")) {
                                    it.world
                                            .truth()
                                            .list("snap-del/", "", 100_000)
                                            .objects()
                                            .forEach(listed -> delete(listed.key()));
                                }
                                return super.list(prefix, after, limit);
                            }
                        });
    }

    static Conduct deletesSegmentsOfLivingPacks(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Page list(String prefix, String after, int limit) {
                                Page page = super.list(prefix, after, limit);
                                if (prefix.equals(CommitKeys.INDEX_SEGMENTS)) {
                                    page.objects().forEach(listed -> delete(listed.key()));
                                }
                                return page;
                            }
                        });
    }

    /// A leader that lost goes by its own plan.
    static Conduct followsItsOwnPlan(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            private final Map<ObjectKey, byte[]> mine = new HashMap<>();

                            @Override
                            public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                                if (key.value().endsWith("/plan")) {
                                    mine.put(key, content.toArray(ValueLayout.JAVA_BYTE));
                                }
                                return super.putIfAbsent(key, content);
                            }

                            @Override
                            public Optional<byte[]> get(ObjectKey key, int maxLength) {
                                Optional<byte[]> found = super.get(key, maxLength);
                                return found.map(object -> mine.getOrDefault(key, object));
                            }
                        });
    }
}
