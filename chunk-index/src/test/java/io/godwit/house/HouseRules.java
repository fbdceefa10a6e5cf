package io.godwit.house;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/// The rules of the house that hold in every module. Each module's `ArchitectureTest` runs them,
/// and adds its arrows.
public final class HouseRules {
    private HouseRules() {}

    /// Everything of ours on the class path but tests.
    public static JavaClasses production() {
        return new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("-tests.jar"))
                .importPackages("io.godwit");
    }

    public static List<ArchRule> all() {
        return List.of(
                noCycles(),
                noDrawersForOddments(),
                wall(
                        "io.godwit.index",
                        "a cache that can be deleted any time must be easy to take out",
                        "org.rocksdb.."),
                wall(
                        "io.godwit.pack",
                        "how chunks are compressed is written into packs in one place only",
                        "com.github.luben.zstd..",
                        "net.jpountz.."),
                wall(
                        "io.godwit.digest",
                        "it is an incubator module, and its scalar twin must give identical results",
                        "jdk.incubator.vector.."),
                wall(
                        "io.godwit.s3",
                        "a store is a port; the vendor's client stands behind it and nowhere else",
                        "software.amazon.awssdk.."),
                wall(
                        "io.godwit.vault",
                        "who keeps keys is a port, and nothing else of ours speaks HTTP by itself",
                        "java.net.http.."),
                wall(
                        "io.godwit.cli",
                        "the rest is a library that knows nothing of command lines",
                        "picocli.."));
    }

    private static ArchRule noCycles() {
        return slices().matching("io.godwit.(*)..")
                .should()
                .beFreeOfCycles()
                // The cursors read and write ids, which are plain values that use nothing.
                .ignoreDependency(
                        nameMatching("io\\.godwit\\.format\\.Byte(Reader|Writer)"),
                        nameMatching("io\\.godwit\\.pack\\.(PackId|SessionId)"))
                .because(
                        "packages that need each other are one package that nobody can read in order");
    }

    private static ArchRule noDrawersForOddments() {
        return noClasses()
                .should()
                .resideInAnyPackage(
                        "..util..",
                        "..utils..",
                        "..common..",
                        "..impl..",
                        "..manager..",
                        "..helper..")
                .because("a package is a noun of the field; a drawer for oddments only grows");
    }

    private static ArchRule wall(String home, String reason, String... vendor) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(home + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(vendor)
                .because(reason)
                .allowEmptyShould(true);
    }
}
