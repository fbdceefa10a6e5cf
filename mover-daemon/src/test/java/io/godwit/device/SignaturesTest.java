package io.godwit.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SignaturesTest {
    private static final int SIZE = (3 << 20) + 512;

    @TempDir Path directory;

    private static Optional<String> in(byte[] content) {
        MemorySegment all = MemorySegment.ofArray(content);
        return Signatures.of(
                (offset, target, at, length) -> MemorySegment.copy(all, offset, target, at, length),
                content.length);
    }

    private static byte[] with(int offset, byte... magic) {
        byte[] content = new byte[SIZE];
        System.arraycopy(magic, 0, content, offset, magic.length);
        return content;
    }

    private static byte[] text(String magic) {
        return magic.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource({
        "0, XFSB, XFS file system",
        "65600, _BHRfS_M, btrfs file system",
        "3, 'NTFS    ', NTFS file system",
        "3, 'EXFAT   ', exFAT file system",
        "54, 'FAT16   ', FAT file system",
        "82, 'FAT32   ', FAT file system",
        "32769, CD001, ISO 9660 file system",
        "65588, ReIsEr2Fs, ReiserFS file system",
        "4086, SWAPSPACE2, swap space",
        "65526, SWAPSPACE2, swap space",
        "0, bluestore block device, Ceph BlueStore",
        "512, EFI PART, GPT partition table",
        "4096, EFI PART, GPT partition table",
        "3145728, EFI PART, GPT partition table",
        "32, NXSB, APFS file system",
    })
    void knowsMagicTexts(int offset, String magic, String name) {
        assertThat(in(with(offset, text(magic)))).contains(name);
    }

    @ParameterizedTest
    @CsvSource({
        "1080, 53ef, ext file system",
        "0, 4c554b53babe0002, LUKS encryption",
        "0, fc4e2ba9, Linux RAID",
        "4096, fc4e2ba9, Linux RAID",
        // 1.0: 16 sectors before the end, aligned to 8; 0.90: the last whole 64 KiB.
        "3137536, fc4e2ba9, Linux RAID",
        "3080192, fc4e2ba9, Linux RAID",
        "131072, 0cb1ba0000000000, ZFS pool",
        "139264, 0000000000bab10c, ''",
        "135168, 00bab10c00000000, ZFS pool",
        "1024, 1020f5f2, F2FS file system",
        "4120, c68573f64e1a45ca8265f57f48ba6d81, bcache",
    })
    void knowsMagicNumbers(int offset, String hex, String name) {
        Optional<String> found = in(with(offset, HexFormat.of().parseHex(hex)));
        assertThat(found.orElse("")).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void knowsAnLvmLabelInEachOfFourSectors(int sector) {
        byte[] content = with(sector * 512, text("LABELONE"));
        assertThat(in(content)).isEmpty();
        System.arraycopy(text("LVM2 001"), 0, content, sector * 512 + 24, 8);
        assertThat(in(content)).contains("LVM");
    }

    @Test
    void knowsAPartitionTableFromABootSector() {
        byte[] content = with(510, (byte) 0x55, (byte) 0xaa);
        assertThat(in(content)).isEmpty();
        content[450] = (byte) 0x83;
        assertThat(in(content)).contains("MBR partition table");
        content[446] = (byte) 0x80;
        assertThat(in(content)).contains("MBR partition table");
        content[462] = 0x17;
        assertThat(in(content)).isEmpty();
    }

    @Test
    void namesWhatStandsOnTop() {
        byte[] content = with(1080, (byte) 0x53, (byte) 0xef);
        System.arraycopy(text("LUKS"), 0, content, 0, 4);
        assertThat(in(content)).contains("ext file system");
        content[4] = (byte) 0xba;
        content[5] = (byte) 0xbe;
        assertThat(in(content)).contains("LUKS encryption");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100, 512, 513, 4096, 70_000, SIZE})
    void findsNothingInZerosOfAnySize(int size) {
        assertThat(in(new byte[size])).isEmpty();
    }

    @Test
    void rarelyFindsAnythingInNoise() {
        int found = 0;
        for (int seed = 0; seed < 100; seed++) {
            byte[] noise = new byte[400_000];
            new Random(seed).nextBytes(noise);
            found += in(noise).isPresent() ? 1 : 0;
        }
        assertThat(found).isLessThan(3);
    }

    @Test
    void tellsWhatASourceHolds() throws IOException {
        Path image = Files.write(directory.resolve("image"), with(0, text("XFSB")));
        try (BlockSource source = BlockSources.open(image.toString())) {
            assertThat(Signatures.of(source)).contains("XFS file system");
        }
        Path empty = Files.createFile(directory.resolve("empty"));
        try (BlockSource source = BlockSources.open(empty.toString())) {
            assertThat(Signatures.of(source)).isEmpty();
        }
    }

    @Test
    void knowsWhatRealToolsMake() throws IOException {
        Path image = directory.resolve("image");
        for (List<String> tool :
                List.of(
                        List.of("mkfs.ext4", "-q", "-F", image.toString()),
                        List.of("mkswap", image.toString()))) {
            Files.deleteIfExists(image);
            Files.write(image, new byte[4 << 20]);
            LoopDevice.run(tool);
            try (BlockSource source = BlockSources.open(image.toString())) {
                assertThat(Signatures.of(source)).as(tool.getFirst()).isPresent();
            }
        }
    }
}
