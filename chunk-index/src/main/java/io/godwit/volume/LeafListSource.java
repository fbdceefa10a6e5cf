package io.godwit.volume;

import io.godwit.pack.LeafList;
import io.godwit.pack.PackId;
import org.jspecify.annotations.Nullable;

/// Where the leaf lists of data packs come from: the local cache, or the pack itself.
public interface LeafListSource {
    /// A pack's leaf list, or null when it is not to be had. Valid until the next call.
    @Nullable LeafList leafList(PackId pack);

    /// Where chunks lie now whose packs were repacked: their leaves stand in the lists of other
    /// packs.
    default Relocation relocation() {
        return Relocation.none();
    }
}
