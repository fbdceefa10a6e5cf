package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class RootFormatTest {
    @Test
    void readsWhatItWrote() {
        Root root = full();
        assertThat(decode(RootFormat.encode(root))).isEqualTo(root);
        Root bare = bare();
        assertThat(decode(RootFormat.encode(bare))).isEqualTo(bare);
        assertThat(RootFormat.encode(bare)).hasSizeLessThan(120);
        assertThat(RootFormat.encode(root)).hasSizeLessThan(500);
    }

    @Test
    void skipsSectionsItDoesNotKnow() {
        byte[] bytes = RootFormat.encode(full());
        byte[] longer = Arrays.copyOf(bytes, bytes.length + 5);
        longer[bytes.length] = 99;
        longer[bytes.length + 1] = 3;
        assertThat(decode(longer)).isEqualTo(full());

        longer[bytes.length + 1] = 4;
        assertThatThrownBy(() -> decode(longer)).hasMessageContaining("ends too early");
    }

    @Test
    void refusesWhatANewerOneWrote() {
        byte[] version = RootFormat.encode(full());
        version[1] = 2;
        byte[] flags = RootFormat.encode(full());
        flags[2] = 1;
        for (byte[] newer : List.of(version, flags)) {
            assertThatThrownBy(() -> decode(newer))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID));
        }
    }

    @Test
    void limitsTags() {
        assertThatThrownBy(() -> withTags(Map.of("k", "v".repeat(16 << 10))))
                .hasMessageContaining("bytes=16385");
        assertThatThrownBy(() -> withTags(Map.of("", "v"))).hasMessageContaining("tags");
        Root most = withTags(Map.of("k", "v".repeat((16 << 10) - 1)));
        assertThat(decode(RootFormat.encode(most))).isEqualTo(most);
    }

    @Test
    void survivesDamage() {
        byte[] valid = RootFormat.encode(full());
        int refused = new Mutations(9).refused(valid, 6_000, RootFormatTest::decode);
        assertThat(refused).isGreaterThan(1_500);
    }

    static Root decode(byte[] bytes) {
        return RootFormat.decode(MemorySegment.ofArray(bytes), "root");
    }

    private Root withTags(Map<String, String> tags) {
        return root(VolumeTree.hole(1), SourceOrigin.UNKNOWN, "", new TreeMap<>(tags), List.of());
    }

    private Root bare() {
        return root(VolumeTree.hole(0), SourceOrigin.UNKNOWN, "", new TreeMap<>(), List.of());
    }

    private static Root full() {
        TestChunks chunks = new TestChunks(new Random(8));
        NodeRef top = new NodeRef(chunks.next(9_000, true), new ContentDigest(1, -2, 3, -4));
        return root(
                new VolumeTree(1L << 40, Optional.of(top)),
                new SourceOrigin("rbd.csi.ceph.com", "0001-0009-rook", "snap-17", "ext4"),
                "00112233445566778899aabbccddeeff",
                new TreeMap<>(Map.of("app", "shop", "größe", "ja")),
                List.of(new Attachment(3, chunks.next(77, true))));
    }

    private static Root root(
            VolumeTree tree,
            SourceOrigin origin,
            String parent,
            SortedMap<String, String> tags,
            List<Attachment> attachments) {
        return new Root(
                new VolumeKey("a".repeat(26)),
                new VolumeName("ns/db"),
                tree,
                512,
                4096,
                0,
                "leaf",
                origin,
                parent,
                Instant.parse("2026-11-22T10:00:00.123456789Z"),
                new RunStatistics(1, 1L << 40, 3),
                tags,
                attachments);
    }
}
