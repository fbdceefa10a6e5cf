package io.godwit.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkId;
import io.godwit.digest.KeyedHasher;
import io.godwit.format.ObjectKind;
import io.godwit.seal.GoldenKeys;
import io.godwit.seal.KeyRing;
import io.godwit.seal.KeySlots;
import io.godwit.seal.RepositoryConfig;
import io.godwit.seal.SeededSecureRandom;
import io.godwit.seal.Unlock;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Version 1 is read for ever.
class GoldenRepositoryTest {
    private static final String VERSION_1 = "/golden/repository-v1/";

    @TempDir private Path directory;

    private KeyRing open(Store store, Unlock unlock) {
        byte[] config = store.get(RepositoryConfig.KEY, RepositoryConfig.MAX_BYTES).orElseThrow();
        return KeySlots.open(store, config, unlock, new SeededSecureRandom(9));
    }

    /// The golden files under the names that today's writer gives.
    private MemoryStore golden() throws IOException {
        MemoryStore golden = new MemoryStore();
        for (Store.Listed listed : today().list("", "", 100).objects()) {
            byte[] object = resource(GoldenRepository.fileName(listed.key()));
            golden.putIfAbsent(listed.key(), MemorySegment.ofArray(object));
        }
        return golden;
    }

    private MemoryStore today() throws IOException {
        return GoldenRepository.write(keyFile());
    }

    private Path keyFile() throws IOException {
        return Files.write(directory.resolve("key-file"), resource("key-file.golden"));
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = GoldenRepositoryTest.class.getResourceAsStream(VERSION_1 + name)) {
            assertThat(in).as(name).isNotNull();
            return in.readAllBytes();
        }
    }

    @Test
    void opensWithKeyFileAndPassword() throws IOException {
        MemoryStore store = golden();
        KeyRing byFile = open(store, new Unlock.KeyFile(keyFile()));
        KeyRing byPassword = open(store, GoldenKeys.password());
        for (KeyRing ring : List.of(byFile, byPassword)) {
            assertThat(ring.generation()).isEqualTo(2);
            assertThat(ring.sealer().open(ObjectKind.PLAN, GoldenRepository.PLAN, plan(store)))
                    .isEqualTo(GoldenRepository.CONTENT);
            byte[] sweep = store.get(GoldenRepository.SWEEP, 1 << 16).orElseThrow();
            assertThat(ring.sealer().open(ObjectKind.SWEEP, GoldenRepository.SWEEP, sweep))
                    .isEqualTo(GoldenRepository.CONTENT);
            assertThat(KeySlots.list(ring))
                    .allMatch(slot -> slot.created().equals(GoldenKeys.CREATED))
                    .hasSize(2);
        }
    }

    private static byte[] plan(Store store) {
        return store.get(GoldenRepository.PLAN, 1 << 16).orElseThrow();
    }

    @Test
    void readsTheConfig() throws IOException {
        byte[] config = golden().get(RepositoryConfig.KEY, 1 << 16).orElseThrow();
        RepositoryConfig read = RepositoryConfig.decode(config);
        assertThat(read.repository()).isEqualTo(GoldenRepository.REPOSITORY);
        assertThat(read.chunker()).isEqualTo("leaf");
        assertThat(read.compression()).isEqualTo("zstd:1");
        assertThat(read.singleHost()).hasValue("a host");
        assertThat(read.created()).isEqualTo(GoldenKeys.CREATED);
        assertThat(read.capabilityTier()).isEqualTo(1);
        assertThat(read.encode()).isEqualTo(config);
    }

    @Test
    void derivesTheSameIdKeys() throws IOException {
        KeyRing ring = open(golden(), new Unlock.KeyFile(keyFile()));
        String[] lines =
                new String(resource("id-keys.txt"), java.nio.charset.StandardCharsets.UTF_8)
                        .split("\n");
        assertThat(
                        List.of(
                                digest(ring.leafKey()),
                                digest(ring.dataKey()),
                                digest(ring.metaKey()),
                                digest(ring.gearKey()),
                                digest(ring.nameKey())))
                .containsExactly(lines)
                .doesNotHaveDuplicates();
    }

    private static String digest(io.godwit.digest.DigestKey key) {
        KeyedHasher hasher = new KeyedHasher(key);
        hasher.update(new byte[] {'x'}, 0, 1);
        return HexFormat.of().formatHex(hasher.finish());
    }

    @Test
    void opensEveryRecord() throws IOException {
        MemoryStore store = golden();
        KeyRing ring = open(store, new Unlock.KeyFile(keyFile()));
        MemorySegment buffer = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
        assertThat(codecsOf(store, ring, GoldenRepository.ZSTD, false, buffer))
                .containsExactly(1, 1, 0, 1, 0);
        assertThat(codecsOf(store, ring, GoldenRepository.LZ4, false, buffer))
                .containsExactly(2, 2, 0, 2, 0);
        assertThat(codecsOf(store, ring, GoldenRepository.METADATA, true, buffer))
                .containsExactly(0);
    }

    private static List<Integer> codecsOf(
            Store store, KeyRing ring, PackId id, boolean metadata, MemorySegment buffer) {
        PackReader.Opened opened =
                new PackReader(store, ring).open(id, metadata, buffer).orElseThrow();
        List<RecordRef> refs =
                opened.footer().entries().stream().map(opened.footer()::record).toList();
        int[] offsets = metadata ? new int[] {100} : new int[] {0, 20_000, 45_056, 100};
        MemorySegment plain = GoldenRepository.plain();
        MemorySegment out = Arena.ofAuto().allocate(GoldenRepository.PLAIN);
        try (RecordOpener opener = new RecordOpener()) {
            for (int i = 0; i < offsets.length; i++) {
                RecordRef ref = refs.get(i);
                List<PackFooter.Chunk> chunks = opened.footer().entries().get(i).chunks();
                ChunkId only = chunks.size() == 1 ? chunks.get(0).id() : ChunkId.NONE;
                opener.open(opened.keys(), ref, only, opened.tail(), ref.offset(), out, 0);
                assertThat(
                                MemorySegment.mismatch(
                                        out,
                                        0,
                                        ref.plainLength(),
                                        plain,
                                        offsets[i],
                                        offsets[i] + (long) ref.plainLength()))
                        .isEqualTo(-1);
            }
            if (!metadata) {
                RecordRef list = opened.footer().leafList().orElseThrow();
                LeafList leaves =
                        opener.openLeafList(opened.keys(), list, opened.tail(), list.offset());
                assertThat(leaves.chunkCount()).isEqualTo(4);
                assertThat(leaves.leafCount()).isEqualTo(9 + 2 + 2 + 5);
                leaves.copyDigests(leaves.find(1, 8192), 1, 1, out, 0);
                assertThat(MemorySegment.mismatch(out, 0, 16, plain, 1096, 1112)).isEqualTo(-1);
            }
        }
        return opened.footer().entries().stream().map(PackFooter.Entry::codec).toList();
    }

    /// Packs are compared too, as long as the libraries compress as they did: when a newer zstd
    /// does not, this test may leave out the pack it compresses, and nothing else.
    @Test
    void writesTheSameBytesToday() throws IOException {
        MemoryStore golden = golden();
        MemoryStore today = today();
        for (Store.Listed listed : today.list("", "", 100).objects()) {
            ObjectKey key = listed.key();
            assertThat(today.get(key, 1 << 20).orElseThrow())
                    .as(key.value())
                    .isEqualTo(golden.get(key, 1 << 20).orElseThrow());
        }
    }
}
