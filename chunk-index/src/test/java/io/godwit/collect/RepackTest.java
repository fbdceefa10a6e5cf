package io.godwit.collect;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.PackName;
import io.godwit.pack.PackId;
import io.godwit.repository.Repository;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepackTest {
    @TempDir Path directory;
    private RealRepository world;
    private CatalogueEntry first;

    @BeforeEach
    void start() {
        world = new RealRepository(directory);
        first = world.backUp("db", 1, 2, 3, 4, 5, 6, 7, 8);
    }

    private PackId packOf(CatalogueEntry entry, int index) {
        return world.chunks(world.own(), entry).get(index).record().pack();
    }

    @Test
    void whatIsNeededOfABadlyUsedPackIsMovedAndThePackGoes() {
        CatalogueEntry second = world.backUp("db", 1, 2, 9);
        PackId victim = packOf(second, 0);
        world.forget(first);
        Repository before = world.open(world.memory);
        assertThat(before.relocation().moved(victim)).isFalse();

        CollectionResult result = world.collect();
        assertThat(result.repackedPacks()).isEqualTo(1);
        assertThat(result.repackedBytes()).isGreaterThan(2 * RealWriter.CHUNK_BYTES);
        assertThat(result.deletedPacks()).isEqualTo(2);
        assertThat(world.stored(victim)).isFalse();
        assertThat(world.moves().targets(victim)).hasSize(1);
        assertThat(packOf(second, 0)).as("its page names the old pack").isEqualTo(victim);
        world.requireReadable();
        world.requireReadable(before);
        assertThat(world.names("s/")).isEmpty();
        assertThat(world.names("idx/l0/")).as("others find the copies").hasSize(1);
    }

    @Test
    void aSecondCollectionHasNothingToDo() {
        world.backUp("db", 1, 2, 9);
        world.forget(first);
        world.collect();
        var names = world.names("");

        CollectionResult result = world.collect();
        assertThat(result.repackedPacks()).isZero();
        assertThat(world.names("")).isEqualTo(names);
    }

    @Test
    void movesAreFollowedThroughMoves() {
        CatalogueEntry second = world.backUp("db", 1, 2, 3, 9);
        CatalogueEntry third = world.backUp("mail", 3, 10);
        PackId victim = packOf(third, 0);
        world.forget(first);
        world.collect();
        PackName target = world.moves().targets(victim).iterator().next();
        world.forget(second);
        Repository slow = world.open(world.memory);
        assertThat(slow.relocation().learn(victim)).isTrue();

        assertThat(world.collect().repackedPacks()).isEqualTo(1);
        assertThat(world.stored(target.id())).isFalse();
        assertThat(world.moves().targets(victim)).doesNotContain(target).hasSize(1);
        world.requireReadable();
        world.requireReadable(slow);

        world.forget(third);
        world.collect();
        assertThat(world.moves().moved(victim)).as("nothing is left to be found").isFalse();
        assertThat(world.names("p/")).isEmpty();
    }

    @Test
    void metadataIsMovedToo() {
        CatalogueEntry second = world.backUp("mail", 20, 21);
        world.forget(first);
        world.collect();
        // Pages and roots of both in small packs of their own.
        RepackLimits small = new RepackLimits(0, 1, 1 << 20, 2, 1 << 30, 1000);
        CollectionResult result = world.collect(world.memory, small);
        assertThat(result.repackedPacks()).isEqualTo(2);
        assertThat(world.stored(second.root().record().pack())).isFalse();
        assertThat(world.names("m/")).hasSize(1);
        world.requireReadable();
    }

    @Test
    void aRoundCopiesNoMoreThanItMay() {
        CatalogueEntry other = world.backUp("mail", 21, 22, 23, 24, 25, 26, 27, 28);
        world.backUp("db", 1, 2, 3);
        world.backUp("mail", 21, 22, 23);
        world.forget(first);
        world.forget(other);
        RepackLimits one = RealRepository.LIMITS.withBytesPerRound(4 * RealWriter.CHUNK_BYTES);

        assertThat(world.collect(world.memory, one).repackedPacks()).isEqualTo(1);
        world.requireReadable();
        assertThat(world.collect(world.memory, one).repackedPacks()).isEqualTo(1);
        world.requireReadable();
        assertThat(world.collect(world.memory, one).repackedPacks()).isZero();
    }

    @Test
    void aDryRunSaysWhatWouldBeCopied() {
        world.backUp("db", 1, 2, 9);
        world.forget(first);
        var names = world.names("");
        CollectionResult result =
                world.collect(
                        world.memory,
                        RealRepository.LIMITS,
                        new CollectionRequest(true, false, java.time.Duration.ZERO));
        assertThat(result.repackedPacks()).isEqualTo(1);
        assertThat(result.repackedBytes()).isPositive();
        assertThat(world.names("")).isEqualTo(names);
    }

    @Test
    void aVictimThatCannotBeReadStays() {
        CatalogueEntry second = world.backUp("db", 1, 2, 9);
        PackId victim = packOf(second, 0);
        var key = io.godwit.pack.PackNames.key(victim, false);
        byte[] bytes = world.memory.get(key, 1 << 26).orElseThrow();
        int at = world.chunks(world.own(), second).get(1).record().offset() + 40;
        bytes[at] ^= 1;
        world.memory.delete(key);
        world.memory.putIfAbsent(key, java.lang.foreign.MemorySegment.ofArray(bytes));
        world.forget(first);

        CollectionResult result = world.collect();
        assertThat(result.repackedPacks()).isZero();
        assertThat(world.stored(victim)).isTrue();
        assertThat(world.warnings).anyMatch(warning -> warning.contains("is not repacked"));
    }

    @Test
    void aForgottenSnapshotOfMovedChunksComesBack() {
        CatalogueEntry second = world.backUp("db", 1, 2, 3, 9);
        world.backUp("mail", 1, 2, 3);
        world.forget(first);
        world.collect();
        world.forget(second);
        CatalogueEntry back = world.own().undelete(second.snapshot().toString());
        world.expected.put(back.snapshot(), List.of(1, 2, 3, 9));
        world.collect();
        assertThat(world.live()).contains(back.snapshot());
        world.requireReadable();
    }
}
