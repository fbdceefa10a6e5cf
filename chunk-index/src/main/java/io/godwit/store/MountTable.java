package io.godwit.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Which file system a directory is on, and whether only one host may use it.
final class MountTable {
    private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

    /// Each host caches their listings and attributes for seconds, or a link is not one on the
    /// server.
    private static final Set<String> NETWORK =
            Set.of(
                    "nfs",
                    "nfs4",
                    "cifs",
                    "smb3",
                    "smbfs",
                    "9p",
                    "afs",
                    "ceph",
                    "coda",
                    "glusterfs",
                    "lustre",
                    "ncpfs",
                    "vboxsf",
                    "virtiofs");

    /// They have no hard links, so a name can be taken safely under a lock of this host only.
    private static final Set<String> LINKLESS = Set.of("vfat", "msdos", "exfat");

    /// A mount as the kernel tells it: where, and of which type.
    record Mount(String point, String type) {}

    private MountTable() {}

    /// @param directory absolute; it may not be there yet
    static StoreTraits traitsOf(Path directory) {
        Path existing = directory;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        String type = typeOf(existing);
        return new StoreTraits(type, isSingleHost(type));
    }

    static boolean isSingleHost(String type) {
        boolean fuse = type.equals("fuse") || type.startsWith("fuse.") || type.equals("fuseblk");
        return fuse || NETWORK.contains(type) || LINKLESS.contains(type);
    }

    private static String typeOf(Path existing) {
        try {
            String real = existing.toRealPath().toString();
            return typeOf(real, parse(Files.readString(MOUNTS, StandardCharsets.UTF_8)));
        } catch (IOException | RuntimeException e) {
            return typeByJdk(existing);
        }
    }

    private static String typeByJdk(Path existing) {
        try {
            return Files.getFileStore(existing).type();
        } catch (IOException | SecurityException e) {
            return "unknown";
        }
    }

    /// The mount that holds the path: of the longest points above it, the one mounted last.
    static String typeOf(String path, List<Mount> mounts) {
        Mount best = new Mount("", "unknown");
        for (Mount mount : mounts) {
            String point = mount.point().equals("/") ? "" : mount.point();
            boolean above = path.equals(point) || path.startsWith(point + "/");
            if (above && mount.point().length() >= best.point().length()) {
                best = mount;
            }
        }
        return best.type();
    }

    /// Reads lines such as `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw`
    /// (proc_pid_mountinfo(5)): the fifth field is the point, the first behind ` - ` the type.
    static List<Mount> parse(String mountinfo) {
        List<Mount> mounts = new ArrayList<>();
        mountinfo
                .lines()
                .forEach(
                        line -> {
                            int separator = line.indexOf(" - ");
                            List<String> fields = List.of(line.split(" ", 6));
                            if (separator < 0 || fields.size() < 6) {
                                return;
                            }
                            String rest = line.substring(separator + 3);
                            int end = rest.indexOf(' ');
                            String type = end < 0 ? rest : rest.substring(0, end);
                            if (!type.isBlank()) {
                                mounts.add(new Mount(unescape(fields.get(4)), type));
                            }
                        });
        return mounts;
    }

    /// Space, tab, newline and backslash are written as `\` and three octal digits.
    private static String unescape(String field) {
        if (field.indexOf('\\') < 0) {
            return field;
        }
        StringBuilder plain = new StringBuilder(field.length());
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c == '\\' && i + 3 < field.length()) {
                plain.append((char) Integer.parseInt(field, i + 1, i + 4, 8));
                i += 3;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
