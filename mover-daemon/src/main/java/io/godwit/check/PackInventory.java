package io.godwit.check;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackFooter;
import io.godwit.pack.PackId;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.pack.RecordType;
import io.godwit.repository.Repository;
import io.godwit.store.Store;
import io.godwit.volume.Relocation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which packs there are and what they say they hold: references are compared with it. Used by one
/// thread.
///
/// Footers are kept for the packs looked at lately, so that memory does not grow with the
/// repository.
final class PackInventory {
    /// Packs whose contents are remembered: about 100 KiB each.
    private static final int KEPT = 256;

    private static final int PAGE = 1000;

    /// Whether a reference agrees with the pack it points into.
    enum Standing {
        GOOD,
        /// There is no such pack, or it cannot be opened; both were reported.
        NO_PACK,
        /// The pack is there and holds something else at that place.
        CONTRADICTED
    }

    private record Contents(Set<ChunkRef> chunks) {}

    private final Store store;
    private final PackReader reader;
    private final Damage damage;
    private final Map<PackId, Long> listed = new HashMap<>();
    private final Map<PackId, Boolean> metadata = new HashMap<>();
    private final Relocation relocation;
    private final Set<PackId> late = new HashSet<>();
    private final Set<PackId> bad = new HashSet<>();
    private final Set<PackId> seen = new HashSet<>();
    private final MemorySegment tail = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
    private final Map<PackId, Contents> recent =
            new LinkedHashMap<>(KEPT, 0.75f, true) {
                @Override
                protected boolean removeEldestEntry(Map.Entry<PackId, Contents> eldest) {
                    return size() > KEPT;
                }
            };

    PackInventory(Repository repository, Damage damage) {
        this.store = repository.store();
        this.reader = new PackReader(store, repository.keys());
        this.damage = damage;
        this.relocation = repository.relocation();
    }

    /// To be called before anything else.
    void list() {
        list(PackNames.DATA_PREFIX);
        list(PackNames.METADATA_PREFIX);
    }

    private void list(String prefix) {
        String after = "";
        boolean more = true;
        while (more) {
            Store.Page page = store.list(prefix, after, PAGE);
            for (Store.Listed object : page.objects()) {
                PackNames.parse(object.key())
                        .ifPresent(
                                name -> {
                                    listed.put(name.pack(), object.length());
                                    metadata.put(name.pack(), name.metadata());
                                });
                after = object.key().value();
            }
            more = page.more();
        }
    }

    /// Packs that some reference named so far.
    Set<PackId> seen() {
        return seen;
    }

    /// Every pack in the store, whether or not a snapshot refers to it, and whether it is one of
    /// metadata.
    Map<PackId, Boolean> listed() {
        return metadata;
    }

    long sealedBytes(PackId pack) {
        return listed.getOrDefault(pack, 0L);
    }

    /// Where the chunk lies now, if its pack was repacked.
    ChunkRef place(ChunkRef ref) {
        ChunkRef place = relocation.locate(ref);
        while (isGone(place) && relocation.learn(place.record().pack())) {
            ChunkRef next = relocation.locate(place);
            if (next.equals(place)) {
                break;
            }
            place = next;
        }
        return place;
    }

    /// What was repacked into it, and what was written since the packs were listed, may be there.
    private boolean isGone(ChunkRef ref) {
        PackId pack = ref.record().pack();
        return !listed.containsKey(pack)
                && !recent.containsKey(pack)
                && !late.contains(pack)
                && !bad.contains(pack)
                && store.read(
                                PackNames.key(pack, ref.record().metadata()),
                                0,
                                MemorySegment.ofArray(new byte[1]))
                        < 0;
    }

    /// @param ref to a [#place]
    Standing check(ChunkRef ref) {
        PackId pack = ref.record().pack();
        seen.add(pack);
        if (bad.contains(pack)) {
            return Standing.NO_PACK;
        }
        Contents contents = recent.get(pack);
        if (contents == null) {
            contents = read(pack, ref.record().metadata()).orElse(null);
            if (contents == null && relocation.moved(pack)) {
                ChunkRef place = relocation.locate(ref);
                return place.equals(ref) ? Standing.CONTRADICTED : check(place);
            }
            if (contents == null) {
                bad.add(pack);
                return Standing.NO_PACK;
            }
            recent.put(pack, contents);
        }
        return contents.chunks().contains(ref) ? Standing.GOOD : Standing.CONTRADICTED;
    }

    private Optional<Contents> read(PackId pack, boolean metadata) {
        String object = PackNames.key(pack, metadata).value();
        try {
            Optional<PackReader.Opened> opened = reader.open(pack, metadata, tail);
            if (opened.isEmpty() && relocation.learn(pack)) {
                return Optional.empty();
            }
            if (opened.isEmpty()) {
                damage.record(
                        pack, Damage.WHOLE, "pack-missing", object, 0, "there is no such pack");
                return Optional.empty();
            }
            late.add(pack);
            return Optional.of(contents(opened.get().footer()));
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.INVALID) {
                throw e;
            }
            damage.record(
                    pack,
                    Damage.WHOLE,
                    "pack",
                    object,
                    e.offset().orElse(0),
                    String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Contents contents(PackFooter footer) {
        Set<ChunkRef> chunks = new HashSet<>();
        for (PackFooter.Entry entry : footer.entries()) {
            if (entry.type() != RecordType.LEAF_LIST) {
                entry.chunks().forEach(chunk -> chunks.add(footer.ref(entry, chunk)));
            }
        }
        return new Contents(chunks);
    }
}
