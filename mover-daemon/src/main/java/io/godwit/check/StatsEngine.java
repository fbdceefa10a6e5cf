package io.godwit.check;

import io.godwit.chunk.ChunkId;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.error.GodwitException;
import io.godwit.index.IndexDigest;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.repository.Repository;
import io.godwit.store.Store;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Counts what packs hold, by their own footers: the truth, whatever a cache says.
///
/// Used once, by one thread, which may be interrupted. Takes one small read for each pack and 64
/// bytes of memory for each chunk.
public final class StatsEngine {
    private static final int LIST_PAGE = 10_000;

    private final Repository repository;
    private final MemorySegment tail = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
    private final Set<ChunkId> known = new HashSet<>();
    private final List<String> damaged = new ArrayList<>();
    private final IndexDigest digest;
    private long uniqueBytes;
    private long storedBytes;
    private long packs;

    public StatsEngine(Repository repository) {
        this.repository = repository;
        this.digest = new IndexDigest(repository.keys().metaKey());
    }

    public RepositoryStats run() throws InterruptedException {
        PackReader reader = new PackReader(repository.store(), repository.keys());
        count(PackNames.DATA_PREFIX, reader);
        count(PackNames.METADATA_PREFIX, reader);
        CatalogueView catalogue = repository.catalogue().read();
        return new RepositoryStats(
                catalogue.entries().size(),
                catalogue.volumes().size(),
                catalogue.entries().stream().mapToLong(CatalogueEntry::sizeBytes).sum(),
                uniqueBytes,
                storedBytes,
                packs,
                known.size(),
                digest.hex());
    }

    private void count(String prefix, PackReader reader) throws InterruptedException {
        String after = "";
        boolean more = true;
        while (more) {
            Store.Page page = repository.store().list(prefix, after, LIST_PAGE);
            for (Store.Listed object : page.objects()) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                after = object.key().value();
                storedBytes += object.length();
                packs++;
                PackNames.parse(object.key()).ifPresent(name -> count(reader, name));
            }
            more = page.more();
        }
    }

    private void count(PackReader reader, PackNames.PackName name) {
        try {
            reader.open(name.pack(), name.metadata(), tail)
                    .ifPresent(opened -> opened.footer().dataChunks().forEach(this::count));
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
            damaged.add(PackNames.key(name.pack(), name.metadata()).value());
        }
    }

    /// Packs whose footers could not be read, so that what they hold was not counted.
    public List<String> damaged() {
        return List.copyOf(damaged);
    }

    private void count(ChunkRef chunk) {
        if (known.add(chunk.id())) {
            uniqueBytes += chunk.length();
            digest.add(chunk.id(), chunk.length());
        }
    }
}
