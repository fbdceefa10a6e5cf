package io.godwit.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteWriter;
import org.junit.jupiter.api.Test;

class LeafListTest {
    private static ByteWriter head(int chunks, int leaves) {
        return new ByteWriter().u32(chunks).u32(leaves);
    }

    private static ByteWriter entry(
            ByteWriter list, int ordinal, int offset, int count, int first) {
        return list.u32(ordinal).u32(offset).u32(count).u32(first);
    }

    private static LeafList read(ByteWriter list) {
        return LeafList.of(list.written(), "obj");
    }

    @Test
    void findsChunksByWhereTheyStand() {
        ByteWriter list = head(3, 6);
        entry(list, 0, 0, 2, 0);
        entry(list, 4, 0, 1, 2);
        entry(list, 4, 4096, 3, 3);
        LeafList leaves = read(list.zeros(6 * 16));
        assertThat(leaves.find(0, 0)).isZero();
        assertThat(leaves.find(4, 0)).isEqualTo(1);
        assertThat(leaves.find(4, 4096)).isEqualTo(2);
        assertThat(leaves.find(4, 1)).isEqualTo(-1);
        assertThat(leaves.find(5, 0)).isEqualTo(-1);
        assertThat(leaves.ordinal(2)).isEqualTo(4);
        assertThat(leaves.plainOffset(2)).isEqualTo(4096);
        assertThat(leaves.content().byteSize()).isEqualTo(list.size());
    }

    @Test
    void refusesWhatIsMalformed() {
        assertCorrupt(new ByteWriter().u32(0));
        assertCorrupt(head(1, 1).zeros(31));
        assertCorrupt(head(1, 1).zeros(33));
        assertCorrupt(new ByteWriter().u32(0xffff_ffffL).u32(0).zeros(32));
        assertCorrupt(entry(head(1, 1), 0, 0, 0, 0).zeros(16));
        assertCorrupt(entry(head(1, 1), 0, 0, 2, 0).zeros(16));
        assertCorrupt(entry(head(1, 1), 0, 0, 1, 1).zeros(16));
        assertCorrupt(
                new ByteWriter().u32(1).u32(1).u32(0).u32(0).u32(1).u32(0xffff_ffffL).zeros(16));
        assertCorrupt(entry(entry(head(2, 2), 1, 0, 1, 0), 0, 0, 1, 1).zeros(32));
        assertCorrupt(entry(entry(head(2, 2), 1, 0, 1, 0), 1, 0, 1, 1).zeros(32));
    }

    @Test
    void countsTheShortLastLeaf() {
        assertThat(LeafList.leavesOf(1)).isEqualTo(1);
        assertThat(LeafList.leavesOf(4096)).isEqualTo(1);
        assertThat(LeafList.leavesOf(4097)).isEqualTo(2);
    }

    private static void assertCorrupt(ByteWriter list) {
        assertThatThrownBy(() -> read(list))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.CORRUPT));
    }
}
