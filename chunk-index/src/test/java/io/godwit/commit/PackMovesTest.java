package io.godwit.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.pack.SessionId;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Where repacked packs went.
final class PackMovesTest extends CatalogueFixture {
    @Test
    void followsMovesOfMoves() {
        PackName a = new PackName(new io.godwit.pack.PackId(new SessionId(0, 1, 1), 0), false);
        PackName b = new PackName(new io.godwit.pack.PackId(new SessionId(1, 2, 2), 0), false);
        PackName c = new PackName(new io.godwit.pack.PackId(new SessionId(2, 3, 3), 0), true);
        assertThat(PackMoves.read(repository).round()).isZero();
        assertThat(PackMoves.read(repository).targets(a.id())).isEmpty();
        List<List<PackMove>> rounds =
                List.of(
                        List.of(new PackMove(a, List.of(b))),
                        List.of(new PackMove(a, List.of(b)), new PackMove(b, List.of(c))));
        for (int round = 1; round <= 2; round++) {
            collector.put(
                    io.godwit.format.ObjectKind.INDEX_ROOT,
                    CommitKeys.indexRoot(round),
                    IndexRootFormat.encode(
                            new IndexRoot(
                                    round,
                                    Nonce.random(others.random()),
                                    0,
                                    List.of(),
                                    rounds.get(round - 1))));
        }
        PackMoves moves = PackMoves.read(repository);
        assertThat(moves.round()).isEqualTo(2);
        assertThat(moves.targets(a.id())).containsExactly(c);
        assertThat(moves.targets(b.id())).containsExactly(c);
        assertThat(moves.targets(c.id())).isEmpty();
    }
}
