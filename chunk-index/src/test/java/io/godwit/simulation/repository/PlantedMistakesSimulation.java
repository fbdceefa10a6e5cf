package io.godwit.simulation.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.simulation.repository.RepositorySimulation.Ending;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every planted mistake is found, by the same judges and within a stated number of seeds.
@EnabledIfSystemProperty(named = "godwit.simulation.planted", matches = "true")
final class PlantedMistakesSimulation {
    private static final int SEEDS = 1000;

    private static Stream<String> mistakes() {
        return PlantedMistakes.all().keySet().stream()
                .filter(mistake -> !PlantedMistakes.RARE.contains(mistake));
    }

    private static Stream<String> rare() {
        return PlantedMistakes.RARE.stream().sorted();
    }

    private static RepositorySimulation planted(String mistake) {
        return new RepositorySimulation(
                Thread.ofVirtual().factory(),
                java.util.Objects.requireNonNull(PlantedMistakes.all().get(mistake)));
    }

    private static Optional<Ending> firstBad(RepositorySimulation simulation, long seeds) {
        for (long seed = 1; seed <= seeds; seed++) {
            Ending ending = simulation.run(seed);
            if (ending.violation().isPresent()) {
                return Optional.of(ending);
            }
        }
        return Optional.empty();
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void isFound(String mistake) {
        requireFound(mistake, SEEDS);
    }

    /// What takes thousands of seeds: `-Dgodwit.simulation.rare=20000`.
    @ParameterizedTest
    @MethodSource("rare")
    @EnabledIfSystemProperty(named = "godwit.simulation.rare", matches = "\\d+")
    void isFoundInTheEnd(String mistake) {
        requireFound(mistake, Long.getLong("godwit.simulation.rare", SEEDS));
    }

    private static void requireFound(String mistake, long seeds) {
        try (RepositorySimulation simulation = planted(mistake)) {
            Optional<Ending> bad = firstBad(simulation, seeds);
            assertThat(bad).as("%s within %d seeds", mistake, seeds).isPresent();
            System.out.printf(
                    Locale.ROOT,
                    "planted %-28s seed %4d  %s%n",
                    mistake,
                    bad.orElseThrow().seed(),
                    bad.orElseThrow().violation().orElseThrow().rule());
        }
    }

    @Test
    void isMadeShorterAndReplayed() {
        try (RepositorySimulation simulation = planted("ack-and-nothing-else")) {
            Ending bad = firstBad(simulation, SEEDS).orElseThrow();
            RepositorySimulation.Shrunk shrunk = simulation.shrink(bad.seed(), 300);
            String rule = bad.violation().orElseThrow().rule();
            assertThat(shrunk.ending().violation().orElseThrow().rule()).isEqualTo(rule);
            assertThat(shrunk.strokes()).isLessThan(shrunk.strokesBefore());
            Set<String> kept = Set.copyOf(shrunk.ending().strokes());
            Ending replayed = simulation.run(bad.seed(), true, stroke -> !kept.contains(stroke));
            assertThat(replayed.digest()).isEqualTo(shrunk.ending().digest());
            assertThat(replayed.trace()).isEqualTo(shrunk.ending().trace()).isNotEmpty();
        }
    }
}
