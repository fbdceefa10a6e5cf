package io.godwit.cli;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// What a command says: results on standard output, everything else on standard error; with
/// `--json` all of it as JSON lines on standard output. Any thread may speak; nobody's line ends up
/// inside another's.
final class Output {
    private static final int JSON_MILLIS = 1000;
    private static final int LIVE_MILLIS = 250;
    private static final int LOG_MILLIS = 10_000;
    private static final String CLEAR_LINE = "\r\u001b[K";

    private final StandardStream out;
    private final StandardStream err;
    private final StandardStream answers;
    private final boolean json;
    private final boolean quiet;
    private final boolean verbose;
    private final boolean progress;
    private final boolean live;
    private boolean lineShown;

    /// @param dataOnOutput whether standard output carries a volume, so that answers go to standard
    ///     error
    Output(Outside outside, GlobalOptions options, boolean dataOnOutput) {
        out = new StandardStream(outside.out(), "standard output");
        err = new StandardStream(outside.err(), "standard error");
        answers = dataOnOutput ? err : out;
        json = options.json;
        quiet = options.quiet;
        verbose = options.verbose;
        progress = !options.noProgress && !(quiet && !json);
        live = outside.terminal();
    }

    boolean showsProgress() {
        return progress;
    }

    int progressMillis() {
        return json ? JSON_MILLIS : live ? LIVE_MILLIS : LOG_MILLIS;
    }

    synchronized void progress(Progress now) {
        if (json) {
            line("progress", now::json);
        } else if (live) {
            text(err, CLEAR_LINE + now.line(), "");
            lineShown = true;
        } else {
            text(err, now.line(), "\n");
        }
    }

    /// Behind the last one, the line on the terminal gives way; a program gets the final numbers.
    synchronized void lastProgress(Progress last) {
        if (json) {
            line("progress", last::json);
        }
        clearLine();
    }

    private void clearLine() {
        if (lineShown) {
            text(err, CLEAR_LINE, "");
            lineShown = false;
        }
    }

    /// @param kind a stable word for programs
    /// @param message one sentence
    synchronized void warning(String kind, String message) {
        if (json) {
            line("warning", fields -> fields.text("kind", kind).text("message", message));
        } else {
            say("godwit: warning: " + message);
        }
    }

    /// Something for whoever asked with `-v`.
    void debug(String message) {
        if (verbose) {
            say("godwit: " + message);
        }
    }

    private synchronized void say(String sentence) {
        clearLine();
        text(err, sentence, "\n");
    }

    /// The last words of a command that finished.
    synchronized void result(Result result) {
        if (json) {
            line(
                    "result",
                    fields -> {
                        fields.number("exitCode", result.exitCode());
                        result.json(fields);
                    });
        } else {
            clearLine();
            PrintWriter writer =
                    new PrintWriter(new OutputStreamWriter(answers, StandardCharsets.UTF_8));
            if (quiet) {
                result.quiet(writer);
            } else {
                result.people(writer);
            }
            writer.flush();
        }
        result.complaint().ifPresent(sentence -> say("godwit: " + sentence));
    }

    /// The last words of a command that did not finish. People who watch the programs read them
    /// too.
    synchronized void failure(Failure failure) {
        if (json) {
            line("error", failure::json);
        }
        if (!json || answers != err) {
            say(failure.sentence());
        }
        if (verbose && failure.exitCode() == 1) {
            say(failure.details().stripTrailing());
        }
    }

    private void line(String type, JsonLine.Fields fields) {
        try (JsonLine line = new JsonLine(answers)) {
            line.text("type", type);
            fields.write(line);
        }
        answers.write('\n');
        answers.flush();
    }

    private static void text(StandardStream to, String text, String end) {
        byte[] bytes = (text + end).getBytes(StandardCharsets.UTF_8);
        to.write(bytes, 0, bytes.length);
        to.flush();
    }

    /// Where the answer goes, for what is not made of lines. Whoever takes it flushes it.
    OutputStream answers() {
        return answers;
    }
}
