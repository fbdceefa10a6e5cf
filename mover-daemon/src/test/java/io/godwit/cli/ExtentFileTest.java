package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.ExtentCollector;
import io.godwit.pipeline.ExtentSet;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExtentFileTest {
    @TempDir Path directory;

    @Test
    void readsADocument() throws IOException {
        ExtentFile file =
                read(
                        """
                        {"size": 1048576, "base": "c-41", "generator": {"name": ["x", {"y": 1}]},
                         "extents": [{"offset": 65536, "length": 4096, "note": [1]}, {"offset": 1, "length": 2}]}
                        """);

        assertThat(file.size()).hasValue(1_048_576);
        assertThat(file.base()).hasValue("c-41");
        assertThat(text(file.extents())).isEqualTo("0-4096 65536-69632");
    }

    @Test
    void readsABareArray() throws IOException {
        ExtentFile file = read("[{\"length\": 8192, \"offset\": 4096}]");

        assertThat(file.size()).isEmpty();
        assertThat(file.base()).isEmpty();
        assertThat(text(file.extents())).isEqualTo("4096-12288");
    }

    @Test
    void nothingChangedIsAList() throws IOException {
        assertThat(read("[]").extents().size()).isZero();
        assertThat(read("{\"extents\":[],\"size\":0}").extents().size()).isZero();
        assertThat(read("[{\"offset\":5,\"length\":0}]").extents().size()).isZero();
    }

    @Test
    void theSizeMayStandBehindTheExtents() {
        assertThatThrownBy(() -> read("{\"extents\":[{\"offset\":0,\"length\":9}],\"size\":8}"))
                .hasMessageContaining("extent 0 ends at 9, behind the volume's size of 8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "                                             | file is empty",
                "42                                           | file is neither an object nor an array",
                "[                                            | file is not JSON",
                "hello                                        | file is not JSON",
                "[{'offset':0,'length':1}]                    | file is not JSON",
                "{\"size\":1,\"extents\":{}}                  | \"extents\" is not an array",
                "{\"size\":1}                                 | \"extents\" is missing",
                "{\"extents\":[]}                             | \"size\" is missing",
                "{\"size\":-1,\"extents\":[]}                 | \"size\" is negative",
                "{\"size\":\"1\",\"extents\":[]}              | \"size\" is not a whole number",
                "{\"size\":1.5,\"extents\":[]}                | \"size\" is not a whole number",
                "{\"size\":9223372036854775808,\"extents\":[]}| \"size\" is out of range",
                "{\"size\":1,\"base\":7,\"extents\":[]}       | \"base\" is not a string",
                "{\"size\":1,\"base\":\"\",\"extents\":[]}    | \"base\" is empty",
                "{\"size\":1,\"extents\":[],\"extents\":[]}   | \"extents\" is there twice",
                "[7]                                          | extent 0 is not an object",
                "[{\"offset\":1}]                             | extent 0 has no \"length\"",
                "[{\"length\":1}]                             | extent 0 has no \"offset\"",
                "[{\"offset\":-4,\"length\":1}]               | \"offset\" of extent 0 is negative",
                "[{\"offset\":0,\"length\":-1}]               | \"length\" of extent 0 is negative",
                "[{\"offset\":null,\"length\":1}]             | \"offset\" of extent 0 is not a whole number",
                "[{\"offset\":1e3,\"length\":1}]              | \"offset\" of extent 0 is not a whole number",
                "[{\"offset\":9223372036854775807,\"length\":9223372036854775807}] | extent 0 is out of range",
                "[{\"offset\":99999999999999999999,\"length\":1}] | \"offset\" of extent 0 is out of range",
                "[] []                                        | something follows the end of the list",
            })
    void saysWhatIsWrongAndWhere(String content, String sentence) {
        assertThatThrownBy(() -> read(content == null ? "" : content))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        refusal -> {
                            assertThat(refusal.kind()).isEqualTo(FailureKind.INVALID);
                            assertThat(refusal.getMessage())
                                    .startsWith(sentence + ": --changed-extents=")
                                    .containsPattern("line=\\d+ column=\\d+$");
                            assertThat(refusal.hint()).isPresent();
                        });
    }

    @Test
    void namesTheLine() {
        assertThatThrownBy(
                        () ->
                                read(
                                        """
                                        [{"offset": 0, "length": 1},
                                         {"offset": 4096, "length": true}]
                                        """))
                .hasMessageMatching("\"length\" of extent 1 is not .* line=2 column=29");
    }

    @Test
    void aFileThatIsNotThereIsNotFound() {
        assertThatThrownBy(() -> ExtentFile.read("--changed-extents", directory.resolve("none")))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(FailureKind.NOT_FOUND));
    }

    @Test
    void aDirectoryIsRefused() {
        assertThatThrownBy(() -> ExtentFile.read("--changed-extents", directory))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        refusal -> assertThat(refusal.kind()).isEqualTo(FailureKind.INVALID));
    }

    @Test
    void millionsOfExtentsFitAndNoneIsLost() throws IOException {
        Path file = directory.resolve("many");
        int count = 3_000_000;
        long[] some = new long[100];
        Random random = new Random(7);
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write("[");
            for (int i = 0; i < count; i++) {
                long offset = (random.nextLong() >>> 32) * 4096;
                some[i % some.length] = offset;
                out.write((i == 0 ? "" : ",") + "{\"offset\":" + offset + ",\"length\":4096}");
            }
            out.write("]");
        }
        ExtentSet extents = ExtentFile.read("--changed-extents", file).extents();

        assertThat(extents.size()).isLessThanOrEqualTo(ExtentCollector.LIMIT);
        for (long offset : some) {
            assertThat(extents.contains(offset)).isTrue();
        }
    }

    private ExtentFile read(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("extents"), content);
        return ExtentFile.read("--changed-extents", file);
    }

    private static String text(ExtentSet extents) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < extents.size(); i++) {
            text.append(i == 0 ? "" : " ").append(extents.start(i)).append('-');
            text.append(extents.end(i));
        }
        return text.toString();
    }
}
