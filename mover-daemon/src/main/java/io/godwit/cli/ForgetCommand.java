package io.godwit.cli;

import io.godwit.collect.CollectionRequest;
import io.godwit.collect.RepackLimits;
import io.godwit.collect.Retention;
import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.CatalogueView;
import io.godwit.commit.Forgetting;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.repository.Repository;
import io.godwit.volume.VolumeName;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `godwit forget`.
@Command(
        name = "forget",
        description = {
            "Forgets snapshots: from now on nothing finds them.",
            "Those that are named, or by rule: of each volume those that no rule keeps.",
            "All are checked before the first is forgotten."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit forget 4f1c09 81ab22",
            "  godwit forget --dry-run --keep-daily 14 --keep-weekly 8 --timezone Europe/Berlin",
            "  godwit forget --volume db --keep-within 30d --keep-tag release",
            "  godwit forget --allow-empty latest:db --gc"
        })
final class ForgetCommand extends Task {
    @Parameters(
            paramLabel = "SNAPSHOT",
            arity = "0..*",
            description = "An id or its first digits, latest:VOLUME or VOLUME@TIME.")
    List<String> snapshots = List.of();

    @Mixin RetentionOptions retention = new RetentionOptions();

    @Option(
            names = "--volume",
            paramLabel = "NAME",
            description = "With rules: of this volume alone; repeatable (all).")
    List<String> volumes = List.of();

    @Option(
            names = "--dry-run",
            description = "Say what would be forgotten and why the rest stays; forget nothing.")
    boolean dryRun;

    @Option(names = "--allow-empty", description = "Leave a volume without any snapshot.")
    boolean allowEmpty;

    @Option(
            names = "--gc",
            description = "Then delete what no snapshot needs any more, as godwit gc does.")
    boolean gc;

    @Override
    Result perform(Output output) {
        Retention rules = retention.rules();
        requireOneWay(rules);
        try (OpenRepository open =
                OpenRepository.open(this, output, OpenRepository.Cache.NONE, true)) {
            Forgotten forgotten =
                    snapshots.isEmpty()
                            ? byRule(open.repository(), rules)
                            : byName(open.repository().forgetting());
            return gc && !dryRun
                    ? forgotten.with(
                            GcSummary.collect(
                                    this,
                                    output,
                                    open.repository(),
                                    new CollectionRequest(
                                            false, false, CollectionRequest.FENCE_AFTER),
                                    RepackLimits.DEFAULT))
                    : forgotten;
        }
    }

    private void requireOneWay(Retention rules) {
        if (snapshots.isEmpty() && rules.isEmpty()) {
            throw Arguments.invalid(
                    "nothing is named to be forgotten, and no rule says what to keep",
                    "name snapshots, or give a rule such as --keep-daily 14");
        }
        if (!snapshots.isEmpty() && !(rules.isEmpty() && volumes.isEmpty())) {
            throw Arguments.invalid(
                    "snapshots are named and rules are given: snapshot=" + snapshots.getFirst(),
                    "do one after the other");
        }
    }

    private Forgotten byName(Forgetting forgetting) {
        Forgetting.Result result =
                forgetting.forget(snapshots, new Forgetting.Options(allowEmpty, dryRun, "by id"));
        List<Retention.Verdict> kept =
                result.kept().stream()
                        .map(entry -> new Retention.Verdict(entry, List.of("not named")))
                        .toList();
        return new Forgotten(kept, result.forgotten(), dryRun, Optional.empty());
    }

    private Forgotten byRule(Repository repository, Retention rules) {
        CatalogueView view = repository.catalogue().read();
        List<Retention.Verdict> kept = new ArrayList<>();
        Set<CatalogueEntry> going = new LinkedHashSet<>();
        for (VolumeName volume : chosenVolumes(view)) {
            for (Retention.Verdict verdict :
                    rules.judge(view.entries(volume), outside().clock().instant())) {
                if (verdict.keeps()) {
                    kept.add(verdict);
                } else {
                    going.add(verdict.entry());
                }
            }
        }
        repository
                .forgetting()
                .forget(view, going, new Forgetting.Options(allowEmpty, dryRun, "by rule"));
        return new Forgotten(kept, List.copyOf(going), dryRun, Optional.empty());
    }

    private Set<VolumeName> chosenVolumes(CatalogueView view) {
        Set<VolumeName> named = new LinkedHashSet<>();
        volumes.forEach(name -> named.add(new VolumeName(name)));
        for (VolumeName volume : named) {
            if (view.entries(volume).isEmpty()) {
                throw new GodwitException(
                                FailureKind.NOT_FOUND, "volume has no snapshot: " + volume)
                        .withHint("list volumes with: godwit volumes");
            }
        }
        return named.isEmpty() ? view.volumes() : named;
    }

    @Override
    boolean tidiesUp() {
        return true;
    }

    private record Forgotten(
            List<Retention.Verdict> kept,
            List<CatalogueEntry> forgotten,
            boolean dryRun,
            Optional<GcSummary> collected)
            implements Result {
        Forgotten with(GcSummary collection) {
            return new Forgotten(kept, forgotten, dryRun, Optional.of(collection));
        }

        @Override
        public void json(JsonLine json) {
            json.objects(
                            "kept",
                            kept.stream()
                                    .<JsonLine.Fields>map(
                                            verdict ->
                                                    row -> {
                                                        named(verdict.entry(), row);
                                                        row.texts("reasons", verdict.reasons());
                                                    })
                                    .toList())
                    .objects(
                            "forgotten",
                            forgotten.stream()
                                    .<JsonLine.Fields>map(entry -> row -> named(entry, row))
                                    .toList());
            collected.ifPresent(collection -> json.object("gc", collection::json));
        }

        private static void named(CatalogueEntry entry, JsonLine row) {
            row.text("id", entry.snapshot().toString()).text("volume", entry.volume().value());
        }

        @Override
        public void people(PrintWriter out) {
            if (dryRun && !kept.isEmpty()) {
                Table table = new Table("llll", "SNAPSHOT", "VOLUME", "TIME", "KEPT, FOR");
                for (Retention.Verdict verdict : kept) {
                    table.row(
                            SnapshotRows.shortId(verdict.entry().snapshot()),
                            verdict.entry().volume().value(),
                            Times.text(verdict.entry().time()),
                            String.join(", ", verdict.reasons()));
                }
                table.print(out);
            }
            for (CatalogueEntry entry : forgotten) {
                out.printf(
                        Locale.ROOT,
                        "%s %s of volume %s, %s.%n",
                        dryRun ? "Would forget" : "Forgot",
                        SnapshotRows.shortId(entry.snapshot()),
                        entry.volume(),
                        Times.text(entry.time()));
            }
            out.printf(
                    Locale.ROOT,
                    "%s %s, %s of the same volumes left.%n",
                    forgotten.size(),
                    dryRun ? "to forget" : "forgotten",
                    Words.count(kept.size(), "snapshot"));
            collected.ifPresent(collection -> collection.people(out));
        }

        @Override
        public void quiet(PrintWriter out) {
            forgotten.forEach(entry -> out.println(entry.snapshot()));
        }
    }
}
