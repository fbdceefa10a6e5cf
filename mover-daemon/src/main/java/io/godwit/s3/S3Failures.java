package io.godwit.s3;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;

/// Translates the vendor's failures into ours.
///
/// A put is `INDETERMINATE` unless it certainly had no effect: no connection, or an answer that
/// refuses the request itself (4xx but 408 and 409). A 5xx says nothing: a proxy may have lost the
/// answer, and some servers say `SlowDown` when they could write to half of their disks.
final class S3Failures {
    private static final Pattern REGION = Pattern.compile("<Region>([^<]+)</Region>");
    private static final String NO_CODE = "none";
    private static final int ANSWER_SHOWN = 200;

    /// What versitygw says, with 404, of an access key that it does not know.
    static final String UNKNOWN_USER = "XAdminUserNotFound";

    private final S3Place place;

    S3Failures(S3Place place) {
        this.place = place;
    }

    /// @param doing the request, in a word
    /// @param key of the object or a prefix of keys, below the repository's prefix
    /// @param put whether it may have had an effect that must not happen twice
    GodwitException of(String doing, String key, boolean put, SdkException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof GodwitException ours) {
                return ours;
            }
        }
        GodwitException translated =
                e instanceof AwsServiceException answer
                        ? answered(doing, key, put, answer)
                        : unanswered(doing, key, put, e);
        return translated.object().isPresent() ? translated : translated.withObject(key);
    }

    private GodwitException answered(String doing, String key, boolean put, AwsServiceException e) {
        String facts = facts(doing, key) + " status=%d code=%s".formatted(e.statusCode(), code(e));
        return switch (e.statusCode()) {
            case 301, 307, 400 -> badRequest(doing, facts, put, e);
            case 401, 403 -> denied(doing, facts, e);
            case 404 -> missing(doing, key, put, facts, e);
            case 408, 409 -> passing("request was refused for now: ", facts, put, e);
            case 405, 411, 501 ->
                    failure(FailureKind.INVALID, "store does not know this request: " + facts, e)
                            .withHint("use a store with conditional puts (If-None-Match)");
            default ->
                    e.statusCode() == 429 || e.statusCode() >= 500 || e.statusCode() < 300
                            ? passing(
                                    e.isThrottlingException()
                                            ? "store asks to slow down: "
                                            : "store does not serve: ",
                                    facts,
                                    put,
                                    e)
                            : failure(FailureKind.INVALID, "store refuses: " + facts, e);
        };
    }

    /// Whether an answer says that there is no such object, and not that something else is missing:
    /// an access key, or the store behind a proxy.
    static boolean isAbsent(AwsServiceException e) {
        return e.statusCode() == 404
                && switch (code(e)) {
                    case "NoSuchKey", "NoSuchVersion", "NotFound" -> true;
                    default -> false;
                };
    }

    private GodwitException missing(
            String doing, String key, boolean put, String facts, AwsServiceException e) {
        return switch (code(e)) {
            case UNKNOWN_USER -> denied(doing, facts, e);
            case NO_CODE -> strange(doing, key, put, "it is 404 without a reason");
            case "NoSuchBucket", "NoSuchKey", "NotFound" ->
                    failure(FailureKind.NOT_FOUND, "no such bucket: bucket=" + place.bucket(), e)
                            .withHint("make the bucket, or look at the URL");
            default -> failure(FailureKind.INVALID, "store refuses: " + facts, e);
        };
    }

    private GodwitException badRequest(
            String doing, String facts, boolean put, AwsServiceException e) {
        Optional<String> region = rightRegion(e);
        if (region.isPresent()) {
            return failure(FailureKind.INVALID, "bucket is in another region: " + facts, e)
                    .withHint("add region=" + region.get() + " to the URL");
        }
        return switch (code(e)) {
            case "PermanentRedirect", "TemporaryRedirect" ->
                    failure(FailureKind.INVALID, "bucket is in another region: " + facts, e)
                            .withHint("add region=NAME to the URL, or look at the endpoint");
            case "BadDigest", "InvalidDigest", "XAmzContentChecksumMismatch", "IncompleteBody" ->
                    failure(
                            FailureKind.UNAVAILABLE,
                            "bytes were damaged on their way: " + facts,
                            e);
            case "RequestTimeout" -> passing("store lost patience: ", facts, put, e);
            case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" -> denied(doing, facts, e);
            default -> failure(FailureKind.INVALID, "store refuses: " + facts, e);
        };
    }

    private static GodwitException denied(String doing, String facts, AwsServiceException e) {
        if (code(e).equals("InvalidObjectState")) {
            return failure(FailureKind.DENIED, "object is archived: " + facts, e)
                    .withHint("have the store restore it, and keep packs in a class that is read");
        }
        String hint =
                switch (code(e)) {
                    case "RequestTimeTooSkewed" -> "set the clock of this machine";
                    case "ExpiredToken", "InvalidToken", "TokenRefreshRequired" ->
                            "renew the credentials and run it again: it goes on from there";
                    case "InvalidAccessKeyId", UNKNOWN_USER, "SignatureDoesNotMatch" ->
                            "bring the right credentials: AWS_ACCESS_KEY_ID, a profile, or a role";
                    default ->
                            doing.equals("delete")
                                    ? "allow delete on the bucket, or bring other credentials"
                                    : "allow get, put and list on the bucket,"
                                            + " or bring other credentials";
                };
        return failure(FailureKind.DENIED, "access denied: " + facts, e).withHint(hint);
    }

    private GodwitException unanswered(String doing, String key, boolean put, SdkException e) {
        String facts = facts(doing, key) + " reason=" + reason(e);
        if (e instanceof AbortedException || Thread.currentThread().isInterrupted()) {
            Thread.currentThread().interrupt();
            return failure(
                    put ? FailureKind.INDETERMINATE : FailureKind.INTERRUPTED,
                    "interrupted: " + facts(doing, key),
                    e);
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof NamedTrust.Untrusted certificate) {
                return untrusted(facts(doing, key), certificate);
            }
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException tls && isRefusal(tls)) {
                return failure(FailureKind.INVALID, "no secure connection: " + facts, e)
                        .withHint("look at the endpoint, or name the certificates: ca=FILE");
            }
            if (isUnreachable(cause)) {
                return failure(FailureKind.UNAVAILABLE, "store cannot be reached: " + facts, e);
            }
        }
        return passing("store gave no answer: ", facts, put, e);
    }

    /// Nothing was sent. One that was trusted before may be so again, when the server's operator is
    /// done.
    private static GodwitException untrusted(String facts, NamedTrust.Untrusted certificate) {
        String named = facts + " " + certificate.getMessage();
        String hint = "name the certificates that are trusted, if it shall be: ca=FILE";
        return certificate.changed()
                ? failure(
                                FailureKind.UNAVAILABLE,
                                "server has another certificate now, which is not trusted: "
                                        + named,
                                certificate)
                        .withHint(hint)
                : failure(
                                FailureKind.INVALID,
                                "server's certificate is not trusted: " + named,
                                certificate)
                        .withHint(hint);
    }

    /// Whether both ends will never agree; a connection that broke while they talked is none.
    private static boolean isRefusal(SSLException tls) {
        boolean broke = tls.getCause() instanceof java.io.IOException;
        boolean plain = String.valueOf(tls.getMessage()).contains("Unsupported or unrecognized");
        return plain
                || tls instanceof SSLPeerUnverifiedException
                || (tls instanceof SSLHandshakeException && !broke);
    }

    /// Whether nothing was sent.
    private static boolean isUnreachable(Throwable cause) {
        return cause instanceof ConnectException
                || cause instanceof UnknownHostException
                || cause instanceof NoRouteToHostException
                || cause.getClass().getSimpleName().startsWith("ConnectTimeout")
                || cause.getClass().getSimpleName().startsWith("ConnectionRequestTimeout");
    }

    /// What passes, and what may have passed unseen.
    private static GodwitException passing(
            String words, String facts, boolean put, Throwable cause) {
        return failure(
                put ? FailureKind.INDETERMINATE : FailureKind.UNAVAILABLE, words + facts, cause);
    }

    private static GodwitException failure(FailureKind kind, String message, Throwable cause) {
        return new GodwitException(kind, message, cause);
    }

    /// An answer that says one thing in its head and another in its body.
    GodwitException strange(String doing, String key, boolean put, String finding) {
        return new GodwitException(
                        put ? FailureKind.INDETERMINATE : FailureKind.UNAVAILABLE,
                        "answer is not the store's, %s: %s".formatted(finding, facts(doing, key)))
                .withObject(key);
    }

    private String facts(String doing, String key) {
        return "doing=" + doing + " object=" + place.name(key);
    }

    private static Optional<String> rightRegion(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        if (details == null) {
            return Optional.empty();
        }
        Optional<String> header =
                Optional.ofNullable(details.sdkHttpResponse())
                        .flatMap(r -> r.firstMatchingHeader("x-amz-bucket-region"));
        if (header.isPresent() || e.statusCode() == 301) {
            return header;
        }
        SdkBytes raw = details.rawResponse();
        Matcher region = REGION.matcher(raw == null ? "" : raw.asUtf8String());
        boolean malformed = code(e).equals("AuthorizationHeaderMalformed");
        return malformed && region.find() ? Optional.of(region.group(1)) : Optional.empty();
    }

    static String code(AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null ? null : details.errorCode();
        return code == null || code.isBlank() ? NO_CODE : code;
    }

    /// The innermost words: the outer ones are the client's.
    private static String reason(Throwable e) {
        Throwable inner = e;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        @Nullable String message = inner.getMessage();
        String text =
                switch (inner) {
                    case UnknownHostException _ -> "no such host: " + message;
                    default -> message == null ? inner.getClass().getSimpleName() : message;
                };
        String line = text.lines().findFirst().orElse("").toLowerCase(Locale.ROOT);
        return line.length() <= ANSWER_SHOWN ? line : line.substring(0, ANSWER_SHOWN) + "…";
    }
}
