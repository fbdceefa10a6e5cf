package io.godwit.simulation.repository;

import io.godwit.chunk.ChunkerSpec;
import io.godwit.commit.HostIdentity;
import io.godwit.pack.Codec;
import io.godwit.repository.InitOptions;
import io.godwit.repository.Repository;
import io.godwit.repository.Surroundings;
import io.godwit.seal.KeyService;
import io.godwit.seal.Unlock;
import io.godwit.simulation.Kernel;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;

/// An empty repository, made once by the shipped code and copied for each history: making one
/// derives keys, which costs more than a history.
final class RepositoryTemplate {
    private static final long SEED = 20261122;

    private final Map<ObjectKey, byte[]> objects = new LinkedHashMap<>();

    /// @param threads real ones: a store is asked whether it keeps many writers apart
    RepositoryTemplate(ThreadFactory threads) {
        MemoryStore store = new MemoryStore();
        Surroundings surroundings =
                new Surroundings(
                        () -> Kernel.START,
                        () -> 0,
                        new SeededSecureRandom(SEED),
                        _ -> {},
                        threads,
                        new HostIdentity("template", "boot", 1, 1),
                        (_, _) -> {});
        InitOptions options =
                new InitOptions(ChunkerSpec.parse("fixed:16KiB"), Codec.parse("zstd:1"), unlock());
        Repository.init(store, options, surroundings);
        for (Store.Listed listed : store.list("", "", 1000).objects()) {
            objects.put(listed.key(), store.get(listed.key(), 1 << 20).orElseThrow());
        }
    }

    static Unlock unlock() {
        return new Unlock.Service(new PlainKeyService());
    }

    MemoryStore copy() {
        MemoryStore store = new MemoryStore();
        objects.forEach((key, content) -> store.putIfAbsent(key, MemorySegment.ofArray(content)));
        return store;
    }

    /// Keeps nothing secret: there is nobody to keep it from.
    private static final class PlainKeyService implements KeyService {
        @Override
        public byte[] wrap(byte[] secret) {
            return secret.clone();
        }

        @Override
        public Optional<byte[]> unwrap(byte[] wrapped) {
            return Optional.of(wrapped.clone());
        }

        @Override
        public String describe() {
            return "simulation";
        }
    }
}
