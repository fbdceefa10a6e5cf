package io.godwit.repository;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.LocalCache;
import io.godwit.pack.LeafList;
import io.godwit.pack.PackId;
import io.godwit.pack.PackLimits;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.pack.RecordOpener;
import io.godwit.pack.RecordRef;
import io.godwit.store.Store;
import io.godwit.volume.LeafListSource;
import io.godwit.volume.Relocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Leaf lists from the local cache; those it does not know are read from their packs, once, and
/// kept there.
///
/// A list that cannot be had is no failure: whoever compares takes its leaves for unknown. Belongs
/// to one thread; holds one list, and a pack's tail while it reads one.
public final class PackLeafLists implements LeafListSource, AutoCloseable {
    private final LocalCache cache;
    private final Store store;
    private final PackReader reader;
    private final Relocation relocation;
    private final RecordOpener opener = new RecordOpener();
    private MemorySegment list = Arena.ofAuto().allocate(256 << 10);
    private @Nullable MemorySegment tail;
    private @Nullable PackId lastPack;
    private @Nullable LeafList last;

    /// @param relocation is told of packs that are gone
    public PackLeafLists(LocalCache cache, Store store, PackReader reader, Relocation relocation) {
        this.relocation = relocation;
        this.cache = cache;
        this.store = store;
        this.reader = reader;
    }

    /// Thousands of regions with little in them share a pack, so that the next question is often
    /// about the same.
    @Override
    public @Nullable LeafList leafList(PackId pack) {
        if (!pack.equals(lastPack)) {
            lastPack = null;
            last = find(pack);
            lastPack = pack;
        }
        return last;
    }

    @Override
    public Relocation relocation() {
        return relocation;
    }

    private @Nullable LeafList find(PackId pack) {
        int length = cache.readLeafList(pack, list);
        if (length > list.byteSize()) {
            list = Arena.ofAuto().allocate(Math.max(length, PackLimits.LEAF_LIST_BYTES));
            length = cache.readLeafList(pack, list);
        }
        try {
            return length >= 0
                    ? LeafList.of(list.asSlice(0, length), "cache/" + pack)
                    : fromPack(pack);
        } catch (GodwitException e) {
            if (e.kind() == FailureKind.CORRUPT || e.kind() == FailureKind.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private @Nullable LeafList fromPack(PackId pack) {
        MemorySegment buffer = tail;
        if (buffer == null) {
            buffer = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
            tail = buffer;
        }
        Optional<PackReader.Opened> opened = reader.open(pack, false, buffer);
        if (opened.isEmpty()) {
            boolean _ = relocation.learn(pack);
            return null;
        }
        Optional<RecordRef> record = opened.flatMap(open -> open.footer().leafList());
        if (record.isEmpty()) {
            return null;
        }
        LeafList found = open(opened.get(), record.get());
        cache.putLeafList(pack, found.content());
        return found;
    }

    private LeafList open(PackReader.Opened opened, RecordRef record) {
        if (opened.holds(record)) {
            return opener.openLeafList(
                    opened.keys(), record, opened.tail(), record.offset() - opened.tailOffset());
        }
        MemorySegment sealed = Arena.ofAuto().allocate(RecordOpener.storedLength(record));
        store.read(PackNames.key(record.pack(), record.metadata()), record.offset(), sealed);
        return opener.openLeafList(opened.keys(), record, sealed, 0);
    }

    @Override
    public void close() {
        opener.close();
    }
}
