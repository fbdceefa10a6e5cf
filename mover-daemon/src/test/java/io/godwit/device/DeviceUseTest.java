package io.godwit.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A made-up /proc and /sys: disk 8:0 with partitions 8:1 and 8:2, disk 8:16 alone, loop device
/// 7:3.
final class DeviceUseTest {
    private static final long DISK = DeviceUse.number(8, 0);
    private static final long FIRST = DeviceUse.number(8, 1);
    private static final long SECOND = DeviceUse.number(8, 2);
    private static final long OTHER = DeviceUse.number(8, 16);

    @TempDir Path root;
    private Path proc;
    private Path sys;
    private DeviceUse use;

    @BeforeEach
    void build() throws IOException {
        proc = root.resolve("proc");
        Files.createDirectories(proc.resolve("self"));
        sys = root.resolve("sys");
        Files.createDirectories(sys.resolve("dev/block"));
        Path disk = device("devices/disk/sda", "8:0");
        partition(disk.resolve("sda1"), "8:1");
        partition(disk.resolve("sda2"), "8:2");
        device("devices/disk/sdb", "8:16");
        Path loop = device("devices/loop3", "7:3");
        Files.createDirectories(loop.resolve("loop"));
        Path block = Files.createDirectories(sys.resolve("block"));
        Files.createSymbolicLink(block.resolve("loop3"), loop);
        mounts("");
        use = new DeviceUse(proc, sys);
    }

    private Path device(String path, String number) throws IOException {
        Path directory = Files.createDirectories(sys.resolve(path));
        Files.createDirectories(directory.resolve("holders"));
        Files.writeString(directory.resolve("dev"), number + "\n");
        Files.createSymbolicLink(sys.resolve("dev/block").resolve(number), directory);
        return directory;
    }

    private void partition(Path directory, String number) throws IOException {
        device(sys.relativize(directory).toString(), number);
        Files.writeString(directory.resolve("partition"), "1\n");
    }

    private void mounts(String entry) throws IOException {
        String root = "27 1 254:0 / / rw,relatime - ext4 /dev/root rw\n";
        Files.writeString(proc.resolve("self/mountinfo"), root + entry);
    }

    @Test
    void nobodyUsesAnything() {
        assertThat(use.ofDevice(DISK)).isEmpty();
        assertThat(use.ofDevice(FIRST)).isEmpty();
        assertThat(use.ofDevice(DeviceUse.number(300, 70_000))).isEmpty();
        assertThat(use.ofFile(root.resolve("any"))).isEmpty();
    }

    @Test
    void aMountedPartitionKeepsItsDiskButNotItsNeighbour() throws IOException {
        mounts("36 27 8:1 / /srv/my\\040data rw shared:1 master:2 - xfs /dev/sda1 rw\n");
        assertThat(use.ofDevice(FIRST)).contains("mounted at /srv/my data");
        assertThat(use.ofDevice(DISK)).contains("mounted at /srv/my data");
        assertThat(use.ofDevice(SECOND)).isEmpty();
        assertThat(use.ofDevice(OTHER)).isEmpty();
    }

    @Test
    void aMountedDiskKeepsItsPartitions() throws IOException {
        mounts("36 27 8:0 / /srv rw - iso9660 /dev/sda ro\n");
        assertThat(use.ofDevice(SECOND)).contains("mounted at /srv");
    }

    @Test
    void namesWhatIsBuiltOnTop() throws IOException {
        Files.createDirectories(sys.resolve("devices/disk/sda/sda2/holders/dm-0"));
        assertThat(use.ofDevice(SECOND)).contains("held by dm-0");
        assertThat(use.ofDevice(DISK)).contains("held by dm-0");
        assertThat(use.ofDevice(FIRST)).isEmpty();
    }

    @Test
    void namesTheLoopDeviceOfAFile() throws IOException {
        Path file = Files.createFile(root.resolve("image"));
        Path hard = Files.createLink(root.resolve("same"), file);
        Files.writeString(sys.resolve("devices/loop3/loop/backing_file"), file + "\n");
        assertThat(use.ofFile(file)).contains("the file of /dev/loop3");
        assertThat(use.ofFile(hard)).contains("the file of /dev/loop3");
        assertThat(use.backingFile(DeviceUse.number(7, 3))).contains(file);
        assertThat(use.ofFile(Files.createFile(root.resolve("another")))).isEmpty();
    }

    @Test
    void knowsSwapFiles() throws IOException {
        Path file = Files.createFile(root.resolve("swap file"));
        Files.writeString(
                proc.resolve("swaps"),
                "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
                        + file.toString().replace(" ", "\\040")
                        + "        file\t\t1020\t\t0\t\t-2\n");
        assertThat(use.ofFile(file)).contains("used as swap");
        assertThat(use.ofDevice(DISK)).isEmpty();
    }

    @Test
    void readsOctalEscapes() {
        assertThat(DeviceUse.unescape("a\\040b\\134c\\011")).isEqualTo("a b\\c\t");
        assertThat(DeviceUse.unescape("end\\04")).isEqualTo("end\\04");
    }
}
