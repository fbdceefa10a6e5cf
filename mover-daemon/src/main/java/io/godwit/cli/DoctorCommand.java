package io.godwit.cli;

import io.godwit.doctor.Doctor;
import io.godwit.doctor.Finding;
import io.godwit.doctor.Machine;
import io.godwit.error.FailureKind;
import io.godwit.store.Store;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;

/// `godwit doctor`.
@Command(
        name = "doctor",
        description = {
            "Looks at this machine, and at a store when a repository is named; with advice.",
            "Needs no password. Takes some seconds."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  godwit doctor", "  godwit doctor -r /srv/backup --json"})
final class DoctorCommand extends Task {
    @Override
    Result perform(Output output) {
        Outside outside = outside();
        Machine machine =
                new Machine(
                        Places.of(outside, options(), output).cache(),
                        Path.of(outside.environment().getOrDefault("TMPDIR", "/tmp")),
                        Limits.memoryBytes(options()),
                        outside.clock(),
                        outside.nanoTime(),
                        outside.random().get(),
                        outside.threads());
        if (!OpenRepository.isNamed(outside, options())) {
            return new Diagnosis(new Doctor(machine).examine(Optional.empty()));
        }
        try (Store store = OpenRepository.store(this)) {
            return new Diagnosis(new Doctor(machine).examine(Optional.of(store)));
        }
    }

    private record Diagnosis(List<Finding> checks) implements Result {
        /// The store's. What is said of the machine is advice.
        private Optional<Finding> failed() {
            return checks.stream().filter(check -> check.failure().isPresent()).findFirst();
        }

        /// That of whoever would use the store.
        @Override
        public int exitCode() {
            return failed().flatMap(Finding::failure).map(FailureKind::exitCode).orElse(0);
        }

        @Override
        public Optional<String> complaint() {
            return failed().map(check -> check.value() + "; " + check.advice().orElse(""));
        }

        @Override
        public void json(JsonLine json) {
            json.objects(
                    "checks",
                    checks.stream()
                            .<JsonLine.Fields>map(check -> row -> fields(check, row))
                            .toList());
        }

        private static void fields(Finding check, JsonLine row) {
            row.text("name", check.name()).flag("ok", check.ok()).text("value", check.value());
            check.advice().ifPresent(advice -> row.text("advice", advice));
        }

        @Override
        public void people(PrintWriter out) {
            Table table = new Table("lll", "CHECK", "", "FOUND");
            for (Finding check : checks) {
                table.row(check.name(), check.ok() ? "ok" : "!", check.value());
            }
            table.print(out);
            checks.stream()
                    .filter(check -> !check.ok())
                    .forEach(
                            check ->
                                    out.printf(
                                            Locale.ROOT,
                                            "%s: %s.%n",
                                            check.name(),
                                            check.advice().orElse("")));
        }
    }
}
