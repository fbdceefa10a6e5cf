package io.godwit.s3;

import io.godwit.store.Store;
import io.godwit.store.StoreContract;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// What every store promises, of buckets that rclone serves.
final class RcloneStoreTest extends StoreContract {
    private static final AtomicInteger PREFIXES = new AtomicInteger();

    @TempDir static Path directory;
    private static @Nullable S3Server server;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.rclone(directory);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @Override
    protected Store create() {
        return java.util.Objects.requireNonNull(server).open("t" + PREFIXES.incrementAndGet());
    }
}
