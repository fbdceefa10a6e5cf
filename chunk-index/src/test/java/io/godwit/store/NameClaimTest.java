package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.store.NameClaim.Link;
import io.godwit.store.NameClaim.LockedRename;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NameClaimTest {
    @TempDir Path directory;

    private NameClaim claim(String kind) {
        return kind.equals("link") ? new Link() : new LockedRename(directory.resolve(".lock"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "rename"})
    void oneOfManyWins(String kind) throws Exception {
        NameClaim claim = claim(kind);
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            for (int round = 0; round < 20; round++) {
                Path target = directory.resolve("target-" + round);
                List<Future<Boolean>> winners = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    Path mine = Files.writeString(directory.resolve(round + "-" + i), "x" + i);
                    winners.add(threads.submit(() -> wins(claim, mine, target)));
                }
                int winner = -1;
                for (int i = 0; i < 8; i++) {
                    if (winners.get(i).get()) {
                        assertThat(winner).isEqualTo(-1);
                        winner = i;
                    }
                }
                assertThat(target).hasContent("x" + winner);
            }
        }
    }

    private static boolean wins(NameClaim claim, Path mine, Path target) throws IOException {
        try {
            claim.claim(mine, target);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"link", "rename"})
    void saysWhatIsNotThere(String kind) throws IOException {
        Path mine = Files.writeString(directory.resolve("mine"), "x");
        assertThatThrownBy(() -> claim(kind).claim(mine, directory.resolve("no/x")))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> claim(kind).claim(directory.resolve("no"), directory.resolve("x")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void findsHardLinksWhereTheyAre() throws IOException {
        Files.createDirectory(directory.resolve("tmp"));
        TemporaryFiles temporaries =
                new TemporaryFiles(directory, new StoreTraits("nfs4", true), new Random(1));
        assertThat(NameClaim.forFileSystem(temporaries)).isEqualTo(new Link());
        assertThat(temporaries.directory()).isEmptyDirectory();
    }
}
