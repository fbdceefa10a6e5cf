package io.godwit.check;

import java.util.List;

/// What a scrub looked at and found.
///
/// @param objects that were read
/// @param bytes that were read
/// @param problems none means that all is well; what they affect takes a key to say, see
///     [VerifyEngine]
public record ScrubResult(long objects, long bytes, List<VerifyResult.Problem> problems) {
    public ScrubResult {
        problems = List.copyOf(problems);
    }
}
