package io.godwit.repository;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.RepositoryId;
import io.godwit.seal.KeySlots;
import io.godwit.seal.RepositoryConfig;
import io.godwit.store.Store;
import io.godwit.store.StoreCapabilities;
import io.godwit.store.StoreProbe;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/// Makes a repository in a store. Whose `config` stands there made it; there is one winner.
final class RepositoryInit {
    private final Store store;
    private final InitOptions options;
    private final Surroundings surroundings;

    RepositoryInit(Store store, InitOptions options, Surroundings surroundings) {
        this.store = store;
        this.options = options;
        this.surroundings = surroundings;
    }

    Initialised run() {
        requireFree();
        KeySlots.requireUsable(options.unlock(), surroundings.random());
        byte[] nonce = new byte[16];
        surroundings.random().nextBytes(nonce);
        StoreCapabilities capabilities =
                new StoreProbe(store, surroundings.waiters(), surroundings.nanoTime())
                        .run("probe/" + HexFormat.of().formatHex(nonce));
        RepositoryConfig config = config(capabilities);
        byte[] object = config.encode();
        takeConfig(object);
        KeySlots.create(
                store, object, options.unlock(), surroundings.random(), surroundings.clock());
        return new Initialised(config, capabilities);
    }

    private void requireFree() {
        if (store.get(RepositoryConfig.KEY, RepositoryConfig.MAX_BYTES).isPresent()) {
            throw store.list("keys/", "", 1).objects().isEmpty() ? unfinished() : taken();
        }
        for (String prefix : new String[] {"keys/", "ring/", "p/", "m/", "snap/", "s/"}) {
            Store.Page page = store.list(prefix, "", 1);
            if (!page.objects().isEmpty()) {
                String object = page.objects().getFirst().key().value();
                throw new GodwitException(
                                FailureKind.INVALID,
                                "place is not empty: store=%s object=%s"
                                        .formatted(store.describe(), object))
                        .withObject(object)
                        .withHint("choose an empty place; these are the remains of a repository");
            }
        }
    }

    private RepositoryConfig config(StoreCapabilities capabilities) {
        byte[] id = new byte[RepositoryId.BYTES];
        surroundings.random().nextBytes(id);
        boolean single = capabilities.tier() == StoreCapabilities.Tier.SINGLE_HOST;
        return new RepositoryConfig(
                RepositoryId.of(id),
                tier(capabilities.tier()),
                surroundings.clock().instant(),
                options.chunker().text(),
                options.compression().text(),
                single ? Optional.of(surroundings.host().host()) : Optional.empty());
    }

    /// The number in `config`.
    private static int tier(StoreCapabilities.Tier tier) {
        return switch (tier) {
            case SINGLE_HOST -> 1;
            case SHARED -> 2;
        };
    }

    /// The content decides: what stands there afterwards is ours, or somebody else was first.
    private void takeConfig(byte[] object) {
        Optional<GodwitException> doubt = Optional.empty();
        try {
            if (store.putIfAbsent(RepositoryConfig.KEY, MemorySegment.ofArray(object))
                    == Store.Put.CREATED) {
                return;
            }
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.INDETERMINATE && e.kind() != FailureKind.UNAVAILABLE) {
                throw e;
            }
            doubt = Optional.of(e);
        }
        Optional<byte[]> found = store.get(RepositoryConfig.KEY, RepositoryConfig.MAX_BYTES);
        if (found.isEmpty()) {
            throw doubt.orElseGet(
                    () ->
                            new GodwitException(
                                    FailureKind.UNAVAILABLE,
                                    "config does not stay: store=" + store.describe()));
        }
        if (!Arrays.equals(found.get(), object)) {
            throw taken();
        }
    }

    /// Whoever put the `config` is about to put the first key, or never will: only its operator
    /// knows.
    private GodwitException unfinished() {
        return new GodwitException(
                        FailureKind.FENCED,
                        "a repository without keys is there: " + store.describe())
                .withObject(RepositoryConfig.KEY.value())
                .withHint(
                        "its initialisation is under way, or was cut off: then delete the object"
                                + " config, or choose another place");
    }

    private GodwitException taken() {
        return new GodwitException(
                        FailureKind.FENCED, "a repository is there already: " + store.describe())
                .withObject(RepositoryConfig.KEY.value())
                .withHint("use it, or choose another place");
    }
}
