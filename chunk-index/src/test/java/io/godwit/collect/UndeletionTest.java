package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.TestRepository;
import io.godwit.commit.TestRounds;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.Store;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class UndeletionTest extends CollectorFixture {
    private CatalogueEntry undelete(Store store, String text) {
        TestRepository node = node(store, 5);
        return new Undeletion(node, catalogue(node), rootsOf(memory)).undelete(text);
    }

    private FailureKind refusal(String text) {
        try {
            undelete(memory, text);
        } catch (GodwitException e) {
            return e.kind();
        }
        throw new AssertionError("was not refused: " + text);
    }

    @Test
    void theSameContentStandsUnderANewId() {
        CatalogueEntry base = writers.backup("db");
        CatalogueEntry gone = writers.backup("db", Optional.of(base));
        forget(gone);

        CatalogueEntry back = undelete(memory, gone.snapshot().toString());
        assertThat(back.snapshot()).isNotEqualTo(gone.snapshot());
        assertThat(back.root()).isEqualTo(gone.root());
        assertThat(back.time()).isEqualTo(gone.time());
        assertThat(back.parent()).contains(base.snapshot());
        assertThat(back.counter()).isEqualTo(3);
        assertThat(live()).containsExactlyInAnyOrder(base.snapshot(), back.snapshot());
        collect();
        assertThat(live()).containsExactlyInAnyOrder(base.snapshot(), back.snapshot());
        requireReadable();
    }

    @Test
    void refusesWhatIsNotForgottenOrCollected() {
        CatalogueEntry kept = writers.backup("db");
        CatalogueEntry gone = writers.backup("db", Optional.of(kept));
        assertThat(refusal(gone.snapshot().toString())).isEqualTo(FailureKind.INVALID);
        assertThat(refusal("ffff")).isEqualTo(FailureKind.NOT_FOUND);
        forget(gone);
        CatalogueEntry back = undelete(memory, gone.snapshot().toString());
        assertThat(refusal(gone.snapshot().toString())).isEqualTo(FailureKind.INVALID);
        forget(back);
        collect();
        assertThat(refusal(back.snapshot().toString())).isEqualTo(FailureKind.NOT_FOUND);
    }

    @Test
    void refusesWhatAPlanCondemnsOrASweepNames() {
        CatalogueEntry gone = writers.backup("db");
        forget(gone);
        TestRounds rounds = new TestRounds(writers);
        rounds.plan(1, gone.root().record().pack());
        assertThat(refusal(gone.snapshot().toString())).isEqualTo(FailureKind.NOT_FOUND);
        rounds.sweep(1, gone.root().record().pack());
        assertThat(refusal(gone.snapshot().toString())).isEqualTo(FailureKind.NOT_FOUND);
    }

    /// A whole collection at every call of it: it is back and readable, or it says that it is not.
    @Test
    void aCollectionAtAnyStepLosesNothing() {
        int back = 0;
        int refused = 0;
        for (int at = 1; ; at++) {
            int moment = at;
            UndeletionTest world = new UndeletionTest();
            CatalogueEntry gone = world.writers.backup("db");
            world.forget(gone);
            WatchedStore watched =
                    new WatchedStore(
                            world.memory,
                            new WatchedStore.Watcher() {
                                @Override
                                public void before(int number, String call) {
                                    if (number == moment) {
                                        world.collect();
                                    }
                                }
                            });
            boolean isBack = isBack(world, watched, gone);
            back += isBack ? 1 : 0;
            refused += isBack ? 0 : 1;
            assertThat(world.live()).hasSize(isBack ? 1 : 0);
            world.requireReadable();
            world.collect();
            world.collect();
            assertThat(world.live()).hasSize(isBack ? 1 : 0);
            world.requireReadable();
            if (watched.calls().size() < moment) {
                break;
            }
        }
        assertThat(back).isPositive();
        assertThat(refused).isGreaterThan(3);
    }

    private static boolean isBack(UndeletionTest world, Store store, CatalogueEntry gone) {
        try {
            world.undelete(store, gone.snapshot().toString());
            return true;
        } catch (GodwitException e) {
            assertThat(e.kind()).isIn(FailureKind.NOT_FOUND, FailureKind.FENCED);
            return false;
        }
    }

    @Test
    void whatAPlanCondemnsMeanwhileIsNotAcknowledged() {
        CatalogueEntry gone = writers.backup("db");
        forget(gone);
        WatchedStore watched =
                new WatchedStore(
                        memory,
                        new WatchedStore.Watcher() {
                            @Override
                            public void behind(int number, String call) {
                                if (call.startsWith("READ p/")) {
                                    new TestRounds(writers).plan(1, gone.root().record().pack());
                                }
                            }
                        });

        assertThatThrownBy(() -> undelete(watched, gone.snapshot().toString()))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.FENCED));
        assertThat(names("s/")).noneMatch(name -> name.contains("/ack/"));
        assertThat(live()).isEmpty();
    }
}
