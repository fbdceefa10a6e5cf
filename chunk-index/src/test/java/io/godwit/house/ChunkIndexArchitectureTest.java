package io.godwit.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ChunkIndexArchitectureTest {
    private static final JavaClasses CLASSES = HouseRules.production();

    @ParameterizedTest
    @MethodSource("io.godwit.house.HouseRules#all")
    void keepsTheRulesOfTheHouse(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void knowsNobodyAbove() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.godwit.nbd..",
                        "io.godwit.device..",
                        "io.godwit.pipeline..",
                        "io.godwit.restore..",
                        "io.godwit.cli..",
                        "io.godwit.demo..",
                        "io.godwit.doctor..",
                        "io.godwit.bench..",
                        "tools.jackson..",
                        "software.amazon..",
                        "io.netty..",
                        "io.fabric8..")
                .because(
                        "what is stored is read by tools that run nothing: formats outlive daemons")
                .check(CLASSES);
    }
}
