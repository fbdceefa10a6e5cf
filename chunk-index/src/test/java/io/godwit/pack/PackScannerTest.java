package io.godwit.pack;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PackScannerTest {
    private final SmallPack pack = new SmallPack(1, SmallPack.PACK);
    private final List<RecordType> records = new ArrayList<>();
    private final List<String> damage = new ArrayList<>();

    private boolean scan(byte[] bytes) {
        records.clear();
        damage.clear();
        return PackScanner.scan(
                "obj",
                MemorySegment.ofArray(bytes),
                new PackScanner.Visitor() {
                    @Override
                    public void record(long offset, int sealedLength, int codec, RecordType type) {
                        records.add(type);
                    }

                    @Override
                    public void damaged(long offset, long length, String what) {
                        damage.add(offset + "+" + length);
                    }
                });
    }

    @Test
    void findsEveryRecordOfAGoodPack() {
        assertThat(scan(pack.bytes)).isTrue();
        assertThat(damage).isEmpty();
        assertThat(records)
                .containsExactly(
                        RecordType.DATA,
                        RecordType.DATA_GROUP,
                        RecordType.DATA,
                        RecordType.META,
                        RecordType.LEAF_LIST,
                        RecordType.FOOTER);
    }

    @Test
    void goesOnBehindADamagedRecord() {
        RecordRef second = pack.records.get(1);
        byte[] bytes = pack.bytes.clone();
        bytes[second.offset() + 20] ^= 1;
        assertThat(scan(bytes)).isFalse();
        int length = RecordOpener.storedLength(second);
        assertThat(damage).contains(second.offset() + "+" + length);
        assertThat(records).hasSize(5).doesNotContain(RecordType.DATA_GROUP);
    }

    @Test
    void goesOnBehindADamagedClearHeaderAndObjectHeader() {
        RecordRef second = pack.records.get(1);
        byte[] bytes = pack.bytes.clone();
        bytes[second.offset() + 5] ^= 1;
        bytes[20] ^= 1;
        assertThat(scan(bytes)).isFalse();
        assertThat(records).hasSize(5);
        assertThat(damage).hasSize(3).contains("0+140");
    }

    @Test
    void neverCallsADamagedPackGood() {
        for (int i = 0; i < pack.bytes.length; i++) {
            byte[] bytes = pack.bytes.clone();
            bytes[i] ^= 0x10;
            assertThat(scan(bytes)).as("byte %d", i).isFalse();
        }
        for (int length = 0; length < pack.bytes.length; length++) {
            assertThat(scan(Arrays.copyOf(pack.bytes, length))).isFalse();
        }
    }
}
