package io.godwit.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real block devices: loop devices over files in a temporary directory.
@Timeout(120)
final class DeviceTest {
    private static final int BLOCK = BlockSource.BLOCK_BYTES;
    private static final long SIZE = 8L << 20;

    @TempDir Path directory;

    @BeforeEach
    void needsLoopDevices() {
        LoopDevice.assumeUsable();
    }

    private Path image() {
        return directory.resolve("image");
    }

    private static byte[] random(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static TargetRequest request(String target, long bytes, boolean overwrite) {
        return new TargetRequest(target, bytes, overwrite, false, List.of());
    }

    private static void assertRefused(ThrowingCallable call, String... facts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(FailureKind.INVALID);
                            assertThat(e.hint()).isPresent();
                        })
                .hasMessageContainingAll(facts);
    }

    @ParameterizedTest
    @ValueSource(strings = {"512", "4096"})
    void readsWithDirectIoWhateverTheAlignment(String sector) throws IOException {
        byte[] content = random(1, (int) SIZE);
        Files.write(image(), content);
        try (LoopDevice loop = LoopDevice.over(image(), "-b", sector);
                BlockSource source = BlockSources.open(loop.path());
                Arena arena = Arena.ofConfined()) {
            assertThat(source.facts().kind()).isEqualTo(SourceFacts.Kind.DEVICE);
            assertThat(source.facts().blockBytes()).isEqualTo(Integer.parseInt(sector));
            assertThat(source.size()).isEqualTo(SIZE);
            MemorySegment target = arena.allocate(SIZE + BLOCK, BLOCK);
            Random random = new Random(2);
            for (int i = 0; i < 50; i++) {
                int at = random.nextInt((int) SIZE);
                int length = random.nextInt((int) SIZE - at);
                if (i % 2 == 0) {
                    at &= -BLOCK;
                    length &= -BLOCK;
                }
                int shift = i % 3 == 0 ? random.nextInt(BLOCK) : 0;
                source.read(at, target, shift, length);
                MemorySegment expected = MemorySegment.ofArray(content).asSlice(at, length);
                assertThat(target.asSlice(shift, length).mismatch(expected)).isEqualTo(-1);
            }
            assertThat(source.nextData(BLOCK)).isEqualTo(BLOCK);
            assertThat(source.nextHole(0)).isEqualTo(SIZE);
            source.checkUnchanged();
        }
    }

    @Test
    void readsADeviceThatEndsInsideOfABlock() throws IOException {
        byte[] content = random(3, 5 * 512 + 4 * BLOCK);
        Files.write(image(), content);
        try (LoopDevice loop = LoopDevice.over(image());
                BlockSource source = BlockSources.open(loop.path());
                Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(6L * BLOCK, BLOCK).fill((byte) 9);
            source.read(0, target, 0, 5 * BLOCK);
            // 5 sectors behind 4 blocks: the fifth block is cut short.
            assertThat(target.mismatch(MemorySegment.ofArray(content))).isEqualTo(content.length);
            assertThat(target.get(ValueLayout.JAVA_BYTE, content.length)).isZero();
            assertThat(target.get(ValueLayout.JAVA_BYTE, 5L * BLOCK - 1)).isZero();
        }
    }

    @Test
    void namesWhatAFailingDeviceCannotRead() throws IOException {
        Files.write(image(), random(4, (int) SIZE));
        try (LoopDevice loop = LoopDevice.over(image());
                Arena arena = Arena.ofConfined();
                BlockSource source = BlockSources.open(loop.path())) {
            // Behind the end of its file a loop device gives input/output errors.
            long left = SIZE - (1 << 20) - 3L * BLOCK;
            try (RandomAccessFile file = new RandomAccessFile(image().toFile(), "rw")) {
                file.setLength(left);
            }
            MemorySegment tile = arena.allocate(1 << 20, BLOCK);
            long valid = 0;
            long bad = 0;
            for (long at = 0; at < SIZE; at += tile.byteSize()) {
                int length = (int) Math.min(tile.byteSize(), SIZE - at);
                ReadFailure failure = Salvage.read(source, at, tile, 0, length, () -> false);
                long missing = 0;
                if (failure != null) {
                    assertThat(failure.bad()).hasSize(1);
                    assertThat(failure.toGodwit().kind()).isEqualTo(FailureKind.PARTIAL);
                    missing = failure.bad().getFirst().length();
                    assertThat(failure.offset()).isGreaterThanOrEqualTo(left);
                }
                bad += missing;
                valid += length - missing;
            }
            assertThat(valid).isEqualTo(left);
            assertThat(bad).isEqualTo(SIZE - left);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"512", "4096"})
    void writesWithDirectIoWhateverTheAlignment(String sector) throws IOException {
        byte[] expected = random(5, (int) SIZE);
        Files.write(image(), expected);
        try (LoopDevice loop = LoopDevice.over(image(), "-b", sector);
                Arena arena = Arena.ofConfined();
                BlockTarget target = BlockTargets.open(request(loop.path(), SIZE, true))) {
            assertThat(target.facts().kind()).isEqualTo(TargetFacts.Kind.DEVICE);
            assertThat(target.size()).isEqualTo(SIZE);
            MemorySegment source = arena.allocate(SIZE + BLOCK, BLOCK);
            source.copyFrom(MemorySegment.ofArray(random(6, (int) SIZE + BLOCK)));
            MemorySegment back = arena.allocate(SIZE, BLOCK);
            Random random = new Random(7);
            for (int i = 0; i < 200; i++) {
                int at = random.nextInt((int) SIZE);
                int most = i % 4 < 2 ? 3 * BLOCK : 3 << 20;
                int length = random.nextInt(Math.min(most, (int) SIZE - at));
                if (i % 2 == 0) {
                    at &= -BLOCK;
                    length &= -BLOCK;
                }
                if (i % 5 == 0) {
                    target.zero(at, length);
                    MemorySegment.ofArray(expected).asSlice(at, length).fill((byte) 0);
                } else {
                    target.write(at, source, i, length);
                    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, i, expected, at, length);
                }
                target.read(0, back, 0, (int) SIZE);
                assertThat(back.mismatch(MemorySegment.ofArray(expected)))
                        .as("step %d", i)
                        .isEqualTo(-1);
            }
            target.sync();
        }
        assertThat(Files.readAllBytes(image())).isEqualTo(expected);
    }

    @Test
    void zeroingFreesSpaceWhereTheDeviceCan() throws IOException {
        Files.write(image(), random(8, (int) SIZE));
        try (LoopDevice loop = LoopDevice.over(image());
                BlockTarget target = BlockTargets.open(request(loop.path(), SIZE, true))) {
            target.zero(100, SIZE - 200);
            target.sync();
        }
        byte[] content = Files.readAllBytes(image());
        for (int i = 100; i < SIZE - 100; i++) {
            assertThat(content[i]).isZero();
        }
        byte[] before = random(8, (int) SIZE);
        assertThat(content).startsWith(Arrays.copyOf(before, 100));
        String blocks = LoopDevice.run(List.of("stat", "-c", "%b", image().toString())).strip();
        assertThat(Long.parseLong(blocks) * 512).isLessThan(SIZE / 4);
    }

    @Test
    void refusesADeviceThatIsTooSmall() throws IOException {
        try (LoopDevice loop = LoopDevice.create(image(), SIZE)) {
            assertRefused(
                    () -> BlockTargets.open(request(loop.path(), SIZE + 1, true)),
                    "too small",
                    "size=" + SIZE,
                    "needed=" + (SIZE + 1));
            BlockTargets.open(request(loop.path(), SIZE, false)).close();
        }
    }

    @Test
    void refusesAFileSystemUnlessForcedAndAMountedOneAlways() throws IOException {
        try (LoopDevice loop = LoopDevice.create(image(), SIZE)) {
            LoopDevice.run(List.of("mkfs.ext4", "-q", loop.path()));
            assertRefused(
                    () -> BlockTargets.open(request(loop.path(), SIZE, false)),
                    "not empty",
                    "holds=ext file system");
            BlockTargets.open(request(loop.path(), SIZE, true)).close();
            assertThat(Signatures.of(BlockSources.open(loop.path()))).contains("ext file system");

            Path place = Files.createDirectory(directory.resolve("a place"));
            LoopDevice.run(List.of("mount", loop.path(), place.toString()));
            try {
                assertRefused(
                        () -> BlockTargets.open(request(loop.path(), SIZE, true)),
                        "in use",
                        "use=mounted at " + place);
            } finally {
                LoopDevice.run(List.of("umount", place.toString()));
            }
            BlockTargets.open(request(loop.path(), SIZE, true)).close();
        }
    }

    @Test
    void refusesWhatSomebodyHoldsExclusively() throws IOException {
        try (LoopDevice loop = LoopDevice.create(image(), SIZE);
                BlockTarget first = BlockTargets.open(request(loop.path(), SIZE, true))) {
            assertThat(first.size()).isEqualTo(SIZE);
            assertRefused(
                    () -> BlockTargets.open(request(loop.path(), SIZE, true)),
                    "in use",
                    "opened exclusively");
        }
    }

    @Test
    void refusesSwapAndItsSignature() throws IOException {
        try (LoopDevice loop = LoopDevice.create(image(), SIZE)) {
            LoopDevice.run(List.of("mkswap", loop.path()));
            assertRefused(
                    () -> BlockTargets.open(request(loop.path(), SIZE, false)), "holds=swap space");
        }
    }

    @Test
    void refusesSwapInUse() throws IOException {
        try (LoopDevice loop = LoopDevice.create(image(), SIZE)) {
            LoopDevice.run(List.of("mkswap", loop.path()));
            LoopDevice.assumeWorks(List.of("swapon", loop.path()));
            try {
                assertRefused(
                        () -> BlockTargets.open(request(loop.path(), SIZE, true)),
                        "in use",
                        "use=used as swap");
            } finally {
                LoopDevice.run(List.of("swapoff", loop.path()));
            }
        }
    }

    @Test
    void refusesADiskOfWhichAPartitionIsMounted() throws IOException {
        byte[] disk = new byte[(int) SIZE];
        byte[] entry = {0, 0, 0, 0, (byte) 0x83, 0, 0, 0, 0, 8, 0, 0, 0, 32, 0, 0};
        System.arraycopy(entry, 0, disk, 446, 16);
        disk[510] = 0x55;
        disk[511] = (byte) 0xaa;
        Files.write(image(), disk);
        try (LoopDevice loop = LoopDevice.over(image(), "-P")) {
            String partition = loop.path() + "p1";
            LoopDevice.assumeWorks(List.of("test", "-b", partition)); // Not all kernels know MBRs.
            LoopDevice.run(List.of("mkfs.ext4", "-q", partition));
            assertRefused(
                    () -> BlockTargets.open(request(loop.path(), SIZE, false)),
                    "holds=MBR partition table");
            Path place = Files.createDirectory(directory.resolve("place"));
            LoopDevice.run(List.of("mount", partition, place.toString()));
            try {
                for (String target : List.of(loop.path(), partition)) {
                    assertRefused(
                            () -> BlockTargets.open(request(target, 1, true)),
                            "in use",
                            "use=mounted at " + place);
                }
            } finally {
                LoopDevice.run(List.of("umount", place.toString()));
            }
            BlockTargets.open(request(partition, 1, true)).close();
        }
    }

    @Test
    void noticesADeviceThatGrewOrShrank() throws IOException {
        try (LoopDevice loop = LoopDevice.create(image(), SIZE);
                BlockSource source = BlockSources.open(loop.path())) {
            source.checkUnchanged();
            for (long size : new long[] {2 * SIZE, SIZE / 2}) {
                try (RandomAccessFile file = new RandomAccessFile(image().toFile(), "rw")) {
                    file.setLength(size);
                }
                LoopDevice.run(List.of("losetup", "-c", loop.path()));
                assertThatThrownBy(source::checkUnchanged)
                        .isInstanceOfSatisfying(
                                GodwitException.class,
                                e -> assertThat(e.kind()).isEqualTo(FailureKind.FENCED))
                        .hasMessageContaining(size > SIZE ? "grew" : "shrank");
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment target = arena.allocate(BLOCK, BLOCK);
                assertThatThrownBy(() -> source.read(SIZE - BLOCK, target, 0, BLOCK))
                        .hasMessageContaining("shrank");
            }
        }
    }

    @Test
    void neighboursInOneBlockDoNotUndoEachOther() throws Exception {
        try (LoopDevice loop = LoopDevice.create(image(), SIZE, "-b", "4096");
                Arena arena = Arena.ofShared();
                BlockTarget target = BlockTargets.open(request(loop.path(), SIZE, true))) {
            MemorySegment ones = arena.allocate(BLOCK).fill((byte) 1);
            List<Thread> writers = new ArrayList<>();
            for (int part = 0; part < 4; part++) {
                long from = part * 1000L;
                writers.add(
                        Threads.named("writer")
                                .newThread(
                                        () -> {
                                            for (long at = from; at < 64 * BLOCK; at += BLOCK) {
                                                target.write(at, ones, 0, 1000);
                                            }
                                        }));
            }
            writers.forEach(Thread::start);
            for (Thread writer : writers) {
                writer.join();
            }
            MemorySegment back = arena.allocate(64L * BLOCK, BLOCK);
            target.read(0, back, 0, 64 * BLOCK);
            for (int i = 0; i < 64 * BLOCK; i++) {
                byte expected = (byte) (i % BLOCK < 4000 ? 1 : 0);
                assertThat(back.get(ValueLayout.JAVA_BYTE, i)).as("byte %d", i).isEqualTo(expected);
            }
        }
    }

    @Test
    void knowsHolesSmallerThanABlock() throws IOException {
        try (LoopDevice loop = LoopDevice.create(image(), SIZE)) {
            LoopDevice.run(List.of("mkfs.ext4", "-q", "-b", "1024", loop.path()));
            Path place = Files.createDirectory(directory.resolve("place"));
            LoopDevice.run(List.of("mount", loop.path(), place.toString()));
            try {
                checkSmallHoles(place.resolve("sparse"));
            } finally {
                LoopDevice.run(List.of("umount", place.toString()));
            }
        }
    }

    /// Block 0 has a hole at its end, 1 is one, 2 has one at its start, 3 in its middle, 4 and 5
    /// are holes.
    private static void checkSmallHoles(Path sparse) throws IOException {
        byte[] kib = random(10, 1024);
        try (RandomAccessFile file = new RandomAccessFile(sparse.toFile(), "rw")) {
            file.setLength(6 * BLOCK + 100);
            for (int at : new int[] {0, 3, 11, 12, 15, 24}) {
                file.seek(at * 1024L);
                file.write(kib, 0, at == 24 ? 100 : 1024);
            }
            file.getFD().sync();
        }
        try (BlockSource source = BlockSources.open(sparse.toString())) {
            ExtentList extents = new ExtentList();
            extents.addData(source, 0, source.size());
            assertThat(extents.size()).isEqualTo(3);
            assertThat(extents.offset(0)).isZero();
            assertThat(extents.length(0)).isEqualTo(BLOCK);
            assertThat(extents.offset(1)).isEqualTo(2 * BLOCK);
            assertThat(extents.length(1)).isEqualTo(2 * BLOCK);
            assertThat(extents.offset(2)).isEqualTo(6 * BLOCK);
            assertThat(extents.length(2)).isEqualTo(100);
        }
    }

    @Test
    void refusesTheFileBelowALoopDevice() throws IOException {
        try (LoopDevice loop = LoopDevice.create(image(), SIZE)) {
            assertRefused(
                    () -> BlockTargets.open(request(image().toString(), SIZE, true)),
                    "in use",
                    "use=the file of " + loop.path());
            TargetRequest inReserved =
                    new TargetRequest(loop.path(), SIZE, true, false, List.of(directory));
            assertRefused(() -> BlockTargets.open(inReserved), "must not be written");
            TargetRequest itself =
                    new TargetRequest(
                            loop.path(), SIZE, true, false, List.of(Path.of(loop.path())));
            assertRefused(() -> BlockTargets.open(itself), "must not be written");
        }
    }
}
