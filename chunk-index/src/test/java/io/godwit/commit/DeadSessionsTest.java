package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.store.MemoryStore;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeadSessionsTest {
    private final MemoryStore memory = new MemoryStore();
    private final TestRepository now =
            new TestRepository(memory, 1).withHost(new HostIdentity("host-1", "boot-1", 200, 5));
    private final TestCollector collector = new TestCollector(now);

    private Session openBy(String host, String boot, long pid, long start) {
        return new TestRepository(memory, pid * 31 + start)
                .withHost(new HostIdentity(host, boot, pid, start))
                .open();
    }

    private DeadSessions dead(long... alive) {
        return new DeadSessions(
                now, (pid, start) -> java.util.Arrays.stream(alive).anyMatch(p -> p == pid));
    }

    @Test
    void findsWhatThisHostLeft() {
        Session mine = openBy("host-1", "boot-1", 100, 1);
        openBy("host-1", "boot-1", 101, 1);
        openBy("host-1", "boot-0", 100, 1);
        openBy("host-2", "boot-1", 100, 1);
        openBy("host-1", "boot-1", 200, 5);
        Session aborted = openBy("host-1", "boot-1", 102, 1);
        aborted.abort();

        assertThat(dead(101).find()).containsExactly(mine.id());
        assertThat(now.warned()).isEmpty();
    }

    @Test
    void aPidThatIsUsedAgainIsNotItself() {
        Session before = openBy("host-1", "boot-1", 200, 4);
        DeadSessions dead = new DeadSessions(now, (pid, start) -> pid == 200 && start == 5);
        assertThat(dead.find()).containsExactly(before.id());
    }

    @Test
    void anUnknownBootIsLikeNoOther() {
        HostIdentity unknown = new HostIdentity("host-1", HostIdentity.UNKNOWN + "/x", 300, 1);
        openBy("host-1", unknown.boot(), 100, 1);
        TestRepository somewhere = new TestRepository(memory, 9).withHost(unknown);
        assertThat(new DeadSessions(somewhere, (pid, start) -> false).find()).isEmpty();
    }

    @Test
    void endsThem() {
        Session mine = openBy("host-1", "boot-1", 100, 1);
        DeadSessions dead = dead();
        dead.abort(dead.find());
        assertThat(dead.find()).isEmpty();
        assertThat(collector.waitingFor(1)).isEmpty();
        mine.heartbeat();
        assertThat(mine.fenced()).isTrue();
    }

    @Test
    void passesOverWhatCannotBeRead() {
        openBy("host-1", "boot-1", 100, 1);
        memory.putIfAbsent(
                CommitKeys.open(new io.godwit.pack.SessionId(0, 1, 2)),
                MemorySegment.ofArray(new byte[50]));
        assertThat(dead().find()).hasSize(1);
        assertThat(now.warned()).singleElement().asString().contains("damaged-object");
    }

    @Test
    void adoptsAtMostAsManyAsASessionMay() {
        for (int i = 0; i < SessionOpen.ADOPTS_MAX + 3; i++) {
            openBy("host-1", "boot-1", 1000 + i, 1);
        }
        List<io.godwit.pack.SessionId> found = dead().find();
        assertThat(found).hasSize(SessionOpen.ADOPTS_MAX);
        Session.open(now, SessionRequest.of("test").withAdopted(found));
    }
}
