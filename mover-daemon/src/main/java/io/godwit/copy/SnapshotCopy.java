package io.godwit.copy;

import io.godwit.chunk.ChunkerSpec;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Forgetting;
import io.godwit.commit.SnapshotId;
import io.godwit.copy.CopyLedger.Pair;
import io.godwit.device.SourceFacts;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.BackupEngine;
import io.godwit.pipeline.BackupRequest;
import io.godwit.pipeline.BackupResult;
import io.godwit.pipeline.ExtentCollector;
import io.godwit.pipeline.ExtentSet;
import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.Original;
import io.godwit.pipeline.ParentChoice;
import io.godwit.pipeline.ReadScope;
import io.godwit.pipeline.RunListener;
import io.godwit.pipeline.RunProgress;
import io.godwit.repository.Repository;
import io.godwit.restore.SnapshotSource;
import io.godwit.volume.Root;
import io.godwit.volume.TreeDiff;
import io.godwit.volume.VolumeTree;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Copies one snapshot: backs it up to the target as if it were a volume.
///
/// Where another one of the volume is in both repositories, only what differs from that is read.
/// Used once, by one thread.
final class SnapshotCopy {
    /// Changed extents that are kept apart, 16 bytes each, in several lists at a time. Of more,
    /// neighbours become one, and a little more is read.
    static final int EXTENTS = 1 << 17;

    private final Repository source;
    private final Repository target;
    private final MoverSettings settings;
    private final RunListener listener;
    private final CatalogueEntry entry;
    private @Nullable SnapshotSource reading;
    private @Nullable GodwitException damage;
    private @Nullable CatalogueEntry uncompared;

    SnapshotCopy(
            Repository source,
            Repository target,
            MoverSettings settings,
            RunListener listener,
            CatalogueEntry entry) {
        this.source = source;
        this.target = target;
        this.settings = settings;
        this.listener = listener;
        this.entry = entry;
    }

    /// Why it failed, when that was because of what the source holds, or holds no more.
    Optional<GodwitException> damage() {
        return Optional.ofNullable(damage);
    }

    /// The copy, where it stands and the original could not be read once more to compare them. All
    /// that it is made of was hashed when it was read: it may be the better one of the two.
    Optional<CatalogueEntry> uncompared() {
        return Optional.ofNullable(uncompared);
    }

    /// Does it, and returns the target's entry.
    ///
    /// @param verify compare all that was copied, not only some of it
    CatalogueEntry run(Optional<Pair> base, boolean verify, RunProgress progress)
            throws InterruptedException {
        Root root = fromSource(() -> source.readRoot(entry));
        Original original = fromSource(() -> Original.of(source, entry, root, () -> open(root)));
        Changes changes = changes(base, root);
        BackupResult result = backUp(root, changes.scope(), original, progress);
        SnapshotId id = SnapshotId.parse(result.snapshot().orElseThrow());
        CatalogueEntry copy = target.catalogue().read(entry.volume()).find(id).orElseThrow();
        check(copy, root, changes, verify);
        return copy;
    }

    private <T> T fromSource(Supplier<T> answer) {
        try {
            return answer.get();
        } catch (GodwitException e) {
            if (isDamage(e)) {
                damage = e;
            }
            throw e;
        }
    }

    private BackupResult backUp(Root root, ReadScope scope, Original original, RunProgress progress)
            throws InterruptedException {
        MoverSettings own = settings.lending(SnapshotSource.MEMORY_BYTES);
        BackupRequest request = request(scope, root);
        try {
            return new BackupEngine(target, own, request, original, progress, warningsOnly()).run();
        } catch (GodwitException e) {
            damage = reading == null ? null : reading.damage().orElse(null);
            throw e;
        }
    }

    private SnapshotSource open(Root root) {
        reading = new SnapshotSource(source, settings.kernel(), entry, root, kind(root));
        return reading;
    }

    private static boolean isDamage(GodwitException e) {
        return e.kind() == FailureKind.CORRUPT || e.kind() == FailureKind.NOT_FOUND;
    }

    /// What was cut as a stream where that is not the rule, was one.
    private SourceFacts.Kind kind(Root root) {
        boolean leaves =
                ChunkerSpec.parse(source.config().chunker()).grain() != root.grain()
                        && root.grain() == 1;
        return leaves ? SourceFacts.Kind.STREAM : SourceFacts.Kind.FILE;
    }

    private BackupRequest request(ReadScope scope, Root root) {
        return new BackupRequest(
                entry.volume(),
                "snapshot " + entry.snapshot(),
                new ParentChoice.Auto(),
                scope,
                entry.changeId(),
                0,
                entry.tags(),
                Optional.of(root.created()),
                false);
    }

    /// What has to be read, and on top of what.
    ///
    /// @param base in the target
    private record Changes(VolumeTree base, ExtentSet extents, ReadScope scope) {}

    private Changes changes(Optional<Pair> base, Root root) {
        if (base.isPresent()) {
            try {
                return since(base.get(), root);
            } catch (GodwitException e) {
                if (!isDamage(e)) {
                    throw e;
                }
                // It may be the base alone that is damaged. What is the snapshot's own, is found
                // on reading.
            }
        }
        VolumeTree hole = VolumeTree.hole(root.volumeBytes());
        ExtentSet data = fromSource(() -> difference(hole, root.tree()));
        return new Changes(hole, data, new ReadScope.Everything());
    }

    private Changes since(Pair base, Root root) {
        ExtentSet extents = difference(source.readRoot(base.original()).tree(), root.tree());
        String id = base.copy().snapshot().toString();
        return new Changes(
                target.readRoot(base.copy()).tree(),
                extents,
                new ReadScope.Changed(root.volumeBytes(), Optional.of(id), extents));
    }

    /// What differs, and maybe a little more.
    private ExtentSet difference(VolumeTree from, VolumeTree to) {
        ExtentCollector extents = new ExtentCollector(EXTENTS);
        return source.withMetadata(
                metadata -> {
                    new TreeDiff(metadata).diff(from, to, extents::add);
                    return extents.build();
                });
    }

    /// A copy that is not what it should be is not left there.
    private void check(CatalogueEntry copy, Root root, Changes changes, boolean verify)
            throws InterruptedException {
        CopyCheck check = new CopyCheck(source, target, settings, entry, root, copy);
        try {
            check.check(changes.base(), changes.extents(), verify);
        } catch (GodwitException e) {
            if (isDamage(e) && check.isOfOriginal(e)) {
                damage = e;
                uncompared = copy;
            } else if (isDamage(e)) {
                withdraw(copy, e);
            }
            throw e;
        }
    }

    private void withdraw(CatalogueEntry copy, GodwitException reason) {
        try {
            target.forgetting()
                    .forget(
                            List.of(copy.snapshot().toString()),
                            new Forgetting.Options(true, false, "copy that differs"));
            reason.withHint(
                    "it was forgotten there: run it again; when that does not help,"
                            + " verify both repositories");
        } catch (GodwitException kept) {
            // It may be retained. Why it should go is what people have to know.
            reason.withHint("forget it there: " + copy.snapshot());
            reason.addSuppressed(kept);
        }
    }

    private RunListener warningsOnly() {
        return new RunListener() {
            @Override
            public void warning(String kind, String message) {
                listener.warning(kind, message);
            }

            @Override
            public void phase(String name, long totalBytes) {
                // A copy has one phase, over all snapshots.
            }
        };
    }
}
