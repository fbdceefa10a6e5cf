package io.godwit.pack;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.seal.KeyRing;
import io.godwit.seal.PackKeys;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keys of the packs that were read lately, so that each pack's start is fetched once. Any
/// thread may use it.
public final class PackKeysCache {
    /// About 300 bytes each.
    private static final int CAPACITY = 8192;

    private final Store store;
    private final KeyRing ring;
    private final Map<PackId, PackKeys> known = new Recent();

    public PackKeysCache(Store store, KeyRing ring) {
        this.store = store;
        this.ring = ring;
    }

    /// The pack's keys; reads its header from the store unless it is known.
    ///
    /// @throws GodwitException `NOT_FOUND` when there is no such pack
    public PackKeys keys(PackId pack, boolean metadata) {
        PackKeys keys = known(pack);
        if (keys != null) {
            return keys;
        }
        ObjectKey key = PackNames.key(pack, metadata);
        MemorySegment start = MemorySegment.ofArray(new byte[PackHeader.BYTES]);
        long read = store.read(key, 0, start);
        if (read < 0) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such pack: object=" + key)
                    .withObject(key.value());
        }
        return learn(pack, metadata, start.asSlice(0, read));
    }

    /// Takes the keys from the first bytes of a pack that somebody read anyway.
    public PackKeys learn(PackId pack, boolean metadata, MemorySegment start) {
        PackKeys keys = PackHeader.read(pack, metadata, start).keys(ring, pack, metadata);
        synchronized (known) {
            known.put(pack, keys);
        }
        return keys;
    }

    /// The pack's keys if they are known.
    public @Nullable PackKeys known(PackId pack) {
        synchronized (known) {
            return known.get(pack);
        }
    }

    private static final class Recent extends LinkedHashMap<PackId, PackKeys> {
        Recent() {
            super(256, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<PackId, PackKeys> eldest) {
            return size() > CAPACITY;
        }
    }
}
