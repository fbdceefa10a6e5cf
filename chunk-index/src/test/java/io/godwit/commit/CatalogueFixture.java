package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.SessionId;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A repository of several writers and a collector, and the catalogue as one node reads it.
abstract class CatalogueFixture {
    static final VolumeName DB = new VolumeName("db");

    final MemoryStore memory = new MemoryStore();
    final ScriptedStore store = new ScriptedStore(memory);
    final TestRepository repository = new TestRepository(store, 1);
    final TestRepository others = new TestRepository(memory, 2);
    final TestCollector collector = new TestCollector(others);
    final Remembering remembered = new Remembering();
    final Catalogue catalogue = new Catalogue(repository, remembered);

    /// A node that forgets nothing.
    static final class Remembering implements CatalogueMemory {
        final Map<ObjectKey, byte[]> entries = new HashMap<>();
        final Set<SessionId> settled = new HashSet<>();
        final Map<VolumeKey, Long> counters = new HashMap<>();

        @Override
        public Optional<byte[]> entry(ObjectKey name) {
            return Optional.ofNullable(entries.get(name));
        }

        @Override
        public void rememberEntry(ObjectKey name, byte[] plain) {
            entries.put(name, plain);
        }

        @Override
        public boolean settled(SessionId session) {
            return settled.contains(session);
        }

        @Override
        public void rememberSettled(SessionId session) {
            settled.add(session);
        }

        @Override
        public Map<VolumeKey, Long> newestCounters(Optional<VolumeKey> only) {
            Map<VolumeKey, Long> known = new HashMap<>(counters);
            only.ifPresent(volume -> known.keySet().retainAll(Set.of(volume)));
            return known;
        }

        @Override
        public void rememberCounters(Map<VolumeKey, Long> newer) {
            counters.putAll(newer);
        }
    }

    static FailureKind kind(Throwable e) {
        return ((GodwitException) e).kind();
    }

    static String hint(Throwable e) {
        return ((GodwitException) e).hint().orElse("");
    }

    /// `count` snapshots of a volume, one second apart, each the parent of the next.
    List<CatalogueEntry> chain(String volume, int count) {
        List<CatalogueEntry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Optional<CatalogueEntry> parent =
                    entries.isEmpty() ? Optional.empty() : Optional.of(entries.getLast());
            entries.add(others.backup(volume, parent));
        }
        return entries;
    }

    /// Commits an entry as it is.
    CatalogueEntry commit(java.util.function.UnaryOperator<CatalogueEntry> change) {
        Session session = others.open();
        ChunkRef root = others.upload(session);
        session.freeze();
        CatalogueEntry entry = change.apply(others.entry("db", session.id(), root));
        return session.commit(List.of(entry)).entries().getFirst();
    }

    void forget(CatalogueEntry entry) {
        new Forgetting(others, new Catalogue(others, CatalogueMemory.none()))
                .forget(
                        List.of(entry.snapshot().toString()),
                        new Forgetting.Options(true, false, "test"));
    }
}
