package io.godwit.cli;

import io.godwit.check.VerifyResult;
import io.godwit.device.Extent;
import io.godwit.error.FailureKind;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a verification found.
record VerifySummary(VerifyResult verify) implements Result {
    private static final int PROBLEMS_SHOWN = 20;

    @Override
    public int exitCode() {
        return verify.problems().isEmpty() ? 0 : FailureKind.CORRUPT.exitCode();
    }

    @Override
    public void json(JsonLine json) {
        json.object(
                        "checked",
                        checked ->
                                checked.number("snapshots", verify.checked().snapshots())
                                        .number("nodes", verify.checked().nodes())
                                        .number("pages", verify.checked().pages())
                                        .number("packs", verify.checked().packs())
                                        .number("chunks", verify.checked().chunks())
                                        .number("segments", verify.checked().segments())
                                        .number("dataBytes", verify.checked().dataBytes()))
                .objects(
                        "problems",
                        verify.problems().stream()
                                .<JsonLine.Fields>map(problem -> row -> problem(problem, row))
                                .toList())
                .texts("repaired", List.of());
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
        VerifyResult.Checked checked = verify.checked();
        out.printf(
                Locale.ROOT,
                "Checked %s, %s, %s, %s: %s.%n",
                Words.count(checked.snapshots(), "snapshot"),
                Words.count(checked.pages(), "page"),
                Words.count(checked.packs(), "pack"),
                checked.dataBytes() == 0
                        ? "no data"
                        : ByteSize.text(checked.dataBytes()) + " of data",
                verify.problems().isEmpty()
                        ? "all is well"
                        : Words.count(verify.problems().size(), "problem"));
        verify.problems().stream().limit(PROBLEMS_SHOWN).forEach(problem -> show(problem, out));
        if (verify.problems().size() > PROBLEMS_SHOWN) {
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
        if (verify.problems().isEmpty()) {
            return Optional.empty();
        }
        VerifyResult.Problem first = verify.problems().getFirst();
        return Optional.of(
                "damage found: problems=%d first=%s; restore what is affected from another snapshot, and look at the store"
                        .formatted(verify.problems().size(), first.object()));
    }
}
