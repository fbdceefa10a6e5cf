package io.godwit.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.pack.SessionId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AttemptJournalTest {
    private final LocalCache cache = LocalCache.inMemory();
    private final SessionId first = new SessionId(1, 2, 3);
    private final SessionId second = new SessionId(4, 5, 6);

    @Test
    void tellsTheNextAttemptAtTheSameSourceWhatWasFinished() {
        AttemptJournal journal = new AttemptJournal(cache, "volume", "snapshot-1");
        journal.begin(first);
        journal.finished(7, new byte[] {1, 2});
        journal.finished(300, new byte[0]);
        AttemptJournal next = new AttemptJournal(cache, "volume", "snapshot-1");
        assertThat(next.sessions()).containsExactly(first);
        next.begin(second);
        assertThat(next.sessions()).containsExactly(first, second);
        assertThat(next.note(7)).containsExactly(1, 2);
        assertThat(next.note(300)).isEmpty();
        assertThat(next.note(8)).isNull();
        List<Long> regions = new ArrayList<>();
        next.forEachRegion((region, note) -> regions.add(region));
        assertThat(regions).containsExactly(7L, 300L);
    }

    @Test
    void anotherSourceOfTheVolumeIsAnotherAttempt() {
        AttemptJournal journal = new AttemptJournal(cache, "volume", "snapshot-1");
        journal.begin(first);
        journal.finished(7, new byte[] {1});
        AttemptJournal other = new AttemptJournal(cache, "volume", "snapshot-2");
        assertThat(other.note(7)).isNull();
        other.begin(second);
        assertThat(journal.note(7)).isNull();
        assertThat(journal.sessions()).isEmpty();
        assertThat(other.sessions()).containsExactly(second);
    }

    @Test
    void otherVolumesAreLeftAlone() {
        AttemptJournal journal = new AttemptJournal(cache, "volume", "snapshot");
        AttemptJournal other = new AttemptJournal(cache, "other", "snapshot");
        journal.begin(first);
        journal.finished(1, new byte[] {1});
        other.begin(second);
        other.finished(1, new byte[] {2});
        other.clear();
        assertThat(other.note(1)).isNull();
        assertThat(other.sessions()).isEmpty();
        assertThat(journal.note(1)).containsExactly(1);
    }

    @Test
    void startsAnewAfterTooManySessions() {
        AttemptJournal journal = new AttemptJournal(cache, "volume", "snapshot");
        for (int i = 0; i <= AttemptJournal.MAX_SESSIONS; i++) {
            journal.begin(new SessionId(i, 0, 0));
        }
        assertThat(journal.sessions())
                .containsExactly(new SessionId(AttemptJournal.MAX_SESSIONS, 0, 0));
    }
}
