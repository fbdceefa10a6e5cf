package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Who uses a block device or an image file, as the kernel shows it: mounts, swap, devices built on
/// top, loop devices.
///
/// For messages that name the user; opening a device with O_EXCL is what decides, for it also sees
/// other mount namespaces. Files that another program has open are not seen.
final class DeviceUse {
    private final Path proc;
    private final Path sys;

    /// @param proc /proc, or what stands for it in a test
    /// @param sys /sys
    DeviceUse(Path proc, Path sys) {
        this.proc = proc;
        this.sys = sys;
    }

    static DeviceUse ofThisHost() {
        return new DeviceUse(Path.of("/proc"), Path.of("/sys"));
    }

    /// How the device is in use ("mounted at /srv"), its partitions and the disk it is a part of
    /// included.
    Optional<String> ofDevice(long device) {
        List<String> numbers = related(device);
        return mount(numbers).or(() -> swap(numbers)).or(() -> holder(numbers));
    }

    /// How an image file is in use.
    Optional<String> ofFile(Path file) {
        return swapFile(file).or(() -> loop(file));
    }

    /// The file below a loop device.
    Optional<Path> backingFile(long device) {
        return line(sysDevice(text(device)).resolve("loop/backing_file")).map(Path::of);
    }

    static long number(int major, int minor) {
        return (minor & 0xffL) | ((major & 0xfffL) << 8) | ((minor & ~0xffL) << 12);
    }

    private static String text(long device) {
        long major = ((device >>> 8) & 0xfff) | ((device >>> 32) & ~0xfffL);
        long minor = (device & 0xff) | ((device >>> 12) & 0xffffff00L);
        return major + ":" + minor;
    }

    private Path sysDevice(String number) {
        return sys.resolve("dev/block").resolve(number);
    }

    /// The device itself, then its partitions, then the disk that it is a partition of.
    private List<String> related(long device) {
        List<String> numbers = new ArrayList<>();
        numbers.add(text(device));
        Path directory = sysDevice(text(device));
        for (Path child : children(directory)) {
            if (Files.exists(child.resolve("partition"))) {
                line(child.resolve("dev")).ifPresent(numbers::add);
            }
        }
        if (Files.exists(directory.resolve("partition"))) {
            line(directory.resolve("../dev")).ifPresent(numbers::add);
        }
        return numbers;
    }

    /// From mountinfo: `36 35 98:0 /root /mount-point options - type source options`.
    private Optional<String> mount(List<String> numbers) {
        for (String entry : lines(proc.resolve("self/mountinfo"))) {
            String[] fields = entry.split(" ", -1);
            int dash = List.of(fields).indexOf("-");
            if (dash < 5 || fields.length < dash + 3) {
                continue;
            }
            // Some file systems (btrfs) show a number of their own, but the device as source.
            if (numbers.contains(fields[2]) || isNode(unescape(fields[dash + 2]), numbers)) {
                return Optional.of("mounted at " + unescape(fields[4]));
            }
        }
        return Optional.empty();
    }

    private Optional<String> swap(List<String> numbers) {
        return swaps().filter(path -> isNode(path, numbers)).findFirst().map(_ -> "used as swap");
    }

    private Optional<String> swapFile(Path file) {
        return swaps().filter(path -> isSame(Path.of(path), file))
                .findFirst()
                .map(_ -> "used as swap");
    }

    private Stream<String> swaps() {
        return lines(proc.resolve("swaps")).stream()
                .skip(1)
                .map(entry -> unescape(entry.split("[ \t]", 2)[0]));
    }

    /// Device mapper, RAID, bcache: what is built on top.
    private Optional<String> holder(List<String> numbers) {
        for (String number : numbers) {
            for (Path holder : children(sysDevice(number).resolve("holders"))) {
                return Optional.of("held by " + holder.getFileName());
            }
        }
        return Optional.empty();
    }

    private Optional<String> loop(Path file) {
        for (Path device : children(sys.resolve("block"))) {
            Optional<String> backing = line(device.resolve("loop/backing_file"));
            if (backing.isPresent() && isSame(Path.of(backing.get()), file)) {
                return Optional.of("the file of /dev/" + device.getFileName());
            }
        }
        return Optional.empty();
    }

    private static boolean isNode(String path, List<String> numbers) {
        if (!path.startsWith("/")) {
            return false;
        }
        try {
            FileStatus status = FileStatus.of(Path.of(path));
            return status.isBlockDevice() && numbers.contains(text(status.special()));
        } catch (GodwitException gone) {
            return false;
        }
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException missing) {
            return false;
        }
    }

    /// Octal escapes for space, tab, newline and backslash.
    static String unescape(String text) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\' && i + 3 < text.length()) {
                plain.append((char) Integer.parseInt(text, i + 1, i + 4, 8));
                i += 3;
            } else {
                plain.append(text.charAt(i));
            }
        }
        return plain.toString();
    }

    private static Optional<String> line(Path file) {
        return lines(file).stream().findFirst();
    }

    private static List<String> lines(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return Files.readAllLines(file);
        } catch (IOException failure) {
            throw unreadable(file, failure);
        }
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException failure) {
            throw unreadable(directory, failure);
        }
    }

    private static GodwitException unreadable(Path file, IOException cause) {
        String message = "cannot look who uses a device: path=" + file;
        return new GodwitException(FailureKind.UNAVAILABLE, message, cause);
    }
}
