package io.godwit.cli;

import io.godwit.check.ScrubResult;
import io.godwit.check.VerifyResult;
import io.godwit.device.Extent;
import io.godwit.error.FailureKind;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a verification or a scrub found.
///
/// @param counts what was looked at, for programs
/// @param words the same for people
/// @param repaired damaged objects of which nothing is needed any more
/// @param advice what to do about problems
record CheckSummary(
        JsonLine.Fields counts,
        String words,
        List<VerifyResult.Problem> problems,
        List<String> repaired,
        String advice)
        implements Result {
    private static final int PROBLEMS_SHOWN = 20;
    private static final String ADVICE =
            "restore what is affected from another snapshot, and look at the store";

    static CheckSummary of(VerifyResult result) {
        return of(result, ADVICE);
    }

    /// @param advice what to do about problems
    static CheckSummary of(VerifyResult result, String advice) {
        VerifyResult.Checked checked = result.checked();
        return new CheckSummary(
                row ->
                        row.number("snapshots", checked.snapshots())
                                .number("nodes", checked.nodes())
                                .number("pages", checked.pages())
                                .number("packs", checked.packs())
                                .number("chunks", checked.chunks())
                                .number("segments", checked.segments())
                                .number("dataBytes", checked.dataBytes()),
                "%s, %s, %s, %s"
                        .formatted(
                                Words.count(checked.snapshots(), "snapshot"),
                                Words.count(checked.pages(), "page"),
                                Words.count(checked.packs(), "pack"),
                                checked.dataBytes() == 0
                                        ? "no data"
                                        : ByteSize.text(checked.dataBytes()) + " of data"),
                result.problems(),
                result.repaired(),
                advice);
    }

    static CheckSummary of(ScrubResult result) {
        return new CheckSummary(
                row -> row.number("objects", result.objects()).number("dataBytes", result.bytes()),
                "%s, %s"
                        .formatted(
                                Words.count(result.objects(), "object"),
                                ByteSize.text(result.bytes())),
                result.problems(),
                List.of(),
                ADVICE);
    }

    @Override
    public int exitCode() {
        return problems.isEmpty() ? 0 : FailureKind.CORRUPT.exitCode();
    }

    @Override
    public void json(JsonLine json) {
        json.object("checked", counts)
                .objects(
                        "problems",
                        problems.stream()
                                .<JsonLine.Fields>map(problem -> row -> problem(problem, row))
                                .toList())
                .texts("repaired", repaired);
    }

    private static void problem(VerifyResult.Problem problem, JsonLine row) {
        row.text("kind", problem.kind())
                .text("object", problem.object())
                .number("offset", problem.offset())
                .text("detail", problem.detail())
                .objects(
                        "affected",
                        problem.affected().stream()
                                .<JsonLine.Fields>map(affected -> part -> affected(affected, part))
                                .toList());
    }

    private static void affected(VerifyResult.Affected affected, JsonLine row) {
        row.text("snapshot", affected.snapshot())
                .text("volume", affected.volume())
                .extents("extents", affected.extents());
    }

    @Override
    public void people(PrintWriter out) {
        String verdict =
                problems.isEmpty() ? "all is well" : Words.count(problems.size(), "problem");
        out.printf(Locale.ROOT, "Checked %s: %s.%n", words, verdict);
        repaired.forEach(object -> out.println("mended: object=" + object));
        problems.stream().limit(PROBLEMS_SHOWN).forEach(problem -> show(problem, out));
        if (problems.size() > PROBLEMS_SHOWN) {
            out.println("and more; --json lists all of them");
        }
    }

    private static void show(VerifyResult.Problem problem, PrintWriter out) {
        String where = "object=%s offset=%d".formatted(problem.object(), problem.offset());
        String detail = problem.detail();
        out.println(
                problem.kind() + ": " + (detail.contains(where) ? detail : where + ": " + detail));
        for (VerifyResult.Affected affected : problem.affected()) {
            long bytes = affected.extents().stream().mapToLong(Extent::length).sum();
            out.printf(
                    Locale.ROOT,
                    "  affects %s of snapshot %s of volume %s%n",
                    ByteSize.text(bytes),
                    affected.snapshot(),
                    affected.volume());
        }
    }

    @Override
    public Optional<String> complaint() {
        if (problems.isEmpty()) {
            return Optional.empty();
        }
        VerifyResult.Problem first = problems.getFirst();
        return Optional.of(
                "damage found: problems=%d first=%s; %s"
                        .formatted(problems.size(), first.object(), advice));
    }
}
