package io.godwit.cli;

import io.godwit.s3.S3Server;
import io.godwit.store.Store;
import io.godwit.store.StoreContract;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/// What every store promises, of the bucket that lives in this JVM: for machines without Go.
final class RehearsalBucketTest extends StoreContract {
    private @Nullable RehearsalBucket bucket;

    @Override
    protected Store create() throws Exception {
        S3Server.credentials();
        RehearsalBucket made = new RehearsalBucket();
        bucket = made;
        return S3Server.openUrl(made.url());
    }

    @AfterEach
    void stop() {
        if (bucket != null) {
            bucket.close();
        }
    }
}
