package io.godwit.store;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryStoreTest extends StoreContract {
    @TempDir Path directory;

    @Override
    protected Store create() {
        return DirectoryStore.open(
                directory.resolve("not there yet/ÄÖ 仓库"), InstantSource.system(), new Random(1));
    }
}
