package io.godwit.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.seal.PackKeys;
import io.godwit.store.MemoryStore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PackReaderTest {
    private final SmallPack pack = new SmallPack(1, SmallPack.PACK);
    private final MemoryStore store = new MemoryStore();
    private final MemorySegment buffer = Arena.ofAuto().allocate(1 << 16);

    private void put(byte[] bytes) {
        store.putIfAbsent(PackNames.key(pack.id, false), MemorySegment.ofArray(bytes));
    }

    @Test
    void opensAPackWhoseStartIsLost() {
        byte[] damaged = pack.bytes.clone();
        Arrays.fill(damaged, 0, 140, (byte) 0);
        put(damaged);
        PackReader.Opened opened =
                new PackReader(store, pack.ring).open(pack.id, false, buffer).orElseThrow();
        RecordRef ref = opened.footer().record(opened.footer().entries().get(0));
        MemorySegment out = Arena.ofAuto().allocate(2000);
        try (RecordOpener opener = new RecordOpener()) {
            opener.open(opened.keys(), ref, pack.ids.get(0), opened.tail(), ref.offset(), out, 0);
        }
        assertThat(MemorySegment.ofArray(pack.plain.get(0)).mismatch(out)).isEqualTo(1000);
    }

    @Test
    void neverBelievesADamagedEnd() {
        int start = pack.bytes.length - 92 - 200;
        for (int i = start; i < pack.bytes.length - 8; i++) {
            byte[] damaged = pack.bytes.clone();
            damaged[i] ^= 2;
            MemoryStore other = new MemoryStore();
            other.putIfAbsent(PackNames.key(pack.id, false), MemorySegment.ofArray(damaged));
            assertRefused(
                    FailureKind.CORRUPT,
                    () -> new PackReader(other, pack.ring).open(pack.id, false, buffer));
        }
    }

    @Test
    void fetchesEachHeaderOnce() {
        put(pack.bytes);
        PackKeysCache cache = new PackKeysCache(store, pack.ring);
        assertThat(cache.known(pack.id)).isNull();
        PackKeys keys = cache.keys(pack.id, false);
        store.delete(PackNames.key(pack.id, false));
        assertThat(cache.keys(pack.id, false)).isSameAs(keys);
        PackId absent = new PackId(pack.id.owner(), 99);
        assertRefused(FailureKind.NOT_FOUND, () -> cache.keys(absent, false));
    }

    @Test
    void refusesAPackOfAnotherRepository() {
        put(pack.bytes);
        SmallPack other = new SmallPack(2, SmallPack.PACK);
        assertRefused(
                FailureKind.CORRUPT,
                () -> new PackKeysCache(store, other.ring).keys(pack.id, false));
        assertRefused(
                FailureKind.CORRUPT,
                () -> new PackReader(store, other.ring).open(pack.id, false, buffer));
    }

    private static void assertRefused(
            FailureKind kind, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
