package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.seal.KeyAdministration;
import io.godwit.seal.SlotInfo;
import io.godwit.seal.Unlock;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `godwit key rotate`.
@Command(
        name = "rotate",
        description = {
            "Begins a new key generation: what is written from now on is encrypted under new keys.",
            "With a new password or key, it also takes the place of the one the command is opened"
                    + " with."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  godwit key rotate",
            "  godwit key rotate --password",
            "  godwit key rotate --password-file pw --new-password-file pw2"
        })
final class KeyRotateCommand extends Task {
    @Option(names = "--password", description = "Ask for a new password in place of the old.")
    boolean password;

    @Mixin NewKeyOptions newKey;

    @Override
    Result perform(Output output) {
        try (OpenKeys open = OpenKeys.open(this, output)) {
            Optional<Unlock> successor = successor(open);
            if (successor.isEmpty()) {
                open.keys().rotate();
                return new Rotated(open.keys().ring().generation(), Optional.empty());
            }
            KeyAdministration.Replaced replaced = open.keys().replace(successor.get());
            return new Rotated(open.keys().ring().generation(), Optional.of(replaced));
        } catch (GodwitException e) {
            throw explained(e, output);
        }
    }

    private Optional<Unlock> successor(OpenKeys open) {
        Unlocking unlocking = new Unlocking(outside(), options());
        RecoverySheets sheets = RecoverySheets.of(this, open);
        return password
                ? Optional.of(unlocking.anotherOrAsked(newKey, sheets::inFile))
                : unlocking.another(newKey, sheets::inFile);
    }

    /// A run that was killed behind its ring has changed the key: then the old one opens nothing,
    /// but the new one does.
    private GodwitException explained(GodwitException failure, Output output) {
        boolean given =
                newKey.passwordFile != null
                        || (newKey.keyFile != null && Files.exists(newKey.keyFile));
        if (failure.kind() != FailureKind.DENIED || !given) {
            return failure;
        }
        Unlocking unlocking = new Unlocking(outside(), options());
        try (OpenKeys open =
                OpenKeys.open(
                        this, output, unlocking.anotherOrAsked(newKey, _ -> refuse(failure)))) {
            return new GodwitException(
                            FailureKind.DENIED,
                            "the old password or key opens nothing, the new one does: slot="
                                    + open.keys().openedWith(),
                            failure)
                    .withHint("it was changed already; nothing is left to do");
        } catch (GodwitException neither) {
            return failure;
        }
    }

    private static Unlock refuse(GodwitException failure) {
        throw failure;
    }

    @Override
    boolean tidiesUp() {
        return true;
    }

    private record Rotated(int generation, Optional<KeyAdministration.Replaced> replaced)
            implements Result {
        @Override
        public void json(JsonLine json) {
            json.number("generation", generation)
                    .text("added", replaced.map(now -> now.slot().id().toString()))
                    .text("removed", replaced.map(now -> now.old().toString()));
        }

        @Override
        public void people(PrintWriter out) {
            out.printf(Locale.ROOT, "Key generation %d.%n", generation);
            replaced.ifPresent(
                    now -> {
                        SlotInfo slot = now.slot();
                        out.printf(
                                Locale.ROOT,
                                "Key %s (%s) in place of %s.%n",
                                slot.id(),
                                slot.kind(),
                                now.old());
                    });
            out.println("What was stored until now stays as it is, and readable.");
        }
    }
}
