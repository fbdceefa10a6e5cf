package io.godwit.pack;

import io.godwit.chunk.ChunkType;
import io.godwit.format.ObjectKind;
import io.godwit.format.RepositoryId;
import io.godwit.seal.GoldenKeys;
import io.godwit.seal.KeyRing;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A tiny repository of format version 1, the same bytes from every run that uses the same zstd and
/// lz4.
///
/// `main` writes it as golden files: for a new version's own directory, never over an old one's.
final class GoldenRepository {
    static final RepositoryId REPOSITORY = RepositoryId.parse("00112233445566778899aabbccddeeff");
    static final SessionId SESSION = new SessionId(1, 0x1122_3344_5566_7788L, 0x99aa_bbcc);
    static final PackId ZSTD = new PackId(SESSION, 0);
    static final PackId LZ4 = new PackId(SESSION, 1);
    static final PackId METADATA = new PackId(SESSION, 2);
    static final ObjectKey PLAN = new ObjectKey("gc/0000000000000001/plan");
    static final ObjectKey SWEEP = new ObjectKey("gc/0000000000000001/sweep");
    static final byte[] CONTENT = "a plan, say".getBytes(StandardCharsets.UTF_8);
    static final int PLAIN = 70_000;

    private GoldenRepository() {}

    static MemoryStore write(Path keyFile) {
        MemoryStore store = new MemoryStore();
        KeyRing first = GoldenKeys.create(store, REPOSITORY, keyFile);
        put(store, PLAN, first.sealer().seal(ObjectKind.PLAN, PLAN, CONTENT));
        KeyRing second = GoldenKeys.addPasswordAndRotate(store, keyFile);
        put(store, SWEEP, second.sealer().seal(ObjectKind.SWEEP, SWEEP, CONTENT));
        put(store, PackNames.key(LZ4, false), pack(first, LZ4, false, new Codec.Lz4()));
        put(store, PackNames.key(ZSTD, false), pack(second, ZSTD, false, new Codec.Zstd(1)));
        put(store, PackNames.key(METADATA, true), pack(second, METADATA, true, new Codec.None()));
        return store;
    }

    /// 40000 bytes that compress and 30000 that do not.
    static MemorySegment plain() {
        MemorySegment plain = Arena.ofAuto().allocate(PLAIN);
        int state = 1;
        for (int i = 0; i < PLAIN; i++) {
            state = state * 1_664_525 + 1_013_904_223;
            int value = i < 40_000 ? i / 100 : state >>> 24;
            plain.set(ValueLayout.JAVA_BYTE, i, (byte) value);
        }
        return plain;
    }

    private static byte[] pack(KeyRing ring, PackId id, boolean metadata, Codec codec) {
        MemorySegment plain = plain();
        MemorySegment buffer = Arena.ofAuto().allocate(1 << 18);
        try (RecordSealer sealer = new RecordSealer(codec)) {
            PackWriter writer = new PackWriter(ring, id, metadata, buffer, sealer);
            if (!metadata) {
                writer.append(SmallPack.chunk(1), plain, 0, 36_864, plain, 0);
                ChunkGroup group = new ChunkGroup();
                group.add(SmallPack.chunk(2), 8192).add(SmallPack.chunk(3), 5000);
                writer.append(ChunkType.DATA, group, plain, 20_000, plain, 1000);
                writer.append(SmallPack.chunk(4), plain, 45_056, 20_480, plain, 2000);
            }
            writer.appendMeta(SmallPack.chunk(5), plain, 100, 999);
            return writer.finish().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private static void put(Store store, ObjectKey key, byte[] object) {
        store.putIfAbsent(key, MemorySegment.ofArray(object));
    }

    /// As it lies in the golden directory.
    static String fileName(ObjectKey key) {
        return key.value().replace('/', '_') + ".golden";
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Files.createDirectories(directory);
        Path keyFile = Files.write(directory.resolve("key-file.golden"), GoldenKeys.keyFileBytes());
        MemoryStore store = write(keyFile);
        for (Store.Listed listed : store.list("", "", 100).objects()) {
            byte[] object = store.get(listed.key(), 1 << 20).orElseThrow();
            Files.write(directory.resolve(fileName(listed.key())), object);
        }
    }
}
