package io.godwit.copy;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.Forgetting;
import io.godwit.commit.Origins;
import io.godwit.commit.Origins.Origin;
import io.godwit.copy.CopyResult.Copied;
import io.godwit.copy.CopyResult.Refused;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.RunListener;
import io.godwit.repository.Repository;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Copies snapshots to another repository, one after the other, each committed for itself: what was
/// copied stays copied, whatever becomes of the rest.
///
/// Oldest first within a volume, so that each is built on the one before. What is in the target
/// already is not sent again. Used once, by one thread, which may be interrupted.
public final class CopyEngine {
    private final Repository source;
    private final Repository target;
    private final MoverSettings settings;
    private final CopyRequest request;
    private final CopyProgress progress;
    private final RunListener listener;
    private final List<Copied> copied = new ArrayList<>();
    private final List<Refused> refused = new ArrayList<>();

    public CopyEngine(
            Repository source,
            Repository target,
            MoverSettings settings,
            CopyRequest request,
            CopyProgress progress,
            RunListener listener) {
        this.source = source;
        this.target = target;
        this.settings = settings;
        this.request = request;
        this.progress = progress;
        this.listener = listener;
    }

    /// Does all of it.
    ///
    /// @throws GodwitException `INVALID` when both are the same repository
    /// @throws InterruptedException when the thread was interrupted; what was committed stays
    public CopyResult run() throws InterruptedException {
        long start = settings.nanoClock().getAsLong();
        long putsBefore = target.storePuts();
        requireTwo();
        CatalogueView view = source.catalogue().read();
        CopyLedger ledger =
                new CopyLedger(
                        source.keys().repositoryId(),
                        target.keys().repositoryId(),
                        target.catalogue().read().entries());
        List<CatalogueEntry> order =
                request.snapshots().stream()
                        .distinct()
                        .sorted(
                                Comparator.comparing(CatalogueEntry::volume)
                                        .thenComparing(CatalogueView.BY_AGE))
                        .toList();
        listener.phase(
                "copying",
                order.stream()
                        .filter(entry -> ledger.copyOf(entry).isEmpty())
                        .mapToLong(CatalogueEntry::sizeBytes)
                        .sum());
        for (CatalogueEntry entry : order) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            one(entry, ledger, view);
        }
        return new CopyResult(
                copied,
                refused,
                progress.readBytes(),
                progress.newBytes(),
                progress.storedBytes(),
                target.storePuts() - putsBefore,
                (settings.nanoClock().getAsLong() - start) / 1e9);
    }

    private void requireTwo() {
        byte[] id = source.keys().repositoryId();
        if (Arrays.equals(id, target.keys().repositoryId())) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "both are the same repository: id=" + HexFormat.of().formatHex(id))
                    .withHint("name another one with --to; make it with godwit init");
        }
    }

    private void one(CatalogueEntry entry, CopyLedger ledger, CatalogueView view)
            throws InterruptedException {
        Optional<CatalogueEntry> there = ledger.copyOf(entry);
        if (there.isPresent() || request.dryRun()) {
            note(entry, there, there.isEmpty());
            return;
        }
        SnapshotCopy copy = new SnapshotCopy(source, target, settings, listener, entry);
        try {
            CatalogueEntry made =
                    copy.run(
                            ledger.base(entry, view.entries(entry.volume())),
                            request.verify(),
                            progress.begin(entry.sizeBytes()));
            CatalogueEntry kept = keepOne(made);
            ledger.add(kept);
            note(entry, Optional.of(kept), kept.equals(made));
        } catch (GodwitException e) {
            GodwitException damage = copy.damage().orElseGet(() -> damageOfTarget(e));
            Optional<CatalogueEntry> standing = copy.uncompared();
            standing.ifPresent(
                    made -> {
                        ledger.add(made);
                        note(entry, standing, true);
                    });
            String left = standing.isPresent() ? "cannot be compared with its copy" : "not copied";
            refuse(entry, left, damage);
        }
        progress.end();
    }

    /// Two copies that run at once may both have made one. Whoever sees that keeps the one with the
    /// smallest id, so that both keep the same.
    private CatalogueEntry keepOne(CatalogueEntry made) {
        byte[] id = target.keys().repositoryId();
        Set<Origin> family = Origins.family(id, made);
        List<CatalogueEntry> same =
                target.catalogue().read(made.volume()).entries().stream()
                        .filter(entry -> !Collections.disjoint(Origins.family(id, entry), family))
                        .sorted(Comparator.comparing(CatalogueEntry::snapshot))
                        .toList();
        List<String> surplus = same.stream().skip(1).map(e -> e.snapshot().toString()).toList();
        if (!surplus.isEmpty()) {
            target.forgetting()
                    .forget(surplus, new Forgetting.Options(true, false, "copied twice at once"));
        }
        return same.isEmpty() ? made : same.getFirst();
    }

    private void note(CatalogueEntry entry, Optional<CatalogueEntry> there, boolean fresh) {
        copied.add(
                new Copied(
                        entry.snapshot(),
                        there.map(CatalogueEntry::snapshot),
                        entry.volume(),
                        entry.sizeBytes(),
                        fresh));
    }

    /// What is damaged in the target concerns this volume: others can be copied all the same.
    private static GodwitException damageOfTarget(GodwitException e) {
        if (e.kind() != FailureKind.CORRUPT) {
            throw e;
        }
        return new GodwitException(
                FailureKind.CORRUPT, "the target is damaged: " + e.getMessage(), e);
    }

    /// What is damaged must not become a snapshot that looks whole. Others can be copied all the
    /// same.
    private void refuse(CatalogueEntry entry, String left, GodwitException damage) {
        boolean stands = source.catalogue().read(entry.volume()).find(entry.snapshot()).isPresent();
        FailureKind kind = stands ? FailureKind.CORRUPT : FailureKind.NOT_FOUND;
        String what = stands ? "snapshot is damaged" : "snapshot was forgotten meanwhile";
        String message =
                "%s and %s: snapshot=%s volume=%s: %s"
                        .formatted(
                                what, left, entry.snapshot(), entry.volume(), damage.getMessage());
        if (stands || request.named()) {
            refused.add(new Refused(entry.snapshot(), entry.volume(), kind, message));
        }
        listener.warning(stands ? "snapshot-damaged" : "snapshot-forgotten", message);
    }
}
