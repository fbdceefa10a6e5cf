package io.godwit.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.index.LocalCache;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeKey;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class CachedCatalogueTest {
    private static final VolumeKey A = new VolumeKey("a".repeat(26));
    private static final VolumeKey B = new VolumeKey("b".repeat(26));

    private final LocalCache cache = LocalCache.inMemory();
    private final CachedCatalogue memory = new CachedCatalogue(cache);

    @Test
    void remembersEntriesAndSessions() {
        ObjectKey name = new ObjectKey("snap/x/y");
        SessionId session = new SessionId(1, 2, 3);
        assertThat(memory.entry(name)).isEmpty();
        assertThat(memory.settled(session)).isFalse();

        memory.rememberEntry(name, new byte[] {1, 2});
        memory.rememberSettled(session);

        assertThat(memory.entry(name)).hasValueSatisfying(b -> assertThat(b).containsExactly(1, 2));
        assertThat(memory.settled(session)).isTrue();
        assertThat(memory.settled(new SessionId(1, 2, 4))).isFalse();
    }

    @Test
    void remembersCountersByVolume() {
        assertThat(memory.newestCounters(Optional.empty())).isEmpty();
        memory.rememberCounters(Map.of(A, 3L));
        memory.rememberCounters(Map.of(B, 7L));
        memory.rememberCounters(Map.of(A, 4L));
        assertThat(memory.newestCounters(Optional.empty())).isEqualTo(Map.of(A, 4L, B, 7L));
        assertThat(memory.newestCounters(Optional.of(B))).isEqualTo(Map.of(B, 7L));
    }
}
