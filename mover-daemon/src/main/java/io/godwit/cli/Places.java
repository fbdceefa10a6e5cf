package io.godwit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Where this node keeps things for itself.
///
/// @param cache the index cache: can be deleted any time
/// @param state journals of what is not finished
record Places(Path cache, Path state) {
    private static final Path SYSTEM_STATE = Path.of("/var/lib/godwit");

    static Places of(Outside outside, GlobalOptions options, Output output) {
        Path cache =
                options.cacheDir != null ? options.cacheDir : defaultCache(outside.environment());
        return new Places(cache, state(outside, options, output, cache));
    }

    private static Path defaultCache(Map<String, String> environment) {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (xdg.startsWith("/")) {
            return Path.of(xdg, "godwit");
        }
        String home = environment.getOrDefault("HOME", "");
        return home.isEmpty() ? Path.of("/var/cache/godwit") : Path.of(home, ".cache", "godwit");
    }

    private static Path state(Outside outside, GlobalOptions options, Output output, Path cache) {
        if (options.stateDir != null) {
            return options.stateDir;
        }
        String given = outside.environment().getOrDefault("GODWIT_STATE", "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        if (isWritable(SYSTEM_STATE)) {
            return SYSTEM_STATE;
        }
        output.debug("%s is not writable, journals are kept in %s".formatted(SYSTEM_STATE, cache));
        return cache;
    }

    /// Whether the directory is there or can be made.
    private static boolean isWritable(Path directory) {
        try {
            return Files.isWritable(Files.createDirectories(directory));
        } catch (IOException | UnsupportedOperationException no) {
            return false;
        }
    }
}
