package io.godwit.cli;

import io.godwit.seal.SlotId;
import io.godwit.seal.SlotInfo;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `godwit key list`.
@Command(
        name = "list",
        description = {
            "Lists what opens the repository; * marks what this command was opened with.",
            "With --quiet: the ids alone."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit key list",
            "  godwit key list --json",
            "  godwit key list --recovery-sheet | lpr"
        })
final class KeyListCommand extends Task {
    @Option(
            names = "--recovery-sheet",
            description =
                    "Make a new key, and print it for keeping on paper instead of the list. Whoever"
                            + " reads the paper opens the repository; open with --sheet-file.")
    boolean recoverySheet;

    @Override
    Result perform(Output output) {
        if (recoverySheet && options().json) {
            throw Arguments.invalid(
                    "a recovery sheet is for paper: --json", "leave --json or --recovery-sheet");
        }
        try (OpenKeys open = OpenKeys.open(this, output)) {
            if (recoverySheet) {
                return new Sheet(RecoverySheets.of(this, open).add());
            }
            return new Listed(
                    open.keys().list(), open.keys().openedWith(), open.keys().ring().generation());
        }
    }

    @Override
    boolean tidiesUp() {
        return true;
    }

    private record Sheet(String text) implements Result {
        @Override
        public void json(JsonLine json) {
            throw new IllegalStateException("a recovery sheet is never JSON");
        }

        @Override
        public void people(PrintWriter out) {
            out.print(text);
        }

        @Override
        public void quiet(PrintWriter out) {
            out.print(text);
        }

        @Override
        public String toString() {
            return "Sheet[secret]";
        }
    }

    private record Listed(List<SlotInfo> slots, SlotId opened, int generation) implements Result {
        @Override
        public void json(JsonLine json) {
            json.objects(
                            "slots",
                            slots.stream()
                                    .<JsonLine.Fields>map(
                                            slot -> row -> OpenKeys.json(slot, opened, row))
                                    .toList())
                    .number("generation", generation);
        }

        @Override
        public void people(PrintWriter out) {
            Table table = new Table("llll", "", "ID", "KIND", "CREATED");
            for (SlotInfo slot : slots) {
                table.row(
                        slot.id().equals(opened) ? "*" : " ",
                        slot.id().toString(),
                        slot.kind(),
                        Times.text(slot.created()));
            }
            table.print(out);
            out.printf(Locale.ROOT, "Key generation %d.%n", generation);
        }

        @Override
        public void quiet(PrintWriter out) {
            slots.forEach(slot -> out.println(slot.id()));
        }
    }
}
