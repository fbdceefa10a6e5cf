package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import io.godwit.index.LocalCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// An index that was lost is made again, and is the same.
final class IndexRebuildTest {
    @TempDir Path directory;
    private Cli cli;
    private Path large;

    @BeforeEach
    void backUp() throws IOException {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
        large = cli.image("large", 9_000_000, 0, 1);
        assertThat(cli.run("backup", "large", large.toString()).exitCode()).isZero();
        for (int i = 0; i < 3; i++) {
            Path small = cli.image("small" + i, 200_000, 0, 2 + i);
            assertThat(cli.run("backup", "small", small.toString()).exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLostIndexIsTheSame(boolean fromPacks) throws IOException {
        String digest = stats();
        assertThat(rebuild(fromPacks).last().get("indexDigest").asString()).isEqualTo(digest);
        deleteCache();
        Answer again = rebuild(fromPacks);
        assertThat(again.last().get("indexDigest").asString()).isEqualTo(digest);
        assertThat(again.last().get("chunks").asLong()).isGreaterThan(100);
        assertThat(again.last().get("segments").asLong()).isEqualTo(fromPacks ? 0 : 1);
        // The small sessions' mixed packs have no segment.
        assertThat(again.last().get("packs").asLong()).isGreaterThanOrEqualTo(3);
        assertKnown("small-again", directory.resolve("small1"));
        assertKnown("large-again", large);
    }

    /// Under another name there is no parent to compare with: all is found in the index, or stored
    /// again.
    private void assertKnown(String volume, Path image) {
        Answer answer = cli.run("backup", volume, image.toString(), "--json");
        assertThat(answer.last().get("newBytes").asLong()).as(volume).isZero();
    }

    @Test
    void whatSegmentsDoNotTellThePacksDo() throws IOException {
        String digest = stats();
        try (Stream<Path> files = Files.list(cli.repository.resolve("idx/l0"))) {
            Path segment = files.findFirst().orElseThrow();
            byte[] content = Files.readAllBytes(segment);
            content[content.length / 2] ^= 4;
            Files.write(segment, content);
        }
        Answer answer = rebuild(false);
        assertThat(answer.last().get("indexDigest").asString()).isEqualTo(digest);
        assertThat(answer.lines().getFirst().get("type").asString()).isEqualTo("warning");
        assertThat(answer.exitCode()).isZero();
    }

    @Test
    void packsThatAreGoneAreNotInIt() throws IOException {
        Path lost = packs().getFirst();
        Files.delete(lost);
        String digest = stats();
        for (boolean fromPacks : new boolean[] {true, false}) {
            Answer answer = rebuild(fromPacks);
            assertThat(answer.last().get("indexDigest").asString()).isEqualTo(digest);
        }
    }

    @Test
    void anIndexInUseIsLeftAlone() throws IOException {
        Answer first = rebuild(false);
        Path home = Path.of(directory.toString(), ".cache", "godwit");
        try (Stream<Path> caches = Files.list(home)) {
            Path own = caches.filter(path -> !path.endsWith("lib")).findFirst().orElseThrow();
            byte[] id = HexFormat.of().parseHex(own.getFileName().toString());
            try (LocalCache held = LocalCache.open(home, id, _ -> {})) {
                assertThat(held.mode()).isEqualTo(LocalCache.Mode.PRIMARY);
                Answer second = cli.run("index", "rebuild", "--json");
                assertThat(second.exitCode()).isEqualTo(8);
                assertThat(second.last().get("message").asString()).contains("in use");
            }
        }
        assertThat(rebuild(false).last().get("indexDigest"))
                .isEqualTo(first.last().get("indexDigest"));
    }

    /// The memory of the newest counters tells that a store went back, also after a rebuild.
    @Test
    void rememberedCountersOutliveIt() throws IOException {
        rebuild(true);
        try (Stream<Path> entries = Files.walk(cli.repository.resolve("snap"))) {
            for (Path entry : entries.filter(Files::isRegularFile).toList()) {
                Files.delete(entry);
            }
        }
        try (Stream<Path> sessions = Files.walk(cli.repository.resolve("s"))) {
            for (Path entry : sessions.filter(Files::isRegularFile).toList()) {
                Files.delete(entry);
            }
        }
        Answer answer = cli.run("backup", "small", large.toString(), "--json");
        assertThat(answer.out()).contains("the store shows an older history of volume");
    }

    @Test
    void aloneTheCommandAsksWhat() {
        Answer answer = cli.run("index");
        assertThat(answer.exitCode()).isEqualTo(2);
        assertThat(answer.err()).contains("rebuild");
    }

    private List<Path> packs() throws IOException {
        try (Stream<Path> files = Files.walk(cli.repository.resolve("p"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private void deleteCache() throws IOException {
        Path cache = directory.resolve(".cache/godwit");
        try (Stream<Path> files = Files.walk(cache)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private String stats() {
        return cli.run("stats", "--json").last().get("indexDigest").asString();
    }

    private Answer rebuild(boolean fromPacks) {
        Answer answer =
                fromPacks
                        ? cli.run("index", "rebuild", "--from-packs", "--json")
                        : cli.run("index", "rebuild", "--json");
        assertThat(answer.exitCode()).as(answer.out()).isZero();
        return answer;
    }
}
