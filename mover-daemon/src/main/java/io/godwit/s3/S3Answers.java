package io.godwit.s3;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What stands in the headers of an answer.
final class S3Answers {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d+)-(\\d+)/(\\d+)");

    private S3Answers() {}

    /// Which bytes of an object of which length an answer holds.
    ///
    /// @param first of the object's bytes that is in the answer
    /// @param count of bytes in the answer
    /// @param objectLength of the whole object
    record Span(long first, long count, long objectLength) {}

    /// From `Content-Range`; without one the answer holds the whole object.
    static @Nullable Span span(@Nullable String contentRange, @Nullable Long contentLength) {
        if (contentLength == null || contentLength < 0) {
            return null;
        }
        if (contentRange == null) {
            return new Span(0, contentLength, contentLength);
        }
        Matcher matcher = CONTENT_RANGE.matcher(contentRange);
        if (!matcher.matches()) {
            return null;
        }
        try {
            long first = Long.parseLong(matcher.group(1));
            long count = Long.parseLong(matcher.group(2)) - first + 1;
            long length = Long.parseLong(matcher.group(3));
            boolean sound = count == contentLength && count >= 0 && first + count <= length;
            return sound ? new Span(first, count, length) : null;
        } catch (NumberFormatException tooLong) {
            return null;
        }
    }
}
