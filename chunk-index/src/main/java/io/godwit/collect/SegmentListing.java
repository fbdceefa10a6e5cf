package io.godwit.collect;

import io.godwit.commit.CommitKeys;
import io.godwit.commit.RepositoryAccess;
import io.godwit.store.Store;
import java.util.List;

/// The index segments and shards of a repository, as they were listed before its packs.
///
/// The order matters: a session that was given up may store on, and a later one adopt its packs. Its
/// packs come before its segments, so what a segment in this listing names, and the packs listed
/// afterwards do not, is gone for ever.
record SegmentListing(List<Store.Listed> segments, List<Store.Listed> shards) {
    static SegmentListing read(RepositoryAccess access) {
        return new SegmentListing(
                IndexSegments.list(access, CommitKeys.INDEX_SEGMENTS),
                IndexSegments.list(access, CommitKeys.INDEX_SHARDS));
    }
}
