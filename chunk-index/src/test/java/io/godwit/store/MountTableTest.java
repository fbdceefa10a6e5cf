package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MountTableTest {
    private static final String TABLE =
            """
            21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            22 21 0:5 / /proc rw - proc proc rw
            30 21 0:40 / /mnt/nas rw,relatime shared:9 master:3 - nfs4 nas:/x rw,vers=4.2
            31 21 0:41 / /mnt/two\\040words\\011\\134 rw - fuse.sshfs host: rw
            32 30 8:2 / /mnt/nas/disk rw - xfs /dev/sdb rw
            33 21 8:3 / /mnt/over rw - ext4 /dev/sdc rw
            34 21 0:44 / /mnt/over rw - tmpfs none rw

            nonsense - x
            """;

    @ParameterizedTest
    @CsvSource({
        "/, ext4",
        "/home/x, ext4",
        "/proc, proc",
        "/process, ext4",
        "/mnt/nas, nfs4",
        "/mnt/nas/backup, nfs4",
        "/mnt/nas2, ext4",
        "/mnt/nas/disk/a, xfs",
        "/mnt/over/a, tmpfs",
    })
    void findsTheNearestMount(String path, String type) {
        assertThat(MountTable.typeOf(path, MountTable.parse(TABLE))).isEqualTo(type);
    }

    @Test
    void readsEscapes() {
        assertThat(MountTable.typeOf("/mnt/two words\t\\/x", MountTable.parse(TABLE)))
                .isEqualTo("fuse.sshfs");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nfs",
                "nfs4",
                "cifs",
                "smb3",
                "smbfs",
                "fuse",
                "fuse.sshfs",
                "fuseblk",
                "vfat"
            })
    void keepsToOneHost(String type) {
        assertThat(MountTable.isSingleHost(type)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "fusectl", "gfs2"})
    void sharesAmongHosts(String type) {
        assertThat(MountTable.isSingleHost(type)).isFalse();
    }

    @TempDir Path directory;

    @Test
    void knowsThisMachine() {
        StoreTraits traits = MountTable.traitsOf(directory.resolve("not/there/yet"));
        assertThat(traits.medium()).isNotEqualTo("unknown");
        assertThat(traits).isEqualTo(MountTable.traitsOf(directory));
    }
}
