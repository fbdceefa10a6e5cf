package io.godwit.collect;

import io.godwit.commit.CommitKeys;
import io.godwit.commit.PackName;
import io.godwit.commit.RepositoryAccess;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.index.SegmentFormat;
import io.godwit.index.SegmentReader;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The index segments as sessions wrote them. One goes when every pack that it names is gone; the
/// others stay, because nothing else says where their chunks are but the packs themselves.
final class IndexSegments {
    private static final int PAGE = 10_000;

    private final RepositoryAccess access;

    IndexSegments(RepositoryAccess access) {
        this.access = access;
    }

    /// Removes segments of sessions below the floor that name no living pack.
    void prune(long floor, SegmentListing listing, Collection<PackName> living) {
        Set<PackId> packs = new HashSet<>();
        Set<SessionId> owners = new HashSet<>();
        for (PackName pack : living) {
            packs.add(pack.id());
            owners.add(pack.id().owner());
        }
        List<ObjectKey> doubtful = new ArrayList<>();
        for (Store.Listed segment : listing.segments()) {
            Optional<SessionId> owner = CommitKeys.indexSegmentOwner(segment.key());
            if (owner.isPresent() && owner.get().plan() < floor && !owners.contains(owner.get())) {
                doubtful.add(segment.key());
            }
        }
        access.fanOut().map(doubtful, key -> deleteUnlessNeeded(key, packs));
    }

    static List<Store.Listed> list(RepositoryAccess access, String prefix) {
        List<Store.Listed> segments = new ArrayList<>();
        boolean more = true;
        while (more) {
            String after = segments.isEmpty() ? "" : segments.getLast().key().value();
            Store.Page page = access.store().list(prefix, after, PAGE);
            segments.addAll(page.objects());
            more = page.more();
        }
        return segments;
    }

    /// It may name packs of a session that its writer adopted.
    private boolean deleteUnlessNeeded(ObjectKey key, Set<PackId> living) {
        boolean needed = named(key).map(p -> p.stream().anyMatch(living::contains)).orElse(true);
        if (!needed) {
            access.store().delete(key);
        }
        return !needed;
    }

    /// The packs that a segment names; empty when it cannot be read.
    private Optional<List<PackId>> named(ObjectKey key) {
        try {
            return access.store()
                    .get(key, SegmentFormat.MAX_OBJECT_BYTES)
                    .map(object -> access.sealing().open(ObjectKind.INDEX_SEGMENT, key, object))
                    .map(plain -> new SegmentReader(key.value(), plain).packs());
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            return Optional.empty();
        }
    }
}
