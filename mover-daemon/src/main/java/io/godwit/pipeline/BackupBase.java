package io.godwit.pipeline;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.Losses;
import io.godwit.commit.Session;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.BackupResult.CbtMode;
import io.godwit.repository.Repository;
import io.godwit.volume.Root;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeTree;
import java.util.List;
import java.util.Optional;

/// What a backup builds on and what it has to read: the parent, and the scope as far as the parent
/// allows it.
///
/// @param entry the parent's catalogue entry, if there is one
/// @param root the parent's root, present with the entry
/// @param lied whether an audit found just now that the list of changes left one out
/// @param scope what is read; with changes from a list, everything that must be read beside them
record BackupBase(
        Optional<CatalogueEntry> entry,
        Optional<Root> root,
        ReadScope scope,
        CbtMode mode,
        long listed,
        boolean lied) {
    /// Finds the parent, and decides whether a list of changes can be laid over it.
    ///
    /// @param volumeBytes of the source, or -1 for a stream
    /// @param grain of the chunker: pages on another one cannot be taken over
    static BackupBase choose(
            BackupRequest request,
            CatalogueView catalogue,
            Repository repository,
            long volumeBytes,
            int grain,
            RunListener listener) {
        return switch (request.scope()) {
            case ReadScope.Everything everything ->
                    parent(request, catalogue, repository, everything, CbtMode.NONE, listener);
            case ReadScope.Allocated allocated -> {
                requireInside(allocated.extents(), volumeBytes, "allocated");
                yield parent(
                        request, catalogue, repository, allocated, CbtMode.ALLOCATED, listener);
            }
            case ReadScope.Changed changed ->
                    onChanges(
                            request, changed, catalogue, repository, volumeBytes, grain, listener);
        };
    }

    private static BackupBase parent(
            BackupRequest request,
            CatalogueView catalogue,
            Repository repository,
            ReadScope scope,
            CbtMode mode,
            RunListener listener) {
        Optional<CatalogueEntry> entry =
                switch (request.parent()) {
                    case ParentChoice.Auto auto -> catalogue.latest(request.volume());
                    case ParentChoice.None none -> Optional.empty();
                    case ParentChoice.Named named ->
                            Optional.of(named(named, request, catalogue, repository));
                };
        try {
            return new BackupBase(
                    entry, entry.map(repository::readRoot), scope, mode, extents(scope), false);
        } catch (GodwitException e) {
            LostExtents.requireLoss(e);
            if (!(request.parent() instanceof ParentChoice.Auto)) {
                throw e;
            }
            warnDamaged(entry, String.valueOf(e.getMessage()), listener);
            return new BackupBase(
                    Optional.empty(), Optional.empty(), scope, mode, extents(scope), false);
        }
    }

    private static void warnDamaged(
            Optional<CatalogueEntry> entry, String reason, RunListener listener) {
        String parent = entry.map(each -> each.snapshot().toString()).orElse("");
        listener.warning(
                "parent-damaged",
                "the parent is damaged; everything is read: parent=%s reason=%s"
                        .formatted(parent, reason));
    }

    private static long extents(ReadScope scope) {
        return switch (scope) {
            case ReadScope.Everything everything -> 0;
            case ReadScope.Allocated allocated -> allocated.extents().size();
            case ReadScope.Changed changed -> changed.extents().size();
        };
    }

    private static CatalogueEntry named(
            ParentChoice.Named named,
            BackupRequest request,
            CatalogueView catalogue,
            Repository repository) {
        CatalogueEntry entry = resolve(named.reference(), catalogue, repository);
        if (!entry.volume().equals(request.volume())) {
            throw new GodwitException(
                    FailureKind.INVALID,
                    "parent is a snapshot of another volume: parent=%s volume=%s"
                            .formatted(entry.snapshot(), entry.volume()));
        }
        return entry;
    }

    /// Looks among the snapshots of all volumes when those of one do not have it, for a better
    /// answer than "none".
    private static CatalogueEntry resolve(
            String reference, CatalogueView catalogue, Repository repository) {
        try {
            return catalogue.resolve(reference);
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.NOT_FOUND) {
                throw e;
            }
            return repository.catalogue().read().resolve(reference);
        }
    }

    private static BackupBase onChanges(
            BackupRequest request,
            ReadScope.Changed changed,
            CatalogueView catalogue,
            Repository repository,
            long volumeBytes,
            int grain,
            RunListener listener) {
        requireInside(changed.extents(), Math.min(changed.size(), volumeBytes), "changed");
        if (changed.size() > volumeBytes) {
            throw new GodwitException(
                    FailureKind.INVALID,
                    "changed extents are of a larger volume: size=%d source=%d"
                            .formatted(changed.size(), volumeBytes));
        }
        Optional<CatalogueEntry> base = base(request, changed, catalogue, repository);
        String doubt =
                base.isEmpty()
                        ? "no snapshot of the volume is the base of the changed extents any more"
                        : repository.distrustsChanges(request.volume())
                                ? "an audit found changed extents that left out a change"
                                : "";
        if (base.isEmpty() || !doubt.isEmpty()) {
            return everything(
                    request,
                    catalogue,
                    repository,
                    changed,
                    base.isEmpty() ? "cbt-base-forgotten" : "cbt-distrusted",
                    doubt,
                    listener);
        }
        Root root;
        try {
            root = repository.readRoot(base.get());
        } catch (GodwitException e) {
            LostExtents.requireLoss(e);
            return everything(
                    request,
                    catalogue,
                    repository,
                    changed,
                    "cbt-base-damaged",
                    "the base of the changed extents cannot be read: " + e.getMessage(),
                    listener);
        }
        if (root.grain() != grain) {
            return everything(
                    request,
                    catalogue,
                    repository,
                    changed,
                    "cbt-other-chunker",
                    "the base was cut by another chunker",
                    listener);
        }
        ReadScope scope =
                new ReadScope.Changed(
                        changed.size(),
                        changed.base(),
                        changed.extents().union(beside(root, changed, volumeBytes, repository)));
        return new BackupBase(
                base, Optional.of(root), scope, CbtMode.CHANGED, changed.extents().size(), false);
    }

    /// The newest parent with everything read, because the list cannot be laid over its base.
    private static BackupBase everything(
            BackupRequest request,
            CatalogueView catalogue,
            Repository repository,
            ReadScope.Changed changed,
            String kind,
            String reason,
            RunListener listener) {
        String base = changed.base().map(id -> " base=" + id).orElse("");
        listener.warning(kind, reason + "; everything is read: volume=" + request.volume() + base);
        BackupRequest full = request.readingEverything();
        BackupBase read =
                parent(
                        full,
                        catalogue,
                        repository,
                        new ReadScope.Everything(),
                        CbtMode.FULL,
                        listener);
        return new BackupBase(
                read.entry, read.root, read.scope, read.mode, changed.extents().size(), false);
    }

    /// What must be read although no list names it: what the volume grew by, and what the base
    /// could not read.
    private static ExtentSet beside(
            Root root, ReadScope.Changed changed, long volumeBytes, Repository repository) {
        ExtentSet.Builder extents = new ExtentSet.Builder();
        long known = Math.min(root.volumeBytes(), changed.size());
        if (known < volumeBytes) {
            extents.add(known, volumeBytes - known);
        } else if (volumeBytes < root.volumeBytes() && volumeBytes > 0) {
            extents.add(volumeBytes - 1, 1);
        }
        repository
                .withMetadata(source -> Unreadable.of(root, source))
                .forEach(extent -> extents.add(extent.offset(), extent.length()));
        return extents.build();
    }

    private static void requireInside(ExtentSet extents, long size, String what) {
        int last = extents.size() - 1;
        long blocks = (size + ExtentSet.BLOCK_BYTES - 1) & -ExtentSet.BLOCK_BYTES;
        if (last >= 0 && extents.end(last) > blocks) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "%s extents reach past the volume: end=%d size=%d"
                                    .formatted(what, extents.end(last), size))
                    .withHint("have the list made again, for the volume as it is now");
        }
    }

    /// The snapshot that the changes start from; empty when it is not there any more.
    private static Optional<CatalogueEntry> base(
            BackupRequest request,
            ReadScope.Changed changed,
            CatalogueView catalogue,
            Repository repository) {
        if (changed.base().isEmpty()) {
            if (request.parent() instanceof ParentChoice.Named named) {
                return Optional.of(named(named, request, catalogue, repository));
            }
            throw new GodwitException(
                            FailureKind.INVALID,
                            "changed extents without a base: volume=" + request.volume())
                    .withHint(
                            "name the snapshot that they start from: \"base\" in the file, or"
                                    + " --parent ID");
        }
        String base = changed.base().get();
        Optional<CatalogueEntry> found =
                catalogue.entries(request.volume()).stream()
                        .filter(
                                entry ->
                                        entry.snapshot().toString().equals(base)
                                                || entry.changeId().equals(Optional.of(base)))
                        .reduce((older, newer) -> newer);
        if (found.isEmpty()) {
            requireNotOfAnother(base, request, repository);
        }
        return found;
    }

    private static void requireNotOfAnother(
            String base, BackupRequest request, Repository repository) {
        boolean elsewhere =
                repository.catalogue().read().entries().stream()
                        .anyMatch(entry -> entry.snapshot().toString().equals(base));
        if (elsewhere) {
            throw new GodwitException(
                    FailureKind.INVALID,
                    "base of the changed extents is a snapshot of another volume: base=%s volume=%s"
                            .formatted(base, request.volume()));
        }
    }

    /// The same, or everything without a base where the session could not pin the parent.
    BackupBase asPinnedBy(Session session, RunListener listener) {
        if (entry.isEmpty() || session.pinned(entry.get().snapshot())) {
            return this;
        }
        listener.warning(
                "parent-dropped",
                "the parent is about to be collected; everything is read: parent="
                        + entry.get().snapshot());
        return withoutParent();
    }

    /// The same as far as the repository has not lost what it builds on: nothing is built on a
    /// damaged tree, and what is lost is read beside a list of changes.
    BackupBase besideLosses(VolumeKey volume, Repository repository, RunListener listener) {
        Losses losses = repository.losses();
        if (entry.isEmpty() || root.isEmpty() || losses.equals(Losses.NONE)) {
            return this;
        }
        if (losses.unfit().contains(entry.get().snapshot())) {
            warnDamaged(entry, "its tree cannot be read", listener);
            return withoutParent();
        }
        List<Losses.Span> spans = losses.again(volume);
        if (spans.isEmpty() || !(scope instanceof ReadScope.Changed changed)) {
            return this;
        }
        try (LostExtents lost = new LostExtents(repository, tree())) {
            ExtentSet all = changed.extents().union(lost.within(spans));
            ReadScope more = new ReadScope.Changed(changed.size(), changed.base(), all);
            return new BackupBase(entry, root, more, mode, listed, lied);
        }
    }

    private BackupBase withoutParent() {
        CbtMode without = mode == CbtMode.CHANGED ? CbtMode.FULL : mode;
        ReadScope everything =
                scope instanceof ReadScope.Changed ? new ReadScope.Everything() : scope;
        return new BackupBase(
                Optional.empty(), Optional.empty(), everything, without, listed, false);
    }

    /// The same parent, with everything read, because the list of changes was found to lie.
    BackupBase distrusting() {
        return new BackupBase(entry, root, new ReadScope.Everything(), CbtMode.FULL, listed, true);
    }

    VolumeTree tree() {
        return root.map(Root::tree).orElse(VolumeTree.hole(0));
    }

    /// An upper bound of what will be read of a volume of this size, for progress.
    long bytesToRead(long volumeBytes) {
        return switch (scope) {
            case ReadScope.Everything everything -> Math.max(volumeBytes, 0);
            case ReadScope.Allocated allocated -> Math.max(volumeBytes, 0);
            case ReadScope.Changed changed -> changed.extents().bytes();
        };
    }
}
