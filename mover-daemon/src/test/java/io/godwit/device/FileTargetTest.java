package io.godwit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class FileTargetTest {
    @TempDir Path directory;

    private Path image() {
        return directory.resolve("image");
    }

    private TargetRequest request(long bytes, boolean overwrite, boolean keep) {
        return new TargetRequest(image().toString(), bytes, overwrite, keep, List.of());
    }

    private static TargetRequest to(Path target, Path... reserved) {
        return new TargetRequest(target.toString(), 10, true, false, List.of(reserved));
    }

    private static void assertFails(FailureKind kind, ThrowingCallable call, String... facts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContainingAll(facts);
    }

    private static long allocated(Path file) throws IOException {
        return 512
                * Long.parseLong(
                        LoopDevice.run(List.of("stat", "-c", "%b", file.toString())).strip());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4095, 4097, 300_000})
    void writesAFileOfAnySize(int size) throws IOException {
        byte[] expected = new byte[size];
        new Random(size).nextBytes(expected);
        try (Arena arena = Arena.ofConfined();
                BlockTarget target = BlockTargets.open(request(size, false, false))) {
            assertThat(target.facts().blank()).isTrue();
            MemorySegment source = arena.allocate(size + 1L).asSlice(1);
            source.copyFrom(MemorySegment.ofArray(expected));
            int middle = size / 3;
            target.write(middle, source, middle, size - middle);
            target.write(0, source, 0, middle);
            target.sync();
            MemorySegment back = arena.allocate(size + 1L);
            target.read(0, back, 0, size);
            assertThat(back.asSlice(0, size).mismatch(source)).isEqualTo(-1);
            assertThatThrownBy(() -> target.write(size, source, 0, 1))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Files.readAllBytes(image())).isEqualTo(expected);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(image())))
                .isEqualTo("rw-------");
    }

    @Test
    void zerosAreHoles() throws IOException {
        int size = 1 << 20;
        byte[] expected = new byte[size];
        new Random(1).nextBytes(expected);
        Files.write(image(), expected);
        try (BlockTarget target = BlockTargets.open(request(size, true, true))) {
            assertThat(target.facts().blank()).isFalse();
            target.zero(5, 100);
            target.zero(100_000, 800_000);
            target.zero(200_000, 100);
            target.sync();
        }
        MemorySegment.ofArray(expected).asSlice(5, 100).fill((byte) 0);
        MemorySegment.ofArray(expected).asSlice(100_000, 800_000).fill((byte) 0);
        assertThat(Files.readAllBytes(image())).isEqualTo(expected);
        assertThat(allocated(image())).isLessThan(300_000);
    }

    @Test
    void reservesSpaceAndChangesNothing() throws IOException {
        int size = 1 << 20;
        try (BlockTarget target = BlockTargets.open(request(size, false, false));
                Arena arena = Arena.ofConfined()) {
            target.write(1000, arena.allocate(8).fill((byte) 1), 0, 8);
            target.reserve(0, size / 2);
            target.sync();
            assertThat(allocated(image())).isBetween(size / 2L, size * 3L / 4);
            target.zero(0, size / 2);
            target.sync();
        }
        assertThat(Files.readAllBytes(image())).isEqualTo(new byte[size]);
    }

    @Test
    void findsAFullDiskBeforeTheWork() throws IOException {
        LoopDevice.assumeUsable();
        try (LoopDevice loop = LoopDevice.create(directory.resolve("disk"), 16 << 20)) {
            LoopDevice.run(List.of("mkfs.ext4", "-q", loop.path()));
            Path place = Files.createDirectory(directory.resolve("place"));
            LoopDevice.run(List.of("mount", loop.path(), place.toString()));
            Path file = place.resolve("image");
            TargetRequest large =
                    new TargetRequest(file.toString(), 64 << 20, false, false, List.of());
            try (BlockTarget target = BlockTargets.open(large);
                    Arena arena = Arena.ofConfined()) {
                assertFails(
                        FailureKind.UNAVAILABLE, () -> target.reserve(0, 64 << 20), "disk full");
                MemorySegment piece = arena.allocate(1 << 20).fill((byte) 1);
                assertFails(
                        FailureKind.UNAVAILABLE,
                        () -> {
                            for (long at = 0; at < 64 << 20; at += 1 << 20) {
                                target.write(at, piece, 0, 1 << 20);
                            }
                        },
                        "disk full",
                        file.toString());
            } finally {
                LoopDevice.run(List.of("umount", place.toString()));
            }
        }
    }

    @Test
    void aBlankFileLosesWhatItHeld() throws IOException {
        Files.write(image(), new byte[] {1, 2, 3, 4, 5, 6});
        assertFails(
                FailureKind.INVALID,
                () -> BlockTargets.open(request(4, false, false)),
                "not empty",
                "size=6");
        assertThat(Files.readAllBytes(image())).containsExactly(1, 2, 3, 4, 5, 6);
        BlockTargets.open(request(4, true, true)).close();
        assertThat(Files.readAllBytes(image())).containsExactly(1, 2, 3, 4);
        try (BlockTarget target = BlockTargets.open(request(5, true, false))) {
            assertThat(target.facts().blank()).isTrue();
        }
        assertThat(Files.readAllBytes(image())).containsExactly(0, 0, 0, 0, 0);
    }

    @Test
    void refusesWhatCannotHoldAVolume() throws IOException {
        assertFails(FailureKind.INVALID, () -> BlockTargets.open(to(directory)), "a directory");
        assertFails(
                FailureKind.INVALID,
                () -> BlockTargets.open(to(Path.of("/dev/null"))),
                "a character device");
        Path pipe = directory.resolve("pipe");
        LoopDevice.run(List.of("mkfifo", pipe.toString()));
        assertFails(FailureKind.INVALID, () -> BlockTargets.open(to(pipe)), "a pipe");
        assertFails(
                FailureKind.NOT_FOUND,
                () -> BlockTargets.open(to(directory.resolve("no/where"))),
                "no such file");
        assertFails(
                FailureKind.NOT_FOUND,
                () -> BlockTargets.open(to(Path.of("/dev/sdaa99"))),
                "no such file");
        Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));
        assertFails(FailureKind.NOT_FOUND, () -> BlockTargets.open(to(link)), "symbolic link");
        assertThat(Files.exists(directory.resolve("nowhere"))).isFalse();
    }

    @Test
    void refusesReservedPlacesThroughLinksToo() throws IOException {
        Path repository = Files.createDirectory(directory.resolve("repository"));
        Path packs = Files.createDirectories(repository.resolve("p/00"));
        Path link = Files.createSymbolicLink(directory.resolve("link"), packs);
        for (Path target : List.of(packs.resolve("new"), link.resolve("new"))) {
            assertFails(
                    FailureKind.INVALID,
                    () -> BlockTargets.open(to(target, repository)),
                    "must not be written",
                    "reserved=" + repository);
        }
        assertThat(packs.toFile().list()).isEmpty();
        Path source = Files.write(directory.resolve("source"), new byte[10]);
        Path hard = Files.createLink(directory.resolve("hard"), source);
        assertFails(
                FailureKind.INVALID,
                () -> BlockTargets.open(to(hard, source)),
                "must not be written");
        BlockTargets.open(to(directory.resolve("repository2"), repository)).close();
    }

    @Test
    void leavesNoFileBehindWhenItCannotBeThatLarge() {
        assertFails(
                FailureKind.INVALID,
                () -> BlockTargets.open(request(Long.MAX_VALUE, false, false)),
                "too large");
        assertThat(Files.exists(image())).isFalse();
    }

    @Test
    void saysThatTheDiskIsFull() {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "there is no /dev/full");
        int descriptor = NativeFiles.open(full.toString(), NativeFiles.O_RDWR, 0);
        try (OpenFile file = new OpenFile(descriptor, "/dev/full", 1);
                Arena arena = Arena.ofConfined()) {
            assertFails(
                    FailureKind.UNAVAILABLE,
                    () -> file.write(0, arena.allocate(100), 0, 100),
                    "disk full");
        }
    }

    @Test
    void streamsAreWrittenInOrder() throws IOException {
        int descriptor =
                NativeFiles.open(
                        image().toString(), NativeFiles.O_RDWR | NativeFiles.O_CREAT, 0600);
        try (Arena arena = Arena.ofConfined();
                StreamTarget stream = new StreamTarget(descriptor, 3 << 20)) {
            MemorySegment bytes = arena.allocate(10).fill((byte) 1);
            stream.write(0, bytes, 0, 10);
            assertThatThrownBy(() -> stream.write(11, bytes, 0, 10))
                    .isInstanceOf(IllegalStateException.class);
            stream.zero(10, (3 << 20) - 20);
            stream.write((3 << 20) - 10, bytes, 0, 10);
            stream.sync();
            assertThat(stream.position()).isEqualTo(3 << 20);
        }
        byte[] content = Files.readAllBytes(image());
        assertThat(content).hasSize(3 << 20).startsWith(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0);
        int ones = 0;
        for (byte b : content) {
            ones += b;
        }
        assertThat(ones).isEqualTo(20);
    }
}
