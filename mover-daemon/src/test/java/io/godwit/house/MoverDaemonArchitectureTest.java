package io.godwit.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MoverDaemonArchitectureTest {
    private static final JavaClasses CLASSES = HouseRules.production();

    @ParameterizedTest
    @MethodSource("io.godwit.house.HouseRules#all")
    void keepsTheRulesOfTheHouse(ArchRule rule) {
        rule.check(CLASSES);
    }

    @Test
    void isNotMeasuredFromWithin() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.godwit.bench..", "org.openjdk.jmh..")
                .because("benchmarks look at the product; the product never looks back")
                .check(CLASSES);
    }
}
