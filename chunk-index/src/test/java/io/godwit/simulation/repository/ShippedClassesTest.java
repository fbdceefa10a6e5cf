package io.godwit.simulation.repository;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.godwit.collect.PackMark;
import io.godwit.commit.CatalogueMemory;
import io.godwit.commit.CollectedPacks;
import io.godwit.commit.FanOut;
import io.godwit.commit.RepositoryAccess;
import io.godwit.commit.Sealing;
import io.godwit.index.ChunkIndex;
import io.godwit.volume.RecordSource;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What is simulated is what is shipped: nothing of the protocol has a second implementation here.
final class ShippedClassesTest {
    private static final JavaClasses CLASSES =
            new ClassFileImporter()
                    .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                    .importPackages("io.godwit");

    private static final String SIMULATION = "io.godwit.simulation";

    @Test
    void noPortOfTheProtocolIsImplementedHere() {
        for (Class<?> port :
                new Class<?>[] {
                    PackMark.class,
                    CollectedPacks.class,
                    CatalogueMemory.class,
                    ChunkIndex.class,
                    RepositoryAccess.class,
                    Sealing.class,
                    FanOut.class,
                    RecordSource.class
                }) {
            noClasses()
                    .that()
                    .resideInAPackage(SIMULATION + "..")
                    .should()
                    .beAssignableTo(port)
                    .because("the simulation runs the shipped one")
                    .check(CLASSES);
        }
    }

    @Test
    void noClassOfTheProtocolHasADouble() {
        Set<String> shipped =
                CLASSES.stream()
                        .filter(type -> !type.getPackageName().startsWith(SIMULATION))
                        .filter(JavaClass::isTopLevelClass)
                        .map(JavaClass::getSimpleName)
                        .filter(name -> !name.equals("package-info"))
                        .collect(Collectors.toSet());
        assertThat(shipped).contains("Session", "Collector", "Retention", "LocalCache");
        assertThat(CLASSES.stream().filter(type -> type.getPackageName().startsWith(SIMULATION)))
                .isNotEmpty()
                .noneMatch(type -> type.isTopLevelClass() && isDouble(type, shipped));
    }

    private static boolean isDouble(JavaClass type, Set<String> shipped) {
        String name = type.getSimpleName();
        return !name.equals("package-info") && !name.equals("Kernel") && shipped.contains(name);
    }

    @Test
    void theShippedClassesAreRun() {
        Set<String> used =
                CLASSES.stream()
                        .filter(type -> type.getPackageName().startsWith(SIMULATION))
                        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                        .map(dependency -> dependency.getTargetClass().getName())
                        .collect(Collectors.toSet());
        assertThat(used)
                .contains(
                        "io.godwit.commit.Session",
                        "io.godwit.commit.Catalogue",
                        "io.godwit.commit.Forgetting",
                        "io.godwit.commit.DeadSessions",
                        "io.godwit.commit.CatchUp",
                        "io.godwit.repository.Repository",
                        "io.godwit.repository.ChunkReader",
                        "io.godwit.index.LocalCache",
                        "io.godwit.index.SessionIndex",
                        "io.godwit.index.AttemptJournal",
                        "io.godwit.index.SegmentWriter",
                        "io.godwit.pack.PackWriter",
                        "io.godwit.volume.PageWriter",
                        "io.godwit.volume.TreeWriter",
                        "io.godwit.store.RetryingStore");
        Set<String> repository =
                CLASSES
                        .get("io.godwit.repository.Repository")
                        .getDirectDependenciesFromSelf()
                        .stream()
                        .map(dependency -> dependency.getTargetClass().getName())
                        .collect(Collectors.toSet());
        assertThat(repository)
                .contains("io.godwit.collect.Collector", "io.godwit.collect.Undeletion");
    }
}
