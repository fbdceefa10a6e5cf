package io.godwit.device;

import java.nio.file.Path;

/// Opens sources in ways that commands do not offer.
public final class TestSources {
    private TestSources() {}

    /// What a path names, read as a stream: a pipe, or a file from its start.
    public static StreamSource stream(Path path) {
        int descriptor = NativeFiles.open(path.toString(), NativeFiles.O_RDONLY, 0);
        if (descriptor < 0) {
            throw Errno.failure(descriptor, "open", path.toString());
        }
        return new StreamSource(descriptor);
    }
}
