package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Scrubbing needs no key, and finds every flipped bit of every object.
final class ScrubTest {
    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void backUp() throws IOException {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
        assertThat(cli.run("backup", "large", large().toString()).exitCode()).isZero();
        Path small = cli.image("small", 200_000, 0, 2);
        assertThat(cli.run("backup", "small", small.toString()).exitCode()).isZero();
        assertThat(cli.run("forget", "latest:small", "--allow-empty").exitCode()).isZero();
    }

    private Path large() throws IOException {
        return cli.image("large", 3_000_000, 100_000, 1);
    }

    private Answer scrub() {
        return cli.call("scrub", "--json", "--no-progress", "-r", cli.repository.toString());
    }

    @Test
    void findsNothingWhereAllIsWell() throws IOException {
        Answer answer = scrub();

        assertThat(answer.exitCode()).isZero();
        assertThat(answer.err()).isEmpty();
        assertThat(answer.last().get("problems")).isEmpty();
        JsonNode checked = answer.last().get("checked");
        long bytes = objects("").stream().mapToLong(object -> object.toFile().length()).sum();
        assertThat(checked.get("dataBytes").asLong()).isEqualTo(bytes);
        assertThat(checked.get("objects").asInt()).isEqualTo(objects("").size());
        Answer people = cli.call("scrub", "-r", cli.repository.toString());
        assertThat(people.out()).contains("all is well");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keys/", "ring/", "p/", "m/", "idx/l0/", "s/", "snap/", "snap-del/"})
    void findsAFlippedBitAnywhere(String below) throws IOException {
        for (Path object : objects(below)) {
            byte[] whole = Files.readAllBytes(object);
            for (int at : new int[] {0, 70, whole.length / 2, whole.length - 1}) {
                byte[] spoilt = whole.clone();
                spoilt[at] ^= 4;
                Files.write(object, spoilt);
                assertFound(object);
            }
            Files.write(object, Arrays.copyOf(whole, whole.length / 2));
            assertFound(object);
            Files.write(object, whole);
        }
        assertThat(scrub().exitCode()).isZero();
    }

    private void assertFound(Path object) {
        Answer answer = scrub();
        String name = cli.repository.relativize(object).toString();
        assertThat(answer.exitCode()).as(name).isEqualTo(5);
        assertThat(answer.last().get("problems").get(0).get("object").asString()).isEqualTo(name);
    }

    @Test
    void findsWhatBelongsElsewhere() throws IOException {
        Path pack = objects("p/").getFirst();
        byte[] whole = Files.readAllBytes(pack);
        Files.write(pack, Files.readAllBytes(objects("snap/").getFirst()));
        assertFound(pack);
        Path other = Files.createDirectory(directory.resolve("elsewhere"));
        Cli elsewhere = new Cli(other);
        elsewhere.run("init");
        elsewhere.run("backup", "large", large().toString());
        Path there = elsewhere.repository.resolve("p");
        Files.write(pack, Files.readAllBytes(files(there).getFirst()));
        assertFound(pack);
        Files.write(pack, whole);
        assertThat(scrub().exitCode()).isZero();
    }

    /// No memory is taken for what somebody put there.
    @Test
    void whatIsTooLongToBeAnObjectIsNotRead() throws IOException {
        Path foreign = cli.repository.resolve("p/disk.img");
        try (RandomAccessFile file = new RandomAccessFile(foreign.toFile(), "rw")) {
            file.setLength(1L << 40);
        }
        assertFound(foreign);
    }

    @Test
    void wantsARepository() throws IOException {
        Answer answer = cli.call("scrub", "-r", directory.resolve("nothing").toString());
        assertThat(answer.exitCode()).isEqualTo(4);
        Path config = cli.repository.resolve("config");
        byte[] bytes = Files.readAllBytes(config);
        bytes[bytes.length / 2] ^= 1;
        Files.write(config, bytes);
        assertThat(scrub().exitCode()).isEqualTo(5);
    }

    private List<Path> objects(String below) throws IOException {
        return files(cli.repository.resolve(below)).stream()
                .filter(file -> !cli.repository.relativize(file).startsWith("probe"))
                .toList();
    }

    private static List<Path> files(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
    }
}
