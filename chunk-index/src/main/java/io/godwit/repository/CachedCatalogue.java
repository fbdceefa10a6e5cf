package io.godwit.repository;

import io.godwit.commit.CatalogueMemory;
import io.godwit.index.LocalCache;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeKey;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// The catalogue's memory in the node's local cache: under facts named `catalogue/`.
final class CachedCatalogue implements CatalogueMemory {
    private static final String ENTRY = "catalogue/entry/";
    private static final String SETTLED = "catalogue/settled/";

    /// The keys of all volumes of which a counter is known, a line each.
    private static final String VOLUMES = "catalogue/volumes";

    private static final byte[] YES = {1};

    private final LocalCache cache;

    CachedCatalogue(LocalCache cache) {
        this.cache = cache;
    }

    @Override
    public Optional<byte[]> entry(ObjectKey name) {
        return Optional.ofNullable(cache.getFact(ENTRY + name));
    }

    @Override
    public void rememberEntry(ObjectKey name, byte[] plain) {
        cache.putFact(ENTRY + name, plain);
    }

    @Override
    public boolean settled(SessionId session) {
        return cache.getFact(SETTLED + session) != null;
    }

    @Override
    public void rememberSettled(SessionId session) {
        cache.putFact(SETTLED + session, YES);
    }

    @Override
    public Map<VolumeKey, Long> newestCounters(Optional<VolumeKey> only) {
        Collection<String> volumes =
                only.isPresent() ? List.of(only.get().value()) : knownVolumes();
        Map<VolumeKey, Long> counters = new HashMap<>();
        for (String volume : volumes) {
            OptionalLong counter = cache.newestCounter(volume);
            if (counter.isPresent()) {
                counters.put(new VolumeKey(volume), counter.getAsLong());
            }
        }
        return counters;
    }

    @Override
    public synchronized void rememberCounters(Map<VolumeKey, Long> counters) {
        counters.forEach((volume, counter) -> cache.noteCounter(volume.value(), counter));
        Set<String> known = knownVolumes();
        boolean changed = false;
        for (VolumeKey volume : counters.keySet()) {
            changed |= known.add(volume.value());
        }
        if (changed) {
            String lines = String.join("\n", known);
            cache.putFact(VOLUMES, lines.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private Set<String> knownVolumes() {
        byte[] lines = cache.getFact(VOLUMES);
        return lines == null
                ? new TreeSet<>()
                : new TreeSet<>(
                        List.of(new String(lines, StandardCharsets.US_ASCII).split("\n", -1)));
    }
}
