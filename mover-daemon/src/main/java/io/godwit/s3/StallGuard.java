package io.godwit.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;

/// Ends requests whose body no longer goes out: a socket's time-out covers only what comes in.
///
/// The timer's thread looks at each body once in `idle`; two looks that see the same, before its
/// end, abort.
final class StallGuard implements SdkHttpClient {
    private final SdkHttpClient client;
    private final ScheduledExecutorService timer;
    private final Duration idle;

    StallGuard(SdkHttpClient client, ScheduledExecutorService timer, Duration idle) {
        this.client = client;
        this.timer = timer;
        this.idle = idle;
    }

    /// How far a body went. Written by the sender, read by the timer.
    private static final class Progress {
        private final long length;
        private volatile long count;
        private long seen = -1;

        Progress(long length) {
            this.length = length;
        }

        boolean stands() {
            boolean same = count == seen;
            seen = count;
            return same && seen < length;
        }
    }

    private static final class Counted extends FilterInputStream {
        private final Progress progress;

        Counted(InputStream in, Progress progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            count(read < 0 ? -1 : 1);
            return read;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int read = in.read(target, offset, length);
            count(read);
            return read;
        }

        @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
        private void count(int read) {
            progress.count += Math.max(0, read);
        }
    }

    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
        if (request.contentStreamProvider().isEmpty()) {
            return client.prepareRequest(request);
        }
        ContentStreamProvider body = request.contentStreamProvider().get();
        Progress progress =
                new Progress(
                        request.httpRequest()
                                .firstMatchingHeader("Content-Length")
                                .map(Long::parseLong)
                                .orElse(0L));
        HttpExecuteRequest.Builder counted =
                HttpExecuteRequest.builder()
                        .request(request.httpRequest())
                        .contentStreamProvider(() -> new Counted(body.newStream(), progress));
        request.metricCollector().ifPresent(counted::metricCollector);
        return new Guarded(client.prepareRequest(counted.build()), progress);
    }

    private final class Guarded implements ExecutableHttpRequest {
        private final ExecutableHttpRequest request;
        private final Progress progress;

        Guarded(ExecutableHttpRequest request, Progress progress) {
            this.request = request;
            this.progress = progress;
        }

        @Override
        public HttpExecuteResponse call() throws IOException {
            long nanos = idle.toNanos();
            ScheduledFuture<?> look =
                    timer.scheduleWithFixedDelay(
                            () -> {
                                if (progress.stands()) {
                                    request.abort();
                                }
                            },
                            nanos,
                            nanos,
                            TimeUnit.NANOSECONDS);
            try {
                return request.call();
            } finally {
                look.cancel(false);
            }
        }

        @Override
        public void abort() {
            request.abort();
        }
    }

    @Override
    public String clientName() {
        return client.clientName();
    }

    @Override
    public void close() {
        client.close();
    }
}
