package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.io.OutputStream;

/// A standard stream on which output must not get lost unnoticed: a full disk behind it is a
/// failure, a reader that has seen enough is not, and gets nothing more.
///
/// Buffered. Belongs to one thread at a time.
final class StandardStream extends OutputStream {
    private static final int BUFFER_BYTES = 8 << 10;

    private final OutputStream out;
    private final String name;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int length;
    private boolean gone;

    StandardStream(OutputStream out, String name) {
        this.out = out;
        this.name = name;
    }

    @Override
    public void write(int b) {
        if (length == buffer.length) {
            send();
        }
        buffer[length++] = (byte) b;
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
        if (count > buffer.length - length) {
            send();
        }
        if (count > buffer.length) {
            pass(bytes, offset, count);
            return;
        }
        System.arraycopy(bytes, offset, buffer, length, count);
        length += count;
    }

    @Override
    public void flush() {
        send();
    }

    private void send() {
        int count = length;
        length = 0;
        pass(buffer, 0, count);
    }

    private void pass(byte[] bytes, int offset, int count) {
        if (gone || count == 0) {
            return;
        }
        try {
            out.write(bytes, offset, count);
            out.flush();
        } catch (IOException e) {
            gone = true;
            String reason = String.valueOf(e.getMessage());
            if (!reason.contains("Broken pipe") && !reason.contains("closed")) {
                throw new GodwitException(
                        FailureKind.UNAVAILABLE, "cannot write to " + name + ": " + reason, e);
            }
        }
    }
}
