package io.godwit.cli;

import java.time.Duration;
import java.util.OptionalLong;

/// How far a run is, at one moment.
///
/// @param totalBytes 0 when unknown
record Progress(
        String phase,
        long doneBytes,
        long totalBytes,
        long readBytes,
        long newBytes,
        long storedBytes,
        long bytesPerSecond) {

    /// What a run counts.
    ///
    /// @param done bytes of the volume that are dealt with
    record Counts(long done, long read, long fresh, long stored) {}

    OptionalLong etaSeconds() {
        if (totalBytes == 0 || bytesPerSecond == 0) {
            return OptionalLong.empty();
        }
        return OptionalLong.of(Math.ceilDiv(Math.max(0, totalBytes - doneBytes), bytesPerSecond));
    }

    void json(JsonLine json) {
        json.text("phase", phase)
                .number("doneBytes", doneBytes)
                .number("totalBytes", totalBytes)
                .number("readBytes", readBytes)
                .number("newBytes", newBytes)
                .number("storedBytes", storedBytes)
                .number("bytesPerSecond", bytesPerSecond)
                .number("etaSeconds", etaSeconds());
    }

    /// One line for people.
    String line() {
        StringBuilder line = new StringBuilder(phase);
        if (totalBytes > 0) {
            long percent = Math.min(100, Math.round(100.0 * doneBytes / totalBytes));
            line.append("  ").append(percent).append(" %  ");
            line.append(ByteSize.text(doneBytes)).append(" of ").append(ByteSize.text(totalBytes));
        } else if (doneBytes > 0) {
            line.append("  ").append(ByteSize.text(doneBytes));
        }
        if (bytesPerSecond > 0) {
            line.append("  ").append(ByteSize.text(bytesPerSecond)).append("/s");
        }
        if (newBytes > 0) {
            line.append("  new ").append(ByteSize.text(newBytes));
        }
        etaSeconds()
                .ifPresent(
                        seconds ->
                                line.append("  ")
                                        .append(clock(Duration.ofSeconds(seconds)))
                                        .append(" left"));
        return line.toString();
    }

    private static String clock(Duration rest) {
        String minutes = "%d:%02d".formatted(rest.toMinutesPart(), rest.toSecondsPart());
        return rest.toHours() == 0
                ? minutes
                : "%d:%02d:%02d"
                        .formatted(rest.toHours(), rest.toMinutesPart(), rest.toSecondsPart());
    }
}
