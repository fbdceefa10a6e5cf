package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Records of the catalogue with a flipped bit: `verify` finds them.
final class DamagedRecordTest {
    @TempDir Path directory;
    private Cli cli;

    @BeforeEach
    void backUp() throws IOException {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
        Path image = cli.image("image", 300_000, 0, 1);
        assertThat(cli.run("backup", "db", image.toString()).exitCode()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"snap/,snapshot", "/open,session", "/outcome,session"})
    void verifyFindsIt(String part, String kind) throws IOException {
        damage(part);

        Answer answer = cli.run("verify", "--json");

        assertThat(answer.exitCode()).isEqualTo(5);
        assertThat(answer.last().get("problems").get(0).get("kind").asString()).isEqualTo(kind);
    }

    private void damage(String part) throws IOException {
        Path object =
                objects().stream().filter(o -> o.toString().contains(part)).findAny().orElseThrow();
        byte[] bytes = Files.readAllBytes(object);
        bytes[bytes.length / 2] ^= 1;
        Files.delete(object);
        Files.write(object, bytes);
    }

    private List<Path> objects() throws IOException {
        try (Stream<Path> files = Files.walk(cli.repository)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }
}
