package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.store.ObjectKey;
import io.godwit.volume.VolumeName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Forgets snapshots: puts a tombstone for each. Nothing is deleted; until a collector has come by,
/// the snapshot can be brought back.
public final class Forgetting {
    private static final int ATTEMPTS = 5;

    private final RepositoryAccess access;
    private final Catalogue catalogue;
    private final Register register;

    public Forgetting(RepositoryAccess access, Catalogue catalogue) {
        this.access = access;
        this.catalogue = catalogue;
        this.register = new Register(access);
    }

    /// How careful to be.
    ///
    /// @param allowEmpty leave a volume without any snapshot
    /// @param dryRun say what would be forgotten, and do nothing
    /// @param reason stands in the tombstones, for people
    public record Options(boolean allowEmpty, boolean dryRun, String reason) {
        public static final Options BY_ID = new Options(false, false, "by id");
    }

    /// What is left of the volumes in question, and what is not.
    public record Result(List<CatalogueEntry> kept, List<CatalogueEntry> forgotten) {
        public Result {
            kept = List.copyOf(kept);
            forgotten = List.copyOf(forgotten);
        }
    }

    /// Forgets the snapshots that these SNAPSHOTs name; all are checked before the first is
    /// forgotten.
    ///
    /// @throws GodwitException `NOT_FOUND`; `INVALID` for an ambiguous one, one that is retained,
    ///     or the last of a volume
    public Result forget(List<String> snapshots, Options options) {
        CatalogueView view = catalogue.read();
        Set<CatalogueEntry> chosen = new LinkedHashSet<>();
        snapshots.forEach(text -> chosen.add(view.resolve(text)));
        return forget(view, chosen, options);
    }

    /// Forgets what a rule has chosen from this view.
    public Result forget(CatalogueView view, Set<CatalogueEntry> chosen, Options options) {
        Instant now = access.clock().instant();
        chosen.forEach(entry -> requireExpired(entry, now));
        Set<VolumeName> volumes = new LinkedHashSet<>();
        chosen.forEach(entry -> volumes.add(entry.volume()));
        List<CatalogueEntry> kept = new ArrayList<>();
        for (VolumeName volume : volumes) {
            List<CatalogueEntry> rest =
                    view.entries(volume).stream().filter(e -> !chosen.contains(e)).toList();
            if (rest.isEmpty() && !options.allowEmpty()) {
                throw new GodwitException(
                                FailureKind.INVALID,
                                "nothing would be left of a volume: volume=" + volume)
                        .withHint("add --allow-empty if that is meant");
            }
            kept.addAll(rest);
        }
        if (!options.dryRun()) {
            access.fanOut().map(List.copyOf(chosen), entry -> bury(entry, options.reason()));
        }
        return new Result(kept, List.copyOf(chosen));
    }

    private static void requireExpired(CatalogueEntry entry, Instant now) {
        if (entry.retainUntil().isPresent() && entry.retainUntil().get().isAfter(now)) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "snapshot is retained: snapshot=%s until=%s"
                                    .formatted(entry.snapshot(), entry.retainUntil().get()))
                    .withObject(entry.snapshot().toString())
                    .withHint("it can be forgotten then");
        }
    }

    private boolean bury(CatalogueEntry entry, String reason) {
        ObjectKey key =
                CommitKeys.tombstone(access.keyOf(entry.volume()), entry.time(), entry.snapshot());
        Tombstone tombstone =
                new Tombstone(
                        entry.snapshot(),
                        entry.session(),
                        Nonce.random(access.random()),
                        access.clock().instant(),
                        reason);
        // Whoever wrote it: one tombstone is as good as another.
        Register.Content<Tombstone> content =
                new Register.Content<>(
                        ObjectKind.TOMBSTONE,
                        key,
                        SessionFormat.encode(tombstone),
                        SessionFormat::tombstone,
                        found -> found.snapshot().equals(entry.snapshot()));
        return register.decide(content, ATTEMPTS) instanceof Register.Decision.Mine<Tombstone>;
    }
}
