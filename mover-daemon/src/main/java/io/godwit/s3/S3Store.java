package io.godwit.s3;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.Checksum;
import io.godwit.store.ObjectKey;
import io.godwit.store.ObjectLock;
import io.godwit.store.PrefixRules;
import io.godwit.store.RetryingStore;
import io.godwit.store.Store;
import io.godwit.store.StoreTraits;
import io.godwit.store.StoreUrl;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.DeleteObjectRequest;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Request;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectLockMode;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.PutObjectResponse;
import software.amazon.awssdk.services.s3.model.PutObjectRetentionRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.Tagging;

/// A bucket, or the objects of one below a prefix.
///
/// Put-if-absent is `If-None-Match: *`. Each call is one request (a list: one for every thousand
/// names) in the caller's thread, and is not repeated here: `RetryingStore` does that. A CRC-32C
/// goes with every put, for the server to check and keep, and comes back with every whole object;
/// ranges are checked by what is in them.
///
/// An answer is believed when it is the store's: an object without an ETag, a range that was not
/// asked for or a body that ends early is a failure. Any number of threads.
public final class S3Store implements Store {
    /// Of one put; no object of ours comes near it.
    private static final long PUT_BYTES_MAX = Integer.MAX_VALUE;

    private static final int LIST_PAGE = 1000;
    private static final int TAKEN = 412;

    /// The version of all objects of a bucket whose versioning was suspended.
    private static final String UNVERSIONED = "null";

    private final S3Connection connection;
    private final S3Place place;
    private final S3Failures failures;
    private final S3Reads reads;
    private final Patience patience;
    private final PrefixRules storageClasses;
    private final PrefixRules tags;
    private final Optional<ObjectLock> lock;
    private final InstantSource clock;

    /// Whether the server takes a checksum; one that refuses it is not sent any more.
    private volatile boolean checksums = true;

    /// Whether an answer named a version: what is deleted stays.
    private volatile boolean versioned;

    private S3Store(
            S3Connection connection, StoreUrl.S3 url, Patience patience, InstantSource clock) {
        this.connection = connection;
        this.patience = patience;
        this.place = S3Place.of(url);
        this.failures = new S3Failures(place);
        this.reads = new S3Reads(connection.client(), place, failures, patience);
        this.storageClasses = url.storageClasses();
        this.tags = url.tags();
        this.lock = url.retain();
        this.clock = clock;
    }

    /// Opens the bucket; that it exists is not looked at.
    ///
    /// @param clock tells until when new objects are locked
    /// @param threads one is taken from it, which ends requests that take too long
    /// @throws GodwitException `INVALID` when there is no region, or certificates cannot be read
    public static S3Store open(StoreUrl.S3 url, InstantSource clock, ThreadFactory threads) {
        return open(url, Patience.DEFAULT, clock, threads);
    }

    static S3Store open(
            StoreUrl.S3 url, Patience patience, InstantSource clock, ThreadFactory threads) {
        try {
            return new S3Store(S3Connection.open(url, patience, threads), url, patience, clock);
        } catch (IllegalArgumentException e) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "the client of the store cannot be set up: reason=" + e.getMessage(),
                            e)
                    .withHint("look at ~/.aws/config and ~/.aws/credentials");
        }
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        if (content.byteSize() > PUT_BYTES_MAX) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "object is too large: object=%s length=%d limit=%d"
                                    .formatted(key, content.byteSize(), PUT_BYTES_MAX))
                    .withObject(key.value());
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new GodwitException(
                    FailureKind.INTERRUPTED,
                    "interrupted: doing=put object=" + place.name(key.value()));
        }
        boolean checksum = checksums;
        try {
            return put(key, content, checksum);
        } catch (S3Exception e) {
            if (!checksum || !mayDislikeChecksum(e)) {
                throw failures.of("put", key.value(), true, e);
            }
        } catch (SdkException e) {
            return settled(key, content, failures.of("put", key.value(), true, e));
        }
        try {
            Put put = put(key, content, false);
            checksums = false;
            return put;
        } catch (SdkException e) {
            throw failures.of("put", key.value(), true, e);
        }
    }

    /// What a broken connection meant. Some servers refuse a taken name before they have read the
    /// body and hang up, so the 412 is lost each time again; the object tells. A register's content
    /// is for its protocol to judge.
    private Put settled(ObjectKey key, MemorySegment content, GodwitException doubt) {
        if (doubt.kind() != FailureKind.INDETERMINATE || Thread.currentThread().isInterrupted()) {
            throw doubt;
        }
        try {
            Optional<Long> length = reads.length(key);
            if (length.isPresent()) {
                boolean mine =
                        !RetryingStore.isRegister(key)
                                && length.get() == content.byteSize()
                                && reads.holds(key, content);
                return mine ? Put.CREATED : Put.EXISTS;
            }
        } catch (GodwitException e) {
            doubt.addSuppressed(e);
        }
        throw doubt;
    }

    private Put put(ObjectKey key, MemorySegment content, boolean checksum) {
        PutObjectRequest.Builder request =
                PutObjectRequest.builder()
                        .bucket(place.bucket())
                        .key(place.key(key))
                        .ifNoneMatch("*")
                        .contentLength(content.byteSize())
                        .overrideConfiguration(
                                to ->
                                        to.apiCallAttemptTimeout(
                                                patience.forBytes(content.byteSize())));
        storageClasses.of(key).ifPresent(request::storageClass);
        tagging(key).ifPresent(request::tagging);
        lock.filter(_ -> ObjectLock.covers(key))
                .ifPresent(
                        kept ->
                                request.objectLockMode(mode(kept))
                                        .objectLockRetainUntilDate(
                                                clock.instant().plus(kept.time())));
        if (checksum) {
            request.checksumCRC32C(base64(Checksum.crc32c(content, 0, content.byteSize())));
        }
        RequestBody body =
                RequestBody.fromContentProvider(
                        () -> new SegmentInput(content),
                        content.byteSize(),
                        "application/octet-stream");
        try {
            PutObjectResponse answer = connection.client().putObject(request.build(), body);
            if (answer.eTag() == null) {
                throw failures.strange("put", key.value(), true, "it has no ETag");
            }
            versioned |= answer.versionId() != null && !answer.versionId().equals(UNVERSIONED);
            return Put.CREATED;
        } catch (S3Exception e) {
            if (e.statusCode() == TAKEN) {
                return Put.EXISTS;
            }
            throw e;
        }
    }

    /// A tag of a longer prefix stands for one of the same name of a shorter.
    private Optional<Tagging> tagging(ObjectKey key) {
        Map<String, Tag> set = new LinkedHashMap<>();
        tags.all(key)
                .map(tag -> tag.split("=", 2))
                .forEach(
                        tag ->
                                set.putIfAbsent(
                                        tag[0], Tag.builder().key(tag[0]).value(tag[1]).build()));
        return set.isEmpty()
                ? Optional.empty()
                : Optional.of(Tagging.builder().tagSet(set.values()).build());
    }

    static String base64(int crc) {
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(crc).array();
        return Base64.getEncoder().encodeToString(bytes);
    }

    /// A refusal of the request as such, which a server gives before it does anything.
    private static boolean mayDislikeChecksum(S3Exception e) {
        return switch (S3Failures.code(e)) {
            case "InvalidRequest", "InvalidArgument", "NotImplemented" -> true;
            default -> e.statusCode() == 501;
        };
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        return reads.get(key, maxLength);
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        return reads.read(key, offset, target);
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        return reads.readTail(key, target);
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit below 1: " + limit);
        }
        boolean allBefore = after.compareTo(prefix) >= 0 && !after.startsWith(prefix);
        if (allBefore || !ObjectKey.mayStartWith(prefix)) {
            return new Page(List.of(), false);
        }
        List<Listed> found = new ArrayList<>();
        String from = after.compareTo(prefix) >= 0 ? after : "";
        while (true) {
            // One more than wanted: some servers call a page cut off that ends exactly with the
            // last name. Pages of
            // a thousand are believed; behind such a one there may be an empty one.
            int ask = (int) Math.min(LIST_PAGE, limit + 1L - found.size());
            ListObjectsV2Response page = page(prefix, from, ask);
            String last = from;
            for (S3Object object : page.contents()) {
                if (object.key() == null || !object.key().startsWith(place.prefix() + prefix)) {
                    throw failures.strange(
                            "list", prefix, false, "it names what was not asked for");
                }
                last = object.key().substring(place.prefix().length());
                long length = object.size() == null ? 0 : object.size();
                ObjectKey.of(last).ifPresent(key -> found.add(new Listed(key, length)));
            }
            boolean truncated = Boolean.TRUE.equals(page.isTruncated());
            if (found.size() > limit) {
                return new Page(List.copyOf(found.subList(0, limit)), true);
            }
            if (!truncated || (found.size() == limit && ask == LIST_PAGE)) {
                return new Page(List.copyOf(found), truncated);
            }
            if (last.equals(from)) {
                throw failures.strange("list", prefix, false, "a page of names is empty");
            }
            from = last;
        }
    }

    private ListObjectsV2Response page(String prefix, String after, int limit) {
        ListObjectsV2Request.Builder request =
                ListObjectsV2Request.builder()
                        .bucket(place.bucket())
                        .prefix(place.prefix() + prefix)
                        .maxKeys(limit)
                        .overrideConfiguration(
                                to -> to.apiCallAttemptTimeout(patience.forBytes(0)));
        if (!after.isEmpty()) {
            request.startAfter(place.prefix() + after);
        }
        ListObjectsV2Response page =
                answered("list", prefix, () -> connection.client().listObjectsV2(request.build()));
        // What is no list at all (a login page) would be read as one without names.
        if (page.isTruncated() == null) {
            throw failures.strange("list", prefix, false, "it is no list");
        }
        return page;
    }

    private static ObjectLockMode mode(ObjectLock lock) {
        return lock.compliance() ? ObjectLockMode.COMPLIANCE : ObjectLockMode.GOVERNANCE;
    }

    /// An object that is not there needs none.
    @Override
    public boolean retain(ObjectKey key, Instant least, Instant wanted) {
        if (lock.isEmpty() || reads.lockedUntil(key).orElse(Instant.MAX).compareTo(least) >= 0) {
            return false;
        }
        PutObjectRetentionRequest request =
                PutObjectRetentionRequest.builder()
                        .bucket(place.bucket())
                        .key(place.key(key))
                        .retention(
                                to -> to.mode(mode(lock.get()).toString()).retainUntilDate(wanted))
                        .overrideConfiguration(to -> to.apiCallAttemptTimeout(patience.forBytes(0)))
                        .build();
        answered("retain", key.value(), () -> connection.client().putObjectRetention(request));
        return true;
    }

    @Override
    public void delete(ObjectKey key) {
        DeleteObjectRequest request =
                DeleteObjectRequest.builder()
                        .bucket(place.bucket())
                        .key(place.key(key))
                        .overrideConfiguration(to -> to.apiCallAttemptTimeout(patience.forBytes(0)))
                        .build();
        try {
            connection.client().deleteObject(request);
        } catch (S3Exception e) {
            if (!isGone(key, e)) {
                throw failures.of("delete", key.value(), false, e);
            }
        } catch (SdkException e) {
            throw failures.of("delete", key.value(), false, e);
        }
    }

    /// Some servers over directories fail to delete what is a directory, and so is no object.
    private boolean isGone(ObjectKey key, S3Exception e) {
        return S3Failures.isAbsent(e) || (e.statusCode() == 500 && reads.length(key).isEmpty());
    }

    private <T> T answered(String doing, String key, Supplier<T> request) {
        try {
            return request.get();
        } catch (SdkException e) {
            throw failures.of(doing, key, false, e);
        }
    }

    @Override
    public StoreTraits traits() {
        return new StoreTraits("s3", false, true, versioned, lock.map(ObjectLock::time));
    }

    @Override
    public String describe() {
        return place.url();
    }

    @Override
    public void close() {
        connection.close();
    }
}
