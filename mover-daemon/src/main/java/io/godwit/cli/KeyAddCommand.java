package io.godwit.cli;

import io.godwit.seal.KeyAdministration;
import io.godwit.seal.Unlock;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `godwit key add`.
@Command(
        name = "add",
        description = {
            "Lets one more password, key file, recovery sheet or key service open the repository.",
            "Without an option it asks for a password. What opens the repository already is left"
                    + " alone."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit key add --new-password-file pw2",
            "  godwit key add --new-key-file /root/godwit.key",
            "  godwit key add --new-sheet-file sheet.txt",
            "  godwit key add --new-key-service vault-transit://vault.example:8200/transit/godwit"
        })
final class KeyAddCommand extends Task {
    @Mixin NewKeyOptions given;

    @Override
    Result perform(Output output) {
        try (OpenKeys open = OpenKeys.open(this, output)) {
            Unlock another =
                    new Unlocking(outside(), options())
                            .anotherOrAsked(given, RecoverySheets.of(this, open)::inFile);
            return new Added(open.keys().add(another));
        }
    }

    @Override
    boolean tidiesUp() {
        return true;
    }

    private record Added(KeyAdministration.Added key) implements Result {
        @Override
        public void json(JsonLine json) {
            json.object(
                            "slot",
                            row ->
                                    row.text("id", key.slot().id().toString())
                                            .text("kind", key.slot().kind())
                                            .time("createdTime", key.slot().created()))
                    .flag("added", key.fresh());
        }

        @Override
        public void people(PrintWriter out) {
            out.printf(
                    Locale.ROOT,
                    key.fresh() ? "Added key %s (%s).%n" : "It opens already: key %s (%s).%n",
                    key.slot().id(),
                    key.slot().kind());
        }

        @Override
        public void quiet(PrintWriter out) {
            out.println(key.slot().id());
        }
    }
}
