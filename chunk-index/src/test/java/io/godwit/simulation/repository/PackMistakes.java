package io.godwit.simulation.repository;

import io.godwit.error.GodwitException;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;

/// What a writer could get wrong in how it stores packs.
final class PackMistakes {
    private PackMistakes() {}

    /// Without fsync of the directory: a pack is said to be there, and is not after the next power
    /// cut.
    static Conduct saysThatPacksAreThereTooEarly(Conduct.World world) {
        return new Mistake(world) {
            private int puts;

            @Override
            public Store store(Store honest) {
                return new TwistedStore(honest) {
                    @Override
                    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                        boolean pack = key.value().startsWith("p/") || key.value().startsWith("m/");
                        if (pack && ++puts % 5 == 0) {
                            return Put.CREATED;
                        }
                        return super.putIfAbsent(key, content);
                    }
                };
            }
        };
    }

    /// The commit and the index go ahead of the packs that they name.
    static Conduct putsPacksBehindTheCommit(Conduct.World world) {
        return new Mistake(world) {
            @SuppressWarnings("unused") // Nobody hears of it: that is the mistake.
            private int lost;

            @Override
            public Store store(Store honest) {
                return new TwistedStore(honest) {
                    @Override
                    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
                        if (!key.value().startsWith("p/")) {
                            return super.putIfAbsent(key, content);
                        }
                        MemorySegment bytes =
                                MemorySegment.ofArray(content.toArray(ValueLayout.JAVA_BYTE));
                        world.fork("late upload", () -> late(key, bytes));
                        return Put.CREATED;
                    }

                    private void late(ObjectKey key, MemorySegment bytes) {
                        world.pause(Duration.ofMinutes(3));
                        try {
                            Put _ = honest.putIfAbsent(key, bytes);
                        } catch (GodwitException e) {
                            lost++;
                        }
                    }
                };
            }
        };
    }
}
