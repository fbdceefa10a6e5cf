package io.godwit.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.godwit.commit.Forgetting;
import io.godwit.device.TestSources;
import io.godwit.error.FailureKind;
import io.godwit.pipeline.BackupResult.CbtMode;
import io.godwit.repository.Repository;
import io.godwit.volume.VolumeName;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Lists of changes: honest, lying, and laid over bases that are none.
@Timeout(120)
final class ChangedExtentsTest {
    private static final int BLOCK = SparseImage.BLOCK;

    @TempDir Path directory;

    private final SplittableRandom random = new SplittableRandom(5);
    private final SparseImage image = new SparseImage(8 << 20);
    private EngineFixture fixture;

    @BeforeEach
    void begin() {
        image.write(0, SparseImage.noise(random, 6 << 20));
        fixture = EngineFixture.inMemory(directory, "leaf");
    }

    @AfterEach
    void end() {
        fixture.close();
    }

    private Path source() throws Exception {
        return image.save(directory.resolve("source"));
    }

    private ReadScope.Changed changed(Optional<String> base, long... blocks) {
        ExtentSet.Builder extents = new ExtentSet.Builder();
        for (long block : blocks) {
            extents.add(block * BLOCK, BLOCK);
        }
        return new ReadScope.Changed(image.size(), base, extents.build());
    }

    private BackupResult incremental(BackupResult base, long... blocks) throws Exception {
        return fixture.backup(EngineFixture.DB, source(), changed(base.snapshot(), blocks));
    }

    private void write(long block) {
        image.write(block * BLOCK, SparseImage.noise(random, BLOCK));
    }

    @Test
    void readsAndStoresOnlyWhatChanged() throws Exception {
        BackupResult base = fixture.backup(source());
        write(77);
        write(700);
        long stored = fixture.store.putBytes.get();
        BackupResult next = incremental(base, 77, 700);
        assertThat(next.cbtMode()).isEqualTo(CbtMode.CHANGED);
        assertThat(next.changedBytes()).isEqualTo(2 * BLOCK);
        assertThat(next.readBytes()).isEqualTo(2 * BLOCK);
        assertThat(next.newBytes()).isEqualTo(2 * BLOCK);
        assertThat(fixture.store.putBytes.get() - stored).isLessThan(2 * BLOCK + 8_000);
        fixture.assertRestores(next, image);
    }

    /// Small changes for ever: maps stay bounded, because what is worn is cut afresh.
    @Test
    void staysHealthyOverManySmallChanges() throws Exception {
        BackupResult last = fixture.backup(source());
        List<BackupResult> results = new ArrayList<>();
        List<SparseImage> images = new ArrayList<>();
        for (int run = 0; run < 60; run++) {
            long[] blocks = new long[12];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = random.nextInt(6 << 20) / BLOCK;
                write(blocks[i]);
            }
            last = incremental(last, blocks);
            results.add(last);
            images.add(image.copy());
        }
        for (int run : new int[] {0, 17, 38, 59}) {
            fixture.assertRestores(results.get(run), images.get(run));
        }
        // 720 single blocks would leave some 1500 extents; fresh, there are about 100.
        assertThat(extents(last)).isLessThan(420);

        fixture.parent = new ParentChoice.Auto();
        assertThat(fixture.backup(source()).changedBytes()).isZero();
    }

    private int extents(BackupResult result) {
        Repository repository = fixture.repository;
        return repository.withMetadata(
                metadata -> {
                    io.godwit.volume.RegionMap map = new io.godwit.volume.RegionMap();
                    io.godwit.volume.PageRef page =
                            new io.godwit.volume.TreeReader(metadata)
                                    .page(fixture.root(result).tree(), 0);
                    assertThat(page).isNotNull();
                    new io.godwit.volume.PageLoader(metadata)
                            .load(java.util.Objects.requireNonNull(page).chunk(), map);
                    return map.extentCount();
                });
    }

    // ---- lists that lie

    @ParameterizedTest
    @ValueSource(strings = {"leaf", "gear:8KiB"})
    void anAuditFindsALie(String chunker) throws Exception {
        try (EngineFixture other =
                EngineFixture.inMemory(
                        java.nio.file.Files.createDirectory(directory.resolve("x")), chunker)) {
            BackupResult base = other.backup(source());
            image.write(0, SparseImage.noise(random, 3 << 20));
            other.auditBlocks = 40;
            BackupResult caught =
                    other.backup(EngineFixture.DB, source(), changed(base.snapshot(), 9));
            assertThat(caught.cbtMode()).isEqualTo(CbtMode.FULL);
            assertThat(other.warnings).anyMatch(line -> line.startsWith("cbt-mismatch"));
            other.assertRestores(caught, image);

            write(5);
            BackupResult distrusted =
                    other.backup(EngineFixture.DB, source(), changed(caught.snapshot()));
            assertThat(distrusted.cbtMode()).isEqualTo(CbtMode.FULL);
            assertThat(other.warnings).anyMatch(line -> line.startsWith("cbt-distrusted"));
            other.assertRestores(distrusted, image);

            write(6);
            BackupResult trusted =
                    other.backup(EngineFixture.DB, source(), changed(distrusted.snapshot(), 6));
            assertThat(trusted.cbtMode()).isEqualTo(CbtMode.CHANGED);
            assertThat(trusted.cbtAudited()).isEqualTo(40);
            other.assertRestores(trusted, image);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"leaf", "gear:8KiB", "fixed"})
    void anAuditBelievesTheTruth(String chunker) throws Exception {
        try (EngineFixture other =
                EngineFixture.inMemory(
                        java.nio.file.Files.createDirectory(directory.resolve("x")), chunker)) {
            BackupResult base = other.backup(source());
            write(9);
            other.auditBlocks = 200;
            BackupResult next =
                    other.backup(EngineFixture.DB, source(), changed(base.snapshot(), 9));
            assertThat(next.cbtMode()).isEqualTo(CbtMode.CHANGED);
            assertThat(next.cbtAudited()).isEqualTo(200);
            other.assertRestores(next, image);
        }
    }

    // ---- bases

    @Test
    void aForgottenBaseMeansReadingEverything() throws Exception {
        BackupResult base = fixture.backup(source());
        Forgetting.Options options = new Forgetting.Options(true, false, "test");
        fixture.repository.forgetting().forget(List.of(base.snapshot().orElseThrow()), options);
        write(50);
        BackupResult next = incremental(base);
        assertThat(next.cbtMode()).isEqualTo(CbtMode.FULL);
        assertThat(fixture.warnings).anyMatch(line -> line.startsWith("cbt-base-forgotten"));
        fixture.assertRestores(next, image);
    }

    @Test
    void refusesTheBaseOfAnotherVolume() throws Exception {
        BackupResult base =
                fixture.backup(new VolumeName("other"), source(), EngineFixture.EVERYTHING);
        Throwable failure = catchThrowable(() -> incremental(base));
        EngineFixture.assertKind(failure, FailureKind.INVALID);
        fixture.parent = new ParentChoice.Named(base.snapshot().orElseThrow());
        EngineFixture.assertKind(
                catchThrowable(() -> fixture.backup(source())), FailureKind.INVALID);
    }

    @Test
    void findsTheBaseByItsChangeId() throws Exception {
        fixture.changeId = Optional.of("change-1");
        fixture.backup(source());
        write(3);
        fixture.changeId = Optional.of("change-2");
        BackupResult next =
                fixture.backup(EngineFixture.DB, source(), changed(Optional.of("change-1"), 3));
        assertThat(next.cbtMode()).isEqualTo(CbtMode.CHANGED);
        fixture.assertRestores(next, image);
    }

    /// A stream's pages count bytes, a file's count leaves: the rest of the base cannot be taken
    /// over.
    @Test
    void readsEverythingOnABaseThatWasCutByAnotherChunker() throws Exception {
        Path source = source();
        fixture.sources = path -> TestSources.stream(source);
        BackupResult stream = fixture.backup(source);
        assertThat(stream.chunker()).startsWith("gear");
        fixture.sources = io.godwit.device.BlockSources::open;
        write(9);
        BackupResult next = incremental(stream, 9);
        assertThat(next.cbtMode()).isEqualTo(CbtMode.FULL);
        fixture.assertRestores(next, image);
        fixture.parent = new ParentChoice.Auto();
        assertThat(fixture.backup(source()).changedBytes()).isZero();
    }

    @Test
    void refusesExtentsPastTheVolume() throws Exception {
        BackupResult base = fixture.backup(source());
        EngineFixture.assertKind(
                catchThrowable(() -> incremental(base, image.size() / BLOCK)), FailureKind.INVALID);
        ReadScope allocated =
                new ReadScope.Allocated(
                        new ExtentSet.Builder().add(image.size() + BLOCK, 1).build());
        EngineFixture.assertKind(
                catchThrowable(() -> fixture.backup(EngineFixture.DB, source(), allocated)),
                FailureKind.INVALID);
    }
}
