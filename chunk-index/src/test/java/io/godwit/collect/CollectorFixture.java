package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.Catalogue;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueMemory;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.Forgetting;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.SnapshotId;
import io.godwit.commit.TestRepository;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// A repository of snapshots of one chunk each, and collectors of it, in which time passes by
/// pauses alone.
abstract class CollectorFixture {
    static final Duration FENCE_AFTER = Duration.ofMinutes(10);

    final MemoryStore memory = new MemoryStore();
    final TestRepository writers = new TestRepository(memory, 1);

    /// Another process on the same store.
    TestRepository node(Store store, long seed) {
        return writers.other(store, seed);
    }

    static Collector collector(TestRepository node, PackMark mark) {
        return new Collector(node, catalogue(node), settings(node, mark, false));
    }

    static CollectionSettings settings(TestRepository node, PackMark mark, boolean dryRun) {
        return new CollectionSettings(
                new CollectionRequest(dryRun, false, FENCE_AFTER),
                () -> mark,
                (_, _) -> true,
                () -> Duration.between(TestRepository.START, node.clock().instant()).toNanos(),
                _ -> {});
    }

    /// A snapshot needs the pack of its root. A pack that is gone is damage, as in a tree.
    static PackMark rootsOf(Store store) {
        return (root, missing, packs) -> {
            PackId pack = root.record().pack();
            packs.add(pack);
            if (store.get(PackNames.key(pack, false), 1 << 20).isEmpty()
                    && missing == PackMark.Missing.FAILS) {
                throw new GodwitException(FailureKind.NOT_FOUND, "no such pack: " + pack);
            }
        };
    }

    CollectionResult collect(Store store, long seed) {
        TestRepository node = node(store, seed);
        return collector(node, rootsOf(memory)).collect();
    }

    CollectionResult collect() {
        return collect(memory, 1000 + writers.random().nextInt(1000));
    }

    static Catalogue catalogue(RepositoryAccess access) {
        return new Catalogue(access, CatalogueMemory.none());
    }

    CatalogueView view() {
        return catalogue(node(memory, 77)).read();
    }

    Set<SnapshotId> live() {
        return view().entries().stream().map(CatalogueEntry::snapshot).collect(Collectors.toSet());
    }

    void forget(CatalogueEntry entry) {
        new Forgetting(writers, catalogue(writers))
                .forget(
                        List.of(entry.snapshot().toString()),
                        new Forgetting.Options(true, false, "test"));
    }

    boolean stored(PackId pack) {
        return has(PackNames.key(pack, false));
    }

    boolean stored(CatalogueEntry entry) {
        return stored(entry.root().record().pack());
    }

    boolean has(ObjectKey key) {
        return memory.get(key, 1 << 20).isPresent();
    }

    Set<String> names(String prefix) {
        return memory.list(prefix, "", 10_000).objects().stream()
                .map(listed -> listed.key().value())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Every snapshot that a reader sees can be read.
    void requireReadable() {
        for (CatalogueEntry entry : view().entries()) {
            assertThat(stored(entry)).as("pack of %s", entry.snapshot()).isTrue();
        }
    }
}
