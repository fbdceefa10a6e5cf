package io.godwit.check;

import io.godwit.chunk.ChunkId;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.digest.KeyedHasher;
import io.godwit.error.GodwitException;
import io.godwit.pack.PackFooter;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.pack.RecordType;
import io.godwit.repository.Repository;
import io.godwit.store.Store;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
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
    private final byte[] digest = new byte[32];
    private long uniqueBytes;
    private long storedBytes;
    private long packs;

    public StatsEngine(Repository repository) {
        this.repository = repository;
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
                HexFormat.of().formatHex(digest));
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
                    .ifPresent(opened -> opened.footer().entries().forEach(this::count));
        } catch (GodwitException e) {
            SnapshotWalk.requireDamage(e);
        }
    }

    private void count(PackFooter.Entry entry) {
        boolean data = entry.type() == RecordType.DATA || entry.type() == RecordType.DATA_GROUP;
        if (!data) {
            return;
        }
        for (PackFooter.Chunk chunk : entry.chunks()) {
            if (known.add(chunk.id())) {
                uniqueBytes += chunk.length();
                mix(chunk);
            }
        }
    }

    /// The digest does not depend on the order in which chunks are met: it is the exclusive or of
    /// their hashes.
    private void mix(PackFooter.Chunk chunk) {
        KeyedHasher hasher = new KeyedHasher(repository.keys().metaKey());
        byte[] text = (chunk.id() + " " + chunk.length()).getBytes(StandardCharsets.US_ASCII);
        hasher.reset();
        hasher.update(text, 0, text.length);
        byte[] hash = hasher.finish();
        for (int i = 0; i < digest.length; i++) {
            digest[i] ^= hash[i];
        }
    }
}
