package io.godwit.seal;

import io.godwit.store.Store;
import java.util.ArrayList;
import java.util.List;

/// Every secret of a repository that this opens, for tests that look whether one gets out.
public final class KnownSecrets {
    private KnownSecrets() {}

    public static List<byte[]> of(Store store, Unlock unlock) {
        byte[] config = store.get(RepositoryConfig.KEY, RepositoryConfig.MAX_BYTES).orElseThrow();
        KeyRing ring = KeySlots.open(store, config, unlock, new SeededSecureRandom(1));
        List<byte[]> found = new ArrayList<>();
        RingSecrets secrets = ring.ring().secrets();
        found.add(secrets.idRoot());
        found.add(secrets.nextRing());
        for (int generation = 1; generation <= secrets.generation(); generation++) {
            found.add(secrets.generation(generation));
        }
        SlotId id = ring.openedWith().orElseThrow();
        byte[] object = store.get(id.key(), KeySlot.MAX_BYTES).orElseThrow();
        try (Secret secret = Secret.of(unlock)) {
            SlotContent content =
                    KeySlot.read(id, ring.repository(), object).open(secret).orElseThrow();
            found.add(content.privateKey());
            found.add(content.anchor());
        }
        return found;
    }
}
