package io.godwit.cli;

import io.godwit.digest.Kernel;
import java.util.Locale;
import java.util.Map;

/// How much of the machine a command may use.
final class Limits {
    private static final long DEFAULT_MEMORY = 400L << 20;
    private static final String KERNEL_PROPERTY = "godwit.kernel";
    private static final String KERNEL_VARIABLE = "GODWIT_KERNEL";

    private Limits() {}

    static long memoryBytes(GlobalOptions options) {
        return options.memory == null ? DEFAULT_MEMORY : ByteSize.parse("--memory", options.memory);
    }

    static int threads(GlobalOptions options) {
        return Arguments.atLeast(
                1, "--threads", options.threads, Runtime.getRuntime().availableProcessors());
    }

    /// Which kernel hashes: for measuring, and for a processor that is wrong about its vectors.
    static Kernel kernel(Map<String, String> environment) {
        String given =
                System.getProperty(
                        KERNEL_PROPERTY, environment.getOrDefault(KERNEL_VARIABLE, "auto"));
        return switch (given.toLowerCase(Locale.ROOT)) {
            case "auto" -> Kernel.AUTO;
            case "vector" -> Kernel.VECTOR;
            case "scalar" -> Kernel.SCALAR;
            default ->
                    throw Arguments.invalid(
                            "unknown kernel: " + given, "use auto, vector or scalar");
        };
    }
}
