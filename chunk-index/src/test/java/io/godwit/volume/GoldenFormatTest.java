package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkId;
import io.godwit.digest.DigestKey;
import io.godwit.digest.KeyedHasher;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What version 1 wrote is read for ever; while it is the newest, it is also what is written.
final class GoldenFormatTest {
    private static final SessionId FIRST = new SessionId(3, 0x1122334455667788L, 0x99aabbcc);
    private static final SessionId SECOND = new SessionId(4, -2, -3);

    private final KeyedHasher hasher = new KeyedHasher(DigestKey.of(key()));
    private final PageFormat format = new PageFormat();

    @Test
    void fullPage() throws IOException {
        RegionMap map = fullMap();
        requireGolden("page-full-v1.golden", page(map));

        RegionMap read = readPage("page-full-v1.golden", new RegionMap());
        assertThat(read.sameReferences(map)).isTrue();
        assertThat(read.contentDigest(hasher)).hasToString(text("page-full-v1.digest"));
    }

    @Test
    void patchPage() throws IOException {
        RegionMap map = patchedMap();
        ByteWriter out = new ByteWriter();
        format.writePatch(map, fullMap(), ref(90, FIRST, 1, true, 3, 900, 700), 1, out);
        requireGolden("page-patch-v1.golden", out.toByteArray());

        RegionMap read = readPage("page-patch-v1.golden", fullMap());
        assertThat(read.sameReferences(map)).isTrue();
        assertThat(read.contentDigest(hasher)).hasToString(text("page-patch-v1.digest"));
        ByteReader in = new ByteReader(golden("page-patch-v1.golden"), "golden");
        assertThat(format.readHeader(in).parent()).contains(ref(90, FIRST, 1, true, 3, 900, 700));
    }

    @Test
    void pageThatCountsBytes() throws IOException {
        RegionMap map = new RegionMap();
        map.clear(1_000_003, 1);
        map.overlay(17, 500_000, map.addChunk(ref(1, FIRST, 0, false, 0, 64, 500_000)), 0);
        map.overlay(70_000, 11, map.addChunk(ref(2, FIRST, 0, false, 1, 9_000, 99)), 5);
        requireGolden("page-bytes-v1.golden", page(map));

        RegionMap read = readPage("page-bytes-v1.golden", new RegionMap());
        assertThat(read.sameReferences(map)).isTrue();
        assertThat(read.contentDigest(hasher)).hasToString(text("page-bytes-v1.digest"));
    }

    @Test
    void node() throws IOException {
        TreeNode node = new TreeNode(2);
        node.set(0, ref(1, FIRST, 0, true, 0, 64, 44_000), new ContentDigest(1, 2, 3, 4));
        node.set(1, ref(2, FIRST, 0, true, 1, 30_000, 150), new ContentDigest(-1, 2, 3, 4));
        node.set(64, ref(3, SECOND, 7, false, 5, 77, 9_000), new ContentDigest(5, 6, 7, 8));
        node.set(127, ref(4, FIRST, -1, true, 9, 1, 1), new ContentDigest(0, 0, 0, 1));
        ByteWriter out = new ByteWriter();
        new NodeFormat().write(node, out);
        requireGolden("node-v1.golden", out.toByteArray());

        TreeNode read = new NodeFormat().read(new ByteReader(golden("node-v1.golden"), "golden"));
        assertThat(read.level()).isEqualTo(2);
        assertThat(read.sameChildren(node)).isTrue();
        assertThat(read.contentDigest(hasher)).hasToString(text("node-v1.digest"));
    }

    @Test
    void root() throws IOException {
        VolumeName name = new VolumeName("shop/größe");
        NodeRef top =
                new NodeRef(ref(5, SECOND, 2, true, 1, 99, 8_888), new ContentDigest(9, 8, 7, 6));
        Root root =
                new Root(
                        new VolumeKey(text("volume-key")),
                        name,
                        new VolumeTree(5_000_000_000L, Optional.of(top)),
                        512,
                        4096,
                        0,
                        "leaf",
                        new SourceOrigin("csi.example.com", "vol-1", "snap-2", "xfs"),
                        "00112233445566778899aabbccddeeff",
                        Instant.parse("2026-11-22T10:00:00.000000007Z"),
                        new RunStatistics(1, 300, 70_000),
                        new TreeMap<>(Map.of("app", "shop", "tier", "gold")),
                        List.of(new Attachment(200, ref(6, FIRST, 3, true, 4, 500, 600))));
        requireGolden("root-v1.golden", RootFormat.encode(root));

        assertThat(VolumeKey.of(hasher, name, 0)).isEqualTo(root.key());
        assertThat(RootFormat.decode(MemorySegment.ofArray(golden("root-v1.golden")), "golden"))
                .isEqualTo(root);
    }

    /// Chunks in order, a group of two in one record, repeats, parts, a hole, and a short end.
    private static RegionMap fullMap() {
        RegionMap map = new RegionMap();
        map.clear(200 * 4096 + 77, 4096);
        int a = map.addChunk(ref(1, FIRST, 0, false, 0, 64, 16 * 4096));
        int b = map.addChunk(ref(2, FIRST, 0, false, 1, 40_000, 30 * 4096));
        RecordRef group =
                new RecordRef(new PackId(SECOND, 5), false, 7, 1 << 20, 50_000, 24 * 4096);
        int c = map.addChunk(new ChunkRef(id(3), group, 0, 8 * 4096));
        int d = map.addChunk(new ChunkRef(id(4), group, 8 * 4096, 16 * 4096));
        int tail = map.addChunk(ref(5, FIRST, 1, false, 0, 64, 4096 + 77));
        map.overlay(0, 16, a, 0);
        map.overlay(16, 30, b, 0);
        map.overlay(50, 8, c, 0);
        map.overlay(58, 16, d, 0);
        map.overlay(100, 16, a, 0);
        map.overlay(105, 2, c, 6);
        map.overlay(199, 2, tail, 0);
        return map;
    }

    private static RegionMap patchedMap() {
        RegionMap map = fullMap();
        map.overlay(20, 4, map.addChunk(ref(7, SECOND, 9, false, 2, 4_000, 4 * 4096)), 0);
        map.overlayHole(55, 3);
        map.overlay(120, 1, map.addChunk(ref(1, FIRST, 0, false, 0, 64, 16 * 4096)), 15);
        return map;
    }

    private static ChunkRef ref(
            int id, SessionId owner, int pack, boolean metadata, int ordinal, int offset, int n) {
        RecordRef record =
                new RecordRef(new PackId(owner, pack), metadata, ordinal, offset, n / 2 + 17, n);
        return new ChunkRef(id(id), record, 0, n);
    }

    private static ChunkId id(int seed) {
        return new ChunkId(seed * 0x9e3779b97f4a7c15L, ~(long) seed, seed, -7L * seed);
    }

    private byte[] page(RegionMap map) {
        return new PageWriter().encode(map, null).toArray(ValueLayout.JAVA_BYTE);
    }

    private RegionMap readPage(String name, RegionMap onto) throws IOException {
        ByteReader in = new ByteReader(golden(name), name);
        format.readBody(format.readHeader(in), in, onto);
        onto.validate();
        return onto;
    }

    private static byte[] key() {
        byte[] key = new byte[32];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
    }

    private static void requireGolden(String name, byte[] actual) throws IOException {
        assertThat(HexFormat.of().formatHex(actual))
                .as(name)
                .isEqualTo(HexFormat.of().formatHex(golden(name)));
    }

    private static byte[] golden(String name) throws IOException {
        try (InputStream file =
                GoldenFormatTest.class.getResourceAsStream("/golden/volume/" + name)) {
            assertThat(file).as("golden file %s", name).isNotNull();
            return file == null ? new byte[0] : file.readAllBytes();
        }
    }

    private static String text(String name) throws IOException {
        return new String(golden(name), StandardCharsets.US_ASCII).strip();
    }
}
