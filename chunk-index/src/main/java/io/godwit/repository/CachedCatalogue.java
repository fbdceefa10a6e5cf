package io.godwit.repository;

import io.godwit.commit.CatalogueMemory;
import io.godwit.index.LocalCache;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeKey;
import java.util.Optional;
import java.util.OptionalLong;

/// The catalogue's memory in the node's local cache: under facts named `catalogue/`.
final class CachedCatalogue implements CatalogueMemory {
    private static final String ENTRY = "catalogue/entry/";
    private static final String SETTLED = "catalogue/settled/";
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
    public OptionalLong newestCounter(VolumeKey volume) {
        return cache.newestCounter(volume.value());
    }

    @Override
    public void rememberCounter(VolumeKey volume, long counter) {
        cache.noteCounter(volume.value(), counter);
    }
}
