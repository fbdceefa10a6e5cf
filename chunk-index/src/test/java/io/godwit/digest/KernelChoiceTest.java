package io.godwit.digest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which kernel runs where, seen from JVMs of their own: the choice is made once in the life of a
/// JVM.
class KernelChoiceTest {
    private static final String MODULE = "--add-modules=jdk.incubator.vector";

    @Test
    void takesTheWidestVectorsOfTheProcessor() throws Exception {
        assumeThat(processorHas("avx2")).isTrue();
        // The first processors with AVX-512 are slower with it than without: the JVM leaves it.
        String widest = processorHas("avx512_vnni") ? "vector-512" : "vector-";
        assertThat(probe(Kernel.AUTO, MODULE)).startsWith(widest).endsWith(" " + expected());
    }

    @Test
    void takesNarrowerVectorsWhereThereAreNoWider() throws Exception {
        assumeThat(processorHas("avx2")).isTrue();
        assertThat(probe(Kernel.AUTO, MODULE, "-XX:UseAVX=2"))
                .isEqualTo("vector-256 " + expected());
        assertThat(probe(Kernel.VECTOR, MODULE, "-XX:UseAVX=2"))
                .isEqualTo("vector-256 " + expected());
    }

    @Test
    void takesScalarsWhereVectorsAreTooNarrow() throws Exception {
        assumeThat(processorHas("avx2")).isTrue();
        assertThat(probe(Kernel.AUTO, MODULE, "-XX:UseAVX=1", "-XX:MaxVectorSize=16"))
                .isEqualTo("scalar " + expected());
    }

    @Test
    void takesScalarsWithoutTheModule() throws Exception {
        assertThat(probe(Kernel.AUTO)).isEqualTo("scalar " + expected());
        assertThat(probe(Kernel.VECTOR)).isEqualTo("IllegalStateException");
    }

    /// What [Probe] prints in a fresh JVM with these options.
    private static String probe(Kernel kernel, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Probe.class.getName(), kernel.name()));
        Process process =
                new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        byte[] output = process.getInputStream().readAllBytes();
        process.waitFor();
        return new String(output, StandardCharsets.UTF_8).strip();
    }

    private static String expected() {
        return Probe.digests(LeafHashers.create(KeyedGolden.KEY, Kernel.SCALAR));
    }

    private static boolean processorHas(String flag) throws IOException {
        Path processors = Path.of("/proc/cpuinfo");
        return Files.exists(processors)
                && Files.readAllLines(processors).stream()
                        .filter(line -> line.startsWith("flags"))
                        .anyMatch(line -> (line + " ").contains(" " + flag + " "));
    }
}
