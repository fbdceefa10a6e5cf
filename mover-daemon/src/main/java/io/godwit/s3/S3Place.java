package io.godwit.s3;

import io.godwit.store.ObjectKey;
import io.godwit.store.StoreUrl;

/// Where the objects are: a bucket and a prefix, and how both are written in messages.
record S3Place(String bucket, String prefix, String url) {
    static S3Place of(StoreUrl.S3 url) {
        String prefix = url.prefix().isEmpty() ? "" : url.prefix() + "/";
        return new S3Place(url.bucket(), prefix, url.text());
    }

    /// The object's key in the bucket.
    String key(ObjectKey key) {
        return prefix + key;
    }

    /// As it stands in messages.
    String name(String key) {
        return "s3://" + bucket + "/" + prefix + key;
    }
}
