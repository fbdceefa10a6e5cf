package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Session;
import io.godwit.pack.PackId;
import org.junit.jupiter.api.Test;

/// What a process left that died is collected, also where nothing else is to be done.
final class AbandonedSessionTest extends CollectorFixture {
    @Test
    void isGivenUpAndItsPacksGo() {
        CatalogueEntry kept = writers.backup("db");
        collect();
        assertThat(names("s/")).isEmpty();
        Session dead = writers.open();
        PackId orphan = writers.upload(dead).record().pack();

        assertThat(collect().fencedSessions()).isEqualTo(1);
        assertThat(stored(orphan)).as("while its session may still commit").isTrue();
        assertThat(collect().deletedPacks()).isEqualTo(1);

        assertThat(stored(orphan)).isFalse();
        assertThat(stored(kept)).isTrue();
        assertThat(names("s/")).isEmpty();
    }
}
