package io.godwit.device;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Recognises what a volume holds by the magic numbers of file systems, partition tables, and of
/// RAID, LVM, encryption and swap, at the places where their own documents put them.
///
/// The bar is low on purpose: a superblock that was left behind counts, for somebody may want it
/// back.
public final class Signatures {
    private static final int HEAD_BYTES = 320 << 10;
    private static final int TAIL_BYTES = 128 << 10;
    private static final int SECTOR = 512;
    private static final String BOOT_SECTOR_MARK = "U\u00aa";

    /// A magic number, `offset` bytes from the start; one character a byte.
    private record Magic(String name, int offset, String bytes) {
        static Magic hex(String name, int offset, String digits) {
            byte[] bytes = HexFormat.of().parseHex(digits);
            return new Magic(name, offset, new String(bytes, StandardCharsets.ISO_8859_1));
        }
    }

    /// What stands on top hides what is below, so containers come before file systems.
    private static final List<Magic> MAGICS =
            List.of(
                    Magic.hex("LUKS encryption", 0, "4c554b53babe"),
                    Magic.hex("Linux RAID", 0, "fc4e2ba9"),
                    Magic.hex("Linux RAID", 4096, "fc4e2ba9"),
                    Magic.hex("bcache", 4120, "c68573f64e1a45ca8265f57f48ba6d81"),
                    Magic.hex("bcachefs", 4120, "c68573f666ce90a9d96a60cf803df7ef"),
                    new Magic("swap space", 4086, "SWAPSPACE2"),
                    new Magic("swap space", 4086, "SWAP-SPACE"),
                    new Magic("swap space", 65526, "SWAPSPACE2"),
                    new Magic("Ceph BlueStore", 0, "bluestore block device"),
                    new Magic("XFS file system", 0, "XFSB"),
                    Magic.hex("ext file system", 1080, "53ef"),
                    new Magic("btrfs file system", 65600, "_BHRfS_M"),
                    Magic.hex("F2FS file system", 1024, "1020f5f2"),
                    new Magic("NTFS file system", 3, "NTFS    "),
                    new Magic("exFAT file system", 3, "EXFAT   "),
                    new Magic("ReFS file system", 3, "ReFS"),
                    new Magic("FAT file system", 54, "FAT12   "),
                    new Magic("FAT file system", 54, "FAT16   "),
                    new Magic("FAT file system", 82, "FAT32   "),
                    new Magic("ISO 9660 file system", 32769, "CD001"),
                    new Magic("UDF file system", 34817, "NSR0"),
                    new Magic("JFS file system", 32768, "JFS1"),
                    new Magic("ReiserFS file system", 65588, "ReIsEr"),
                    Magic.hex("GFS2 file system", 65536, "01161970"),
                    new Magic("OCFS2 file system", 8192, "OCFSV2"),
                    Magic.hex("NILFS2 file system", 1030, "3434"),
                    new Magic("squashfs file system", 0, "hsqs"),
                    Magic.hex("EROFS file system", 1024, "e2e1f5e0"),
                    new Magic("HFS+ file system", 1024, "H+"),
                    new Magic("HFS+ file system", 1024, "HX"),
                    new Magic("APFS file system", 32, "NXSB"));

    private static final ValueLayout.OfInt LE_INT =
            ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int RAID_MAGIC = 0xa92b4efc;
    private static final int ZFS_MAGIC = 0x00bab10c;
    private static final int ZFS_UBERBLOCKS = 128 << 10;

    /// Fills a segment from a position, as sources and targets both do.
    interface Reader {
        void read(long offset, MemorySegment target, long targetOffset, int length);
    }

    private final MemorySegment head;
    private final MemorySegment tail;
    private final long size;

    private Signatures(MemorySegment head, MemorySegment tail, long size) {
        this.head = head;
        this.tail = tail;
        this.size = size;
    }

    /// What a source holds ("ext file system"), or empty when it is nothing known.
    public static Optional<String> of(BlockSource source) {
        return source.size() <= 0 ? Optional.empty() : of(source::read, source.size());
    }

    static Optional<String> of(Reader reader, long size) {
        try (Arena arena = Arena.ofConfined()) {
            int headBytes = (int) Math.min(HEAD_BYTES, size);
            int tailBytes = (int) Math.min(TAIL_BYTES, size);
            MemorySegment head = arena.allocate(headBytes, Slab.ALIGNMENT);
            MemorySegment tail = arena.allocate(tailBytes, Slab.ALIGNMENT);
            reader.read(0, head, 0, headBytes);
            reader.read(size - tailBytes, tail, 0, tailBytes);
            return new Signatures(head, tail, size).find();
        }
    }

    private Optional<String> find() {
        List<String> found = new ArrayList<>();
        if (isLvm()) {
            found.add("LVM");
        }
        if (isRaidAtEnd()) {
            found.add("Linux RAID");
        }
        if (isZfs()) {
            found.add("ZFS pool");
        }
        for (Magic magic : MAGICS) {
            if (startsWith(head, magic.offset, magic.bytes)) {
                found.add(magic.name);
            }
        }
        // A FAT boot sector ends like a partition table, so tables come last.
        if (isGpt()) {
            found.add("GPT partition table");
        } else if (isMbr()) {
            found.add("MBR partition table");
        }
        return found.stream().findFirst();
    }

    private static boolean startsWith(MemorySegment area, long offset, String magic) {
        if (offset < 0 || offset + magic.length() > area.byteSize()) {
            return false;
        }
        byte[] wanted = magic.getBytes(StandardCharsets.ISO_8859_1);
        return area.asSlice(offset, wanted.length).mismatch(MemorySegment.ofArray(wanted)) == -1;
    }

    /// The label is in one of the first four sectors.
    private boolean isLvm() {
        for (int sector = 0; sector < 4; sector++) {
            int at = sector * SECTOR;
            if (startsWith(head, at, "LABELONE") && startsWith(head, at + 24L, "LVM2 001")) {
                return true;
            }
        }
        return false;
    }

    /// Superblocks 1.0 (8 to 12 KiB before the end) and 0.90 (in the last whole 64 KiB).
    private boolean isRaidAtEnd() {
        long sectors = size / SECTOR;
        long version10 = ((sectors - 16) & -8) * SECTOR;
        long version09 = (sectors & -128) * SECTOR - (64 << 10);
        return isRaidAt(version10) || isRaidAt(version09);
    }

    private boolean isRaidAt(long offset) {
        long at = offset - (size - tail.byteSize());
        return at >= 0 && at + 4 <= tail.byteSize() && tail.get(LE_INT, at) == RAID_MAGIC;
    }

    /// One of the uberblocks of the first label, in either byte order.
    private boolean isZfs() {
        for (long at = ZFS_UBERBLOCKS;
                at + 1024 <= Math.min(head.byteSize(), 256 << 10);
                at += 1024) {
            int magic = head.get(LE_INT, at);
            if (magic == ZFS_MAGIC || magic == Integer.reverseBytes(ZFS_MAGIC)) {
                return true;
            }
        }
        return false;
    }

    /// The header in the second block, of 512 or 4096 bytes, or its copy in the last.
    private boolean isGpt() {
        return startsWith(head, SECTOR, "EFI PART")
                || startsWith(head, 4096, "EFI PART")
                || startsWith(tail, tail.byteSize() - SECTOR, "EFI PART")
                || startsWith(tail, tail.byteSize() - 4096, "EFI PART");
    }

    /// The mark of a boot sector and at least one entry, all of which look like entries.
    private boolean isMbr() {
        if (!startsWith(head, 510, BOOT_SECTOR_MARK)) {
            return false;
        }
        boolean used = false;
        for (int entry = 446; entry < 510; entry += 16) {
            int active = head.get(ValueLayout.JAVA_BYTE, entry) & 0xff;
            if (active != 0 && active != 0x80) {
                return false;
            }
            used |= head.get(ValueLayout.JAVA_BYTE, entry + 4L) != 0;
        }
        return used;
    }
}
