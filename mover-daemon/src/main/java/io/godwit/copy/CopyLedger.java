package io.godwit.copy;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.Origins;
import io.godwit.commit.Origins.Origin;
import io.godwit.commit.SnapshotId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which snapshots of the source are in the target, under which id. Used by one thread.
///
/// Two snapshots are the same when they stand for a common origin: one is a copy of the other,
/// directly or by way of other repositories, or both are copies of a third.
final class CopyLedger {
    private final byte[] sourceId;
    private final byte[] targetId;
    private final Map<Origin, CatalogueEntry> known = new HashMap<>();

    /// @param sourceId the source repository's id
    /// @param there every snapshot of the target
    CopyLedger(byte[] sourceId, byte[] targetId, List<CatalogueEntry> there) {
        this.sourceId = sourceId.clone();
        this.targetId = targetId.clone();
        there.forEach(this::add);
    }

    /// The target has another one.
    void add(CatalogueEntry copy) {
        Origins.family(targetId, copy).forEach(origin -> known.put(origin, copy));
    }

    /// The target's snapshot that equals one of the source.
    Optional<CatalogueEntry> copyOf(CatalogueEntry original) {
        return Origins.family(sourceId, original).stream()
                .map(known::get)
                .filter(copy -> copy != null)
                .findFirst();
    }

    /// A snapshot that is in both repositories.
    record Pair(CatalogueEntry original, CatalogueEntry copy) {}

    /// What to build a copy on: the original's own parent, from which it usually differs least,
    /// else the nearest older one, else the nearest younger one.
    ///
    /// @param history the volume's snapshots in the source
    Optional<Pair> base(CatalogueEntry original, List<CatalogueEntry> history) {
        Optional<Pair> best = Optional.empty();
        for (CatalogueEntry other : history.stream().sorted(CatalogueView.BY_AGE).toList()) {
            boolean older = CatalogueView.BY_AGE.compare(other, original) < 0;
            Optional<SnapshotId> id = Optional.of(other.snapshot());
            Optional<Pair> pair = copyOf(other).map(copy -> new Pair(other, copy));
            if (pair.isPresent() && original.parent().equals(id)) {
                return pair;
            }
            boolean itself = other.snapshot().equals(original.snapshot());
            if (pair.isPresent() && !itself && (older || best.isEmpty())) {
                best = pair;
            }
        }
        return best;
    }
}
