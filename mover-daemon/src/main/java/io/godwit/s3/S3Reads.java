package io.godwit.s3;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.Checksum;
import io.godwit.s3.S3Answers.Span;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store.Tail;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Whole objects, ranges and tails. Bodies are copied once, from the connection's buffer to where
/// they belong.
final class S3Reads {
    private static final int COMPARED_BYTES = 1 << 20;
    private static final int PIECE = 64 << 10;
    private static final int NOT_FOUND = 404;
    private static final int BEHIND_THE_END = 416;

    private final S3Client client;
    private final S3Place place;
    private final S3Failures failures;
    private final Patience patience;

    S3Reads(S3Client client, S3Place place, S3Failures failures, Patience patience) {
        this.client = client;
        this.place = place;
        this.failures = failures;
        this.patience = patience;
    }

    /// What an answer held: bytes written to the target, or what is wrong with it.
    private sealed interface Body {
        record Bytes(Span span, int count) implements Body {}

        record TooLong(long length) implements Body {}

        record Strange(String finding) implements Body {}
    }

    /// A wrong checksum is looked at twice: what is wrong in the same way again is stored so.
    Optional<byte[]> get(ObjectKey key, int maxLength) {
        Optional<Whole> first = whole(key, maxLength);
        if (first.isEmpty() || first.get().isSound()) {
            return first.map(whole -> whole.content);
        }
        Optional<Whole> second = whole(key, maxLength);
        if (second.isPresent() && second.get().crc == first.get().crc) {
            throw damaged(key, second.get());
        }
        if (second.isPresent() && !second.get().isSound()) {
            throw strange(key, "its checksum is wrong");
        }
        return second.map(whole -> whole.content);
    }

    private Optional<Whole> whole(ObjectKey key, int maxLength) {
        Whole whole = new Whole(maxLength);
        GetObjectRequest request =
                GetObjectRequest.builder()
                        .bucket(place.bucket())
                        .key(place.key(key))
                        .overrideConfiguration(
                                to ->
                                        to.apiCallAttemptTimeout(patience.forBytes(maxLength))
                                                // Not by the client's own switch: it would compute
                                                // it too.
                                                .putHeader("x-amz-checksum-mode", "ENABLED"))
                        .build();
        Optional<Body> body = absentOr(key, () -> client.getObject(request, whole::read));
        return body.map(
                found ->
                        switch (found) {
                            case Body.Bytes _ -> whole;
                            case Body.TooLong tooLong -> throw tooLong(key, tooLong, maxLength);
                            case Body.Strange strange -> throw strange(key, strange);
                        });
    }

    private GodwitException damaged(ObjectKey key, Whole whole) {
        return new GodwitException(
                        FailureKind.CORRUPT,
                        "object does not have the checksum that it was stored with: object=%s expected=%s actual=%s"
                                .formatted(
                                        place.name(key.value()),
                                        whole.expected,
                                        S3Store.base64(whole.crc)))
                .withObject(key.value());
    }

    /// Takes in a whole object of a length that is not known before.
    private static final class Whole {
        private final int maxLength;
        private byte[] content = {};
        private int crc;
        private @Nullable String expected;

        Whole(int maxLength) {
            this.maxLength = maxLength;
        }

        Body read(GetObjectResponse answer, AbortableInputStream in) throws IOException {
            Long length = answer.contentLength();
            if (length == null || answer.eTag() == null) {
                in.abort();
                return new Body.Strange("it has no length or ETag");
            }
            if (length > maxLength) {
                in.abort();
                return new Body.TooLong(length);
            }
            content = in.readNBytes(Math.toIntExact(length));
            if (content.length < length) {
                return new Body.Strange("its body ends early");
            }
            crc = Checksum.crc32c(MemorySegment.ofArray(content), 0, content.length);
            expected = answer.checksumCRC32C();
            return new Body.Bytes(new Span(0, length, length), content.length);
        }

        /// Also when the server keeps no checksum, or one of the parts in which somebody else put
        /// the object: a copy of the bucket.
        boolean isSound() {
            return expected == null
                    || expected.contains("-")
                    || expected.equals(S3Store.base64(crc));
        }
    }

    long read(ObjectKey key, long offset, MemorySegment target) {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset: " + offset);
        }
        if (target.byteSize() == 0) {
            return length(key).map(_ -> 0L).orElse(-1L);
        }
        long last = offset + Math.min(target.byteSize() - 1, Long.MAX_VALUE - offset);
        try {
            return ranged(key, "bytes=" + offset + "-" + last, target, offset)
                    .map(bytes -> (long) bytes.count())
                    .orElse(-1L);
        } catch (BehindTheEnd e) {
            return 0;
        }
    }

    Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        if (target.byteSize() == 0) {
            return length(key).map(length -> new Tail(length, 0));
        }
        try {
            return ranged(key, "bytes=-" + target.byteSize(), target, -1)
                    .map(bytes -> new Tail(bytes.span().objectLength(), bytes.count()));
        } catch (BehindTheEnd e) {
            return shortTail(key, target);
        }
    }

    /// Of an object that is empty, or, for some servers, shorter than the tail that was asked for.
    private Optional<Tail> shortTail(ObjectKey key, MemorySegment target) {
        Optional<Long> length = length(key);
        if (length.isEmpty() || length.get() == 0) {
            return length.map(_ -> new Tail(0, 0));
        }
        long whole = Math.min(length.get(), target.byteSize());
        long count = read(key, length.get() - whole, target.asSlice(0, whole));
        return count == whole ? Optional.of(new Tail(length.get(), (int) count)) : Optional.empty();
    }

    /// The object ends before the range.
    private static final class BehindTheEnd extends RuntimeException {
        BehindTheEnd(S3Exception cause) {
            super(cause);
        }
    }

    /// @param offset where the range starts, or -1 for the object's end
    private Optional<Body.Bytes> ranged(
            ObjectKey key, String range, MemorySegment target, long offset) {
        GetObjectRequest request =
                GetObjectRequest.builder()
                        .bucket(place.bucket())
                        .key(place.key(key))
                        .range(range)
                        .overrideConfiguration(
                                to ->
                                        to.apiCallAttemptTimeout(
                                                patience.forBytes(target.byteSize())))
                        .build();
        Optional<Body> body =
                absentOr(
                        key,
                        () ->
                                client.getObject(
                                        request, (answer, in) -> fill(answer, in, target, offset)));
        return body.map(
                found ->
                        switch (found) {
                            case Body.Bytes bytes -> bytes;
                            case Body.TooLong _ -> throw strange(key, "it is too long");
                            case Body.Strange strange -> throw strange(key, strange.finding());
                        });
    }

    /// Writes the part of the answer that was asked for to the start of `target`.
    private static Body fill(
            GetObjectResponse answer, AbortableInputStream in, MemorySegment target, long offset)
            throws IOException {
        Span span = S3Answers.span(answer.contentRange(), answer.contentLength());
        if (span == null || answer.eTag() == null) {
            in.abort();
            return new Body.Strange("it has no range, length or ETag");
        }
        long from = offset < 0 ? Math.max(0, span.objectLength() - target.byteSize()) : offset;
        long wanted = Math.clamp(span.objectLength() - from, 0, target.byteSize());
        long skipped = from - span.first();
        if (wanted > 0 && (skipped < 0 || skipped + wanted > span.count())) {
            in.abort();
            return new Body.Strange("it is another range than was asked for");
        }
        if (wanted > 0) {
            in.skipNBytes(skipped);
            if (copy(in, target, wanted) < wanted) {
                return new Body.Strange("its body ends early");
            }
        }
        if (skipped + wanted < span.count()) {
            in.abort(); // a server that sends the whole object whatever is asked
        }
        return new Body.Bytes(span, (int) wanted);
    }

    private static long copy(InputStream in, MemorySegment target, long length) throws IOException {
        byte[] piece = new byte[(int) Math.min(PIECE, length)];
        long done = 0;
        while (done < length) {
            int count = in.read(piece, 0, (int) Math.min(piece.length, length - done));
            if (count < 0) {
                break;
            }
            MemorySegment.copy(piece, 0, target, ValueLayout.JAVA_BYTE, done, count);
            done += count;
        }
        return done;
    }

    /// Whether the object, which is as long as `content`, holds the same bytes.
    boolean holds(ObjectKey key, MemorySegment content) {
        MemorySegment piece =
                MemorySegment.ofArray(
                        new byte[(int) Math.min(COMPARED_BYTES, Math.max(1, content.byteSize()))]);
        for (long offset = 0; offset < content.byteSize(); offset += piece.byteSize()) {
            long count = Math.min(piece.byteSize(), content.byteSize() - offset);
            MemorySegment part = piece.asSlice(0, count);
            if (read(key, offset, part) != count
                    || part.mismatch(content.asSlice(offset, count)) >= 0) {
                return false;
            }
        }
        return true;
    }

    /// The object's length, or empty when there is none.
    /// When the lock of an object ends: long ago for one that has none, empty when there is no such
    /// object.
    Optional<Instant> lockedUntil(ObjectKey key) {
        return head(key)
                .map(
                        answer ->
                                Optional.ofNullable(answer.objectLockRetainUntilDate())
                                        .orElse(Instant.EPOCH));
    }

    private Optional<HeadObjectResponse> head(ObjectKey key) {
        HeadObjectRequest request =
                HeadObjectRequest.builder()
                        .bucket(place.bucket())
                        .key(place.key(key))
                        .overrideConfiguration(to -> to.apiCallAttemptTimeout(patience.forBytes(0)))
                        .build();
        return absentOr(key, S3Reads::isMissing, () -> client.headObject(request));
    }

    Optional<Long> length(ObjectKey key) {
        return head(key)
                .map(
                        answer -> {
                            if (answer.contentLength() == null || answer.eTag() == null) {
                                throw strange(key, "it has no length or ETag");
                            }
                            return answer.contentLength();
                        });
    }

    /// The answer to a `HEAD` has no body to name a reason.
    private static boolean isMissing(S3Exception e) {
        return e.statusCode() == NOT_FOUND;
    }

    private <T> Optional<T> absentOr(ObjectKey key, Supplier<T> request) {
        return absentOr(key, S3Failures::isAbsent, request);
    }

    /// @throws BehindTheEnd for 416
    private <T> Optional<T> absentOr(
            ObjectKey key, Predicate<S3Exception> absent, Supplier<T> request) {
        try {
            return Optional.of(request.get());
        } catch (S3Exception e) {
            if (e.statusCode() == BEHIND_THE_END) {
                throw new BehindTheEnd(e);
            }
            if (absent.test(e)) {
                return Optional.empty();
            }
            throw failures.of("get", key.value(), false, e);
        } catch (SdkException e) {
            throw failures.of("get", key.value(), false, e);
        }
    }

    private GodwitException strange(ObjectKey key, Body.Strange strange) {
        return strange(key, strange.finding());
    }

    private GodwitException strange(ObjectKey key, String finding) {
        return failures.strange("get", key.value(), false, finding);
    }

    private GodwitException tooLong(ObjectKey key, Body.TooLong body, int maxLength) {
        return new GodwitException(
                        FailureKind.CORRUPT,
                        "object is longer than its kind allows: object=%s length=%d limit=%d"
                                .formatted(place.name(key.value()), body.length(), maxLength))
                .withObject(key.value());
    }
}
