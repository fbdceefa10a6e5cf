package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.commit.ScriptedStore.Fault;
import io.godwit.commit.ScriptedStore.Op;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.store.MemoryStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// W4: new plans, acknowledgements, fencing.
final class SessionHeartbeatTest {
    private static final PackId A = new PackId(new SessionId(0, 7, 7), 1);

    private final MemoryStore memory = new MemoryStore();
    private final ScriptedStore store = new ScriptedStore(memory);
    private final TestRepository repository = new TestRepository(store, 1);
    private final TestCollector collector = new TestCollector(new TestRepository(memory, 2));
    private final List<String> heard = new ArrayList<>();

    private Session open(CondemnedListener listener) {
        return Session.open(
                repository, SessionRequest.of("test").withIndex(CollectedPacks.none(), listener));
    }

    private Session open() {
        return open((plan, packs) -> heard.add(plan.round() + " " + packs));
    }

    private boolean acknowledged(Session session, long plan) {
        return memory.get(CommitKeys.ack(session.id(), plan), 1000).isPresent();
    }

    private static FailureKind kind(Throwable e) {
        return ((GodwitException) e).kind();
    }

    @Test
    void aQuietBeatCostsThreeRequests() {
        Session session = open();
        int before = store.calls();
        session.heartbeat();
        assertThat(store.calls() - before).isEqualTo(3);
        assertThat(heard).isEmpty();
    }

    @Test
    void acknowledgesAfterTheListener() {
        List<Boolean> early = new ArrayList<>();
        Session[] self = new Session[1];
        Session session =
                open(
                        (plan, packs) -> {
                            early.add(acknowledged(self[0], plan.round()));
                            heard.add(plan.round() + " " + packs);
                        });
        self[0] = session;
        collector.plan(1, List.of(new PackName(A, false)));

        session.heartbeat();
        session.heartbeat();

        assertThat(early).containsExactly(false);
        assertThat(heard).containsExactly("1 " + Set.of(A));
        assertThat(acknowledged(session, 1)).isTrue();
        assertThat(session.acknowledgedPlan()).isEqualTo(1);
        assertThat(collector.waitingFor(1)).isEmpty();
    }

    @Test
    void victimsCountAsCondemned() {
        Session session = open();
        PackId target = new PackId(new SessionId(0, 8, 8), 1);
        PackMove move = new PackMove(new PackName(A, false), List.of(new PackName(target, false)));
        collector.put(
                io.godwit.format.ObjectKind.PLAN,
                CommitKeys.plan(1),
                CollectionFormat.encode(
                        new CollectionPlan(
                                1,
                                Nonce.random(repository.random()),
                                repository.host(),
                                List.of(),
                                List.of(move))));
        session.heartbeat();
        assertThat(heard).containsExactly("1 " + Set.of(A));
    }

    @Test
    void answersSeveralPlansInOrder() {
        Session session = open();
        collector.plan(1, List.of());
        collector.plan(2, List.of());
        session.heartbeat();
        assertThat(heard).containsExactly("1 []", "2 []");
        assertThat(acknowledged(session, 1)).isTrue();
        assertThat(acknowledged(session, 2)).isTrue();
    }

    @Test
    void aListenerThatFailsFailsTheSession() {
        Session session =
                open(
                        (plan, packs) -> {
                            throw new IllegalStateException("cannot read it again");
                        });
        collector.plan(1, List.of());

        assertThatThrownBy(session::heartbeat).hasMessage("cannot read it again");
        assertThat(acknowledged(session, 1)).isFalse();
        assertThatThrownBy(session::freeze).hasMessageContaining("failed before");
        session.heartbeat();
        assertThat(acknowledged(session, 1)).isFalse();
    }

    @Test
    void learnsThatItIsFenced() {
        Session session = open();
        collector.fence(session.id());
        collector.plan(1, List.of());
        session.heartbeat();

        assertThat(session.fenced()).isTrue();
        assertThat(heard).isEmpty();
        assertThat(acknowledged(session, 1)).isFalse();
        assertThatThrownBy(() -> repository.upload(session))
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.FENCED));
        session.abort();
        assertThat(store.count(Op.PUT, "s/.*/outcome")).isZero();
    }

    @Test
    void learnsThatItWasCleanedUp() {
        Session session = open();
        collector.fence(session.id());
        collector.cleanUp(session.id());
        session.heartbeat();
        assertThat(session.fenced()).isTrue();
    }

    @Test
    void noAcknowledgementOnceFrozen() {
        Session session = open();
        session.freeze();
        collector.plan(1, List.of());
        session.heartbeat();
        assertThat(heard).isEmpty();
        assertThat(acknowledged(session, 1)).isFalse();

        collector.fence(session.id());
        session.heartbeat();
        assertThat(session.fenced()).isTrue();
    }

    @Test
    void noAcknowledgementWhenTheListenerFreezes() {
        Session[] self = new Session[1];
        Session session = open((plan, packs) -> self[0].freeze());
        self[0] = session;
        collector.plan(1, List.of());
        session.heartbeat();
        assertThat(acknowledged(session, 1)).isFalse();
    }

    @Test
    void aListenerThatBeatsIsNotCalledAgain() {
        Session[] self = new Session[1];
        Session session =
                open(
                        (plan, packs) -> {
                            heard.add("" + plan.round());
                            self[0].heartbeat();
                        });
        self[0] = session;
        collector.plan(1, List.of());
        session.heartbeat();
        assertThat(heard).containsExactly("1");
        assertThat(acknowledged(session, 1)).isTrue();
    }

    @Test
    void noAcknowledgementWhenTheListenerAborts() {
        Session[] self = new Session[1];
        Session session = open((plan, packs) -> self[0].abort());
        self[0] = session;
        collector.plan(1, List.of());
        session.heartbeat();
        assertThat(acknowledged(session, 1)).isFalse();
    }

    @Test
    void noBeatDuringOrAfterTheCommit() {
        Session session = open();
        ChunkRef root = repository.upload(session);
        session.freeze();
        store.before(
                Op.PUT,
                "s/.*/outcome",
                () -> {
                    collector.plan(1, List.of());
                    session.heartbeat();
                });
        session.commit(List.of(repository.entry("db", session.id(), root)));
        session.heartbeat();
        assertThat(heard).isEmpty();
        assertThat(acknowledged(session, 1)).isFalse();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void acknowledgesWhateverHappensToTheAnswer(Fault fault) {
        Session session = open();
        collector.plan(1, List.of());
        store.next(Op.PUT, "s/.*/ack/.*", fault);
        session.heartbeat();
        store.landLate();
        assertThat(acknowledged(session, 1)).isTrue();
        assertThat(session.acknowledgedPlan()).isEqualTo(1);
        assertThat(heard).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"LIST", "GET", "READ"})
    void anOutageOnlyDelays(Op op) {
        Session session = open();
        collector.plan(1, List.of());
        store.next(op, "(s/.*/(open|outcome)|gc/.*)", Fault.UNAVAILABLE);
        session.heartbeat();
        session.heartbeat();
        assertThat(acknowledged(session, 1)).isTrue();
        assertThat(repository.warned()).singleElement().asString().contains("heartbeat-missed");
        assertThat(heard).hasSize(1);
    }

    @Test
    void aMissedAcknowledgementIsGivenLaterWithoutTheListener() {
        Session session = open();
        collector.plan(1, List.of());
        for (int i = 0; i < 3; i++) {
            store.next(Op.PUT, "s/.*/ack/.*", Fault.UNAVAILABLE);
        }
        session.heartbeat();
        assertThat(acknowledged(session, 1)).isFalse();
        assertThat(session.acknowledgedPlan()).isZero();
        session.heartbeat();
        assertThat(acknowledged(session, 1)).isTrue();
        assertThat(heard).hasSize(1);
    }

    @Test
    void aDamagedPlanFailsTheSession() {
        Session session = open();
        memory.putIfAbsent(
                CommitKeys.plan(1), java.lang.foreign.MemorySegment.ofArray(new byte[50]));
        assertThatThrownBy(session::heartbeat)
                .satisfies(e -> assertThat(kind(e)).isEqualTo(FailureKind.CORRUPT));
        assertThatThrownBy(session::requireUsable).hasMessageContaining("failed before");
    }

    @Test
    void freezeWaitsForTheListenerAndItsAcknowledgement() throws InterruptedException {
        CountDownLatch inListener = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        AtomicBoolean frozen = new AtomicBoolean();
        Session session =
                open(
                        (plan, packs) -> {
                            inListener.countDown();
                            await(release);
                        });
        collector.plan(1, List.of());
        Thread beat = Thread.ofPlatform().start(session::heartbeat);
        await(inListener);
        List<Boolean> acknowledgedAtFreeze = new ArrayList<>();
        Thread committer =
                Thread.ofPlatform()
                        .start(
                                () -> {
                                    session.freeze();
                                    frozen.set(true);
                                    acknowledgedAtFreeze.add(acknowledged(session, 1));
                                });
        session.heartbeat();
        assertThat(frozen).isFalse();
        release.countDown();
        beat.join();
        committer.join();
        assertThat(frozen).isTrue();
        assertThat(acknowledgedAtFreeze).containsExactly(true);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
