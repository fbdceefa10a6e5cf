package io.godwit.cli;

import io.godwit.seal.SlotId;
import io.godwit.seal.SlotInfo;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `godwit key remove`.
@Command(
        name = "remove",
        description = {
            "Shuts a key out: it opens the repository no more, and a new key generation begins.",
            "Whoever held it may have kept what it opened: data stored until now stays readable to"
                    + " them."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit key remove 4f1c", "  godwit key remove --own 4f1c --password-file pw"})
final class KeyRemoveCommand extends Task {
    @Parameters(paramLabel = "ID", description = "Of the key, or its first digits.")
    String id = "";

    @Option(names = "--own", description = "Remove even the key that this command is opened with.")
    boolean own;

    @Override
    Result perform(Output output) {
        try (OpenKeys open = OpenKeys.open(this, output)) {
            SlotId slot = open.slot(id);
            List<SlotInfo> before = open.keys().list();
            boolean used = slot.equals(open.keys().openedWith());
            if (used && before.size() > 1 && !own) {
                throw Arguments.invalid(
                        "this is the key that the command was opened with: slot=" + slot,
                        "make sure that another one opens, then say so with --own");
            }
            open.keys().remove(slot);
            if (used) {
                output.warning("own-key", "the key that opened the repository opens it no more");
            }
            return new Removed(slot, open.keys().list().size(), open.keys().ring().generation());
        }
    }

    @Override
    boolean tidiesUp() {
        return true;
    }

    private record Removed(SlotId slot, int left, int generation) implements Result {
        @Override
        public void json(JsonLine json) {
            json.text("removed", slot.toString())
                    .number("keysLeft", left)
                    .number("generation", generation);
        }

        @Override
        public void people(PrintWriter out) {
            out.printf(
                    Locale.ROOT,
                    "Removed key %s; %d left. Key generation %d.%n",
                    slot,
                    left,
                    generation);
            out.println("What was stored until now stays readable to whoever kept what it opened.");
        }
    }
}
