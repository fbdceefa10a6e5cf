package io.godwit.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Damaged nodes are refused, or read as some valid node; never anything else.
final class NodeMutationTest {
    private static final int ROUNDS = 6_000;

    private final NodeFormat format = new NodeFormat();
    private final TestChunks chunks = new TestChunks(new Random(3));

    @Test
    void damagedNodes() {
        TreeNode node = new TreeNode(1);
        for (int child = 0; child < 128; child += 3) {
            node.set(child, chunks.next(1 + 500 * child, true), new ContentDigest(child, 1, 2, 3));
        }
        ByteWriter out = new ByteWriter();
        format.write(node, out);

        int refused =
                new Mutations(4)
                        .refused(
                                out.toByteArray(),
                                ROUNDS,
                                bytes -> format.read(new ByteReader(bytes, "node")));
        assertThat(refused).isGreaterThan(ROUNDS / 8);
    }
}
