package io.godwit.simulation.repository;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CollectedPacks;
import io.godwit.commit.CollectionRecords;
import io.godwit.commit.CommitKeys;
import io.godwit.commit.RecordTwists;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRecords;
import io.godwit.commit.SnapshotId;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a writer could get wrong.
final class WriterMistakes {
    private WriterMistakes() {}

    /// Knows the session that its process runs.
    private abstract static class Writer extends Mistake {
        @Nullable ObjectKey open;
        byte[] sentOutcome = {};

        Writer(World world) {
            super(world);
        }

        boolean opening() {
            return open != null && step.equals("open");
        }

        boolean committing() {
            return step.equals("commit");
        }

        SessionId mine() {
            return session(java.util.Objects.requireNonNull(open).value());
        }

        @Override
        public void step(String name) {
            super.step(name);
            if (name.equals("open")) {
                open = null;
                sentOutcome = new byte[0];
            }
        }

        /// Follows what is put.
        class Watching extends TwistedStore {
            Watching(Store honest) {
                super(honest);
            }

            @Override
            public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                if (isOpen(key.value())) {
                    open = key;
                } else if (isOutcome(key.value())) {
                    sentOutcome = content.toArray(ValueLayout.JAVA_BYTE);
                }
                return super.putIfAbsent(key, content);
            }
        }
    }

    static Conduct takesWhatIsThereForSomebodyElses(Conduct.World world) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public Optional<byte[]> get(ObjectKey key, int maxLength) {
                        Optional<byte[]> found = super.get(key, maxLength);
                        boolean mine =
                                committing()
                                        && isOutcome(key.value())
                                        && found.isPresent()
                                        && Arrays.equals(found.get(), sentOutcome);
                        return mine ? Optional.of(somebodyElses(key)) : found;
                    }
                };
            }

            private byte[] somebodyElses(ObjectKey key) {
                MemoryStore scratch = new MemoryStore();
                new SessionRecords(on(scratch)).fence(session(key.value()), "planted");
                return scratch.get(key, 1 << 24).orElseThrow();
            }
        };
    }

    static Conduct takesPagesOverWithoutPin(Conduct.World world) {
        return new Mistake(world) {
            @Override
            public List<CatalogueEntry> pins(List<CatalogueEntry> wanted) {
                return List.of();
            }

            @Override
            public boolean mayTakeOver(Session session, SnapshotId base) {
                return true;
            }
        };
    }

    static Conduct acknowledgesBeforeLookupsEnd(Conduct.World world) {
        return new Mistake(world) {
            @Override
            public void condemn(Runnable condemnation) {
                world.fork("late condemnation", condemnation);
            }
        };
    }

    static Conduct acknowledgesBeforeItStoresAgain(Conduct.World world) {
        return new Mistake(world) {
            @SuppressWarnings("unused") // Nobody hears of it: that is the mistake.
            private int tooLate;

            @Override
            public void storeAgain(Runnable again) {
                world.fork(
                        "late repair",
                        () -> {
                            world.pause(Duration.ofMinutes(30));
                            try {
                                again.run();
                            } catch (GodwitException | IllegalStateException e) {
                                tooLate++;
                            }
                        });
            }
        };
    }

    static Conduct acknowledgesAndDoesNothing(Conduct.World world) {
        return new Mistake(world) {
            @Override
            public void condemn(Runnable condemnation) {}

            @Override
            public void storeAgain(Runnable again) {}
        };
    }

    static Conduct listsPlansBeforeItOpens(Conduct.World world) {
        return new Writer(world) {
            private MemoryStore before = new MemoryStore();

            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public Page list(String prefix, String after, int limit) {
                        if (prefix.equals("gc/") && opening()) {
                            return before.list(prefix, after, limit);
                        }
                        if (prefix.equals("gc/") && step.equals("open")) {
                            before = frozen("gc/");
                        }
                        return super.list(prefix, after, limit);
                    }
                };
            }
        };
    }

    static Conduct appliesNoUndecidedPlan(Conduct.World world) {
        return new Mistake(world) {
            @Override
            public CollectedPacks index(CollectedPacks honest) {
                return new CollectedPacks() {
                    @Override
                    public long watermark() {
                        return honest.watermark();
                    }

                    @Override
                    public void bringTo(
                            long newestPlan,
                            SortedMap<Long, Set<PackId>> sweeps,
                            Set<PackId> condemned) {
                        honest.bringTo(newestPlan, sweeps, Set.of());
                    }
                };
            }
        };
    }

    /// A stale cache hit: what was swept stays in the index, and W6 does not look.
    static Conduct appliesNoSweep(Conduct.World world) {
        return new Mistake(world) {
            @Override
            public CollectedPacks index(CollectedPacks honest) {
                return new CollectedPacks() {
                    @Override
                    public long watermark() {
                        return honest.watermark();
                    }

                    @Override
                    public void bringTo(
                            long newestPlan,
                            SortedMap<Long, Set<PackId>> sweeps,
                            Set<PackId> condemned) {
                        SortedMap<Long, Set<PackId>> empty = new TreeMap<>();
                        sweeps.keySet().forEach(plan -> empty.put(plan, Set.of()));
                        honest.bringTo(newestPlan, empty, condemned);
                    }
                };
            }

            @Override
            public boolean looksForForeignPacks() {
                return false;
            }
        };
    }

    static Conduct believesItsCommitWithoutOpen(Conduct.World world) {
        return readsOpenAsThere(world, true);
    }

    static Conduct believesAnAbortWithoutOpen(Conduct.World world) {
        return readsOpenAsThere(world, false);
    }

    private static Conduct readsOpenAsThere(Conduct.World world, boolean whenMine) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    private boolean othersRead;

                    @Override
                    public Optional<byte[]> get(ObjectKey key, int maxLength) {
                        Optional<byte[]> found = super.get(key, maxLength);
                        if (isOutcome(key.value()) && found.isPresent()) {
                            othersRead = !Arrays.equals(found.get(), sentOutcome);
                        }
                        return found;
                    }

                    @Override
                    public long read(ObjectKey key, long offset, MemorySegment target) {
                        boolean planted =
                                committing() && isOpen(key.value()) && othersRead != whenMine;
                        return planted ? THERE : super.read(key, offset, target);
                    }
                };
            }
        };
    }

    static Conduct adoptsWithoutCheckingSweeps(Conduct.World world) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public Page list(String prefix, String after, int limit) {
                        boolean adopting =
                                opening()
                                        && prefix.equals("gc/")
                                        && after.compareTo(CommitKeys.plan(mine().plan()).value())
                                                < 0;
                        return adopting ? NOTHING : super.list(prefix, after, limit);
                    }
                };
            }
        };
    }

    static Conduct adoptsWhatUndecidedPlansCondemn(Conduct.World world) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public Page list(String prefix, String after, int limit) {
                        if (!opening() || !prefix.equals("gc/")) {
                            return super.list(prefix, after, limit);
                        }
                        return without(prefix, after, limit, this::undecidedPlan);
                    }

                    private boolean undecidedPlan(String name) {
                        long round = Long.parseUnsignedLong(name.substring(3, 19), 16);
                        return round <= mine().plan() && !exists(CommitKeys.sweep(round));
                    }
                };
            }
        };
    }

    static Conduct acknowledgesAfterItsCommitWasSent(Conduct.World world) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                        if (committing() && isOutcome(key.value())) {
                            world.fork("late beat", this::acknowledge);
                        }
                        return super.putIfAbsent(key, content);
                    }

                    private void acknowledge() {
                        SessionId session = mine();
                        for (int beat = 0;
                                beat < 60 && !exists(CommitKeys.outcome(session));
                                beat++) {
                            for (long plan :
                                    new CollectionRecords(on(world.truth()))
                                            .plansFrom(session.plan() + 1)) {
                                byte[] ack = RecordTwists.ack(world.access(), session, plan);
                                world.putLater(Duration.ZERO, CommitKeys.ack(session, plan), ack);
                            }
                            world.pause(Duration.ofSeconds(10));
                        }
                    }
                };
            }
        };
    }

    static Conduct goesOnWhenAPlanIsNewer(Conduct.World world) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public Page list(String prefix, String after, int limit) {
                        if (!opening() || !prefix.equals("gc/")) {
                            return super.list(prefix, after, limit);
                        }
                        String newest = CommitKeys.plan(mine().plan()).value();
                        return without(
                                prefix,
                                after,
                                limit,
                                name ->
                                        name.compareTo(newest) > 0
                                                && !name.startsWith(newest.substring(0, 19)));
                    }
                };
            }
        };
    }

    /// How the re-check of a pin goes wrong.
    ///
    /// @param tombstones whether it looks for them at least
    private static Conduct checksPins(Conduct.World world, boolean tombstones) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public long read(ObjectKey key, long offset, MemorySegment target) {
                        if (opening() && key.value().startsWith("snap/")) {
                            return THERE;
                        }
                        if (opening() && key.value().startsWith("snap-del/") && !tombstones) {
                            return NOT_THERE;
                        }
                        return super.read(key, offset, target);
                    }

                    @Override
                    public Page list(String prefix, String after, int limit) {
                        boolean planted = opening() && prefix.startsWith("cat/");
                        return planted ? NOTHING : super.list(prefix, after, limit);
                    }
                };
            }
        };
    }

    static Conduct doesNotCheckPinsAgain(Conduct.World world) {
        return checksPins(world, false);
    }

    static Conduct checksPinsForTombstonesOnly(Conduct.World world) {
        return checksPins(world, true);
    }

    static Conduct looksForItsEntryInSnapOnly(Conduct.World world) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public Page list(String prefix, String after, int limit) {
                        boolean planted = committing() && prefix.startsWith("cat/");
                        return planted ? NOTHING : super.list(prefix, after, limit);
                    }
                };
            }
        };
    }

    static Conduct sendsOpenTwice(Conduct.World world) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                        if (isOpen(key.value())) {
                            byte[] bytes = content.toArray(ValueLayout.JAVA_BYTE);
                            for (int minutes = 1; minutes < 300; minutes *= 2) {
                                world.putLater(Duration.ofMinutes(minutes), key, bytes);
                            }
                        }
                        return super.putIfAbsent(key, content);
                    }
                };
            }
        };
    }

    static Conduct looksAtTheFirstPageOfPlansOnly(Conduct.World world) {
        return new Mistake(world) {
            @Override
            public Store store(Store honest) {
                return new TwistedStore(honest) {
                    @Override
                    public Page list(String prefix, String after, int limit) {
                        Page page = super.list(prefix, after, limit);
                        return prefix.equals("gc/") ? new Page(page.objects(), false) : page;
                    }
                };
            }
        };
    }

    /// Undelete as well as backup: nothing is looked for in plans and sweeps.
    static Conduct bringsBackWithoutLookingAtSweeps(Conduct.World world) {
        return new Writer(world) {
            @Override
            public Store store(Store honest) {
                return new Watching(honest) {
                    @Override
                    public Page list(String prefix, String after, int limit) {
                        boolean planted = open != null && prefix.equals("gc/");
                        return planted ? NOTHING : super.list(prefix, after, limit);
                    }

                    @Override
                    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                        Put put = super.putIfAbsent(key, content);
                        if (isOutcome(key.value())) {
                            open = null;
                        }
                        return put;
                    }
                };
            }
        };
    }
}
