package io.godwit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/// Which file system a directory is on, and whether other hosts may see it late.
final class MountTable {
    /// Their listings and attributes are cached by each host for seconds, or their locks and links are not
    /// those of the server. `fuse.*` is judged by its prefix.
    private static final Set<String> NETWORK =
            Set.of(
                    "nfs",
                    "nfs4",
                    "cifs",
                    "smb3",
                    "smbfs",
                    "fuse",
                    "fuseblk",
                    "9p",
                    "afs",
                    "ceph",
                    "glusterfs",
                    "lustre",
                    "virtiofs",
                    "vboxsf",
                    "ncpfs",
                    "coda");

    private MountTable() {}

    static StoreTraits traitsOf(Path directory) {
        Path existing = directory;
        for (Path up = directory; up != null; up = up.getParent()) {
            existing = up;
            if (Files.exists(up)) {
                break;
            }
        }
        String type = typeOf(existing);
        return new StoreTraits(type, isNetwork(type));
    }

    static boolean isNetwork(String type) {
        return NETWORK.contains(type) || type.startsWith("fuse.");
    }

    private static String typeOf(Path existing) {
        try {
            return Files.getFileStore(existing).type();
        } catch (IOException | SecurityException e) {
            return "unknown";
        }
    }
}
