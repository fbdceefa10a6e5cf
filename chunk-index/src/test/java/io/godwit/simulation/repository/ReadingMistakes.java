package io.godwit.simulation.repository;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a collector, or a reader of the catalogue, could get wrong in how it reads the store.
final class ReadingMistakes {
    private ReadingMistakes() {}

    /// A listing that should come later is made when s/ is listed.
    private static Conduct listsTooEarly(Conduct.World world, String early) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            private MemoryStore then = new MemoryStore();
                            private boolean frozen;

                            @Override
                            public Page list(String prefix, String after, int limit) {
                                if (prefix.equals("s/") && after.isEmpty()) {
                                    then = it.frozen(early);
                                    frozen = true;
                                }
                                return frozen && prefix.equals(early)
                                        ? then.list(prefix, after, limit)
                                        : super.list(prefix, after, limit);
                            }

                            @Override
                            public Optional<byte[]> get(ObjectKey key, int maxLength) {
                                return frozen && key.value().startsWith(early)
                                        ? then.get(key, maxLength)
                                        : super.get(key, maxLength);
                            }
                        });
    }

    static Conduct readsTheCheckpointBeforeSnap(Conduct.World world) {
        return listsTooEarly(world, "cat/");
    }

    static Conduct readsSnapBeforeSessions(Conduct.World world) {
        return listsTooEarly(world, "snap/");
    }

    /// Every tombstone seems to have been there before the sessions were listed.
    static Conduct readsTombstonesBehindSessions(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            private int seenIn = -1;

                            @Override
                            public Page list(String prefix, String after, int limit) {
                                boolean first =
                                        it.phase.equals(Mistake.READING)
                                                && prefix.equals("snap-del/")
                                                && seenIn != it.readings;
                                if (!first) {
                                    return super.list(prefix, after, limit);
                                }
                                seenIn = it.readings;
                                List<Listed> all = new ArrayList<>();
                                for (Listed listed :
                                        it.world.truth().list("snap/", "", 100_000).objects()) {
                                    String name = listed.key().value().replace("snap/", prefix);
                                    all.add(new Listed(new ObjectKey(name), 1));
                                }
                                return new Page(all, false);
                            }
                        });
    }

    private static Conduct looksAtTheFirstPageOnly(Conduct.World world, String of) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Page list(String prefix, String after, int limit) {
                                Page page = super.list(prefix, after, limit);
                                return prefix.equals(of) ? new Page(page.objects(), false) : page;
                            }
                        });
    }

    static Conduct looksAtTheFirstPageOfSessionsOnly(Conduct.World world) {
        return looksAtTheFirstPageOnly(world, "s/");
    }

    static Conduct looksAtTheFirstPageOfEntriesOnly(Conduct.World world) {
        return looksAtTheFirstPageOnly(world, "snap/");
    }

    static Conduct takesAFailedReadForNothing(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Optional<byte[]> get(ObjectKey key, int maxLength) {
                                try {
                                    return super.get(key, maxLength);
                                } catch (GodwitException e) {
                                    if (e.kind() == FailureKind.UNAVAILABLE) {
                                        return Optional.empty();
                                    }
                                    throw e;
                                }
                            }
                        });
    }

    static Conduct takesAFailedListForTheEnd(Conduct.World world) {
        return Mistake.twisted(
                world,
                (it, honest) ->
                        new TwistedStore(honest) {
                            @Override
                            public Page list(String prefix, String after, int limit) {
                                try {
                                    return super.list(prefix, after, limit);
                                } catch (GodwitException e) {
                                    if (e.kind() == FailureKind.UNAVAILABLE) {
                                        return NOTHING;
                                    }
                                    throw e;
                                }
                            }
                        });
    }
}
