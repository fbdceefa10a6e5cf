package io.godwit.collect;

import io.godwit.commit.PackName;
import io.godwit.pack.PackNames;
import io.godwit.store.Store;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/// The packs that the store lists, and how long they are. Takes about 150 bytes of memory for each.
record PackListing(Map<PackName, Long> lengths) {
    private static final int PAGE = 10_000;

    static PackListing read(Store store) {
        Map<PackName, Long> lengths = new TreeMap<>();
        read(store, PackNames.DATA_PREFIX, lengths);
        read(store, PackNames.METADATA_PREFIX, lengths);
        return new PackListing(lengths);
    }

    private static void read(Store store, String prefix, Map<PackName, Long> lengths) {
        String after = "";
        boolean more = true;
        while (more) {
            Store.Page page = store.list(prefix, after, PAGE);
            for (Store.Listed object : page.objects()) {
                after = object.key().value();
                PackNames.parse(object.key())
                        .ifPresent(
                                name ->
                                        lengths.put(
                                                new PackName(name.pack(), name.metadata()),
                                                object.length()));
            }
            more = page.more();
        }
    }

    Collection<PackName> packs() {
        return lengths.keySet();
    }

    /// 0 for one that is not listed.
    long length(PackName pack) {
        return lengths.getOrDefault(pack, 0L);
    }

    /// Of those that are listed.
    long bytes(Collection<PackName> packs) {
        return packs.stream().mapToLong(pack -> lengths.getOrDefault(pack, 0L)).sum();
    }
}
