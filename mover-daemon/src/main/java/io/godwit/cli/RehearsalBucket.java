package io.godwit.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// As much of S3 as a rehearsal needs, in memory, on loopback: conditional puts, ranges, lists.
///
/// It checks no signature and belongs to no product. One thread of its own serves everything.
final class RehearsalBucket implements AutoCloseable {
    private static final String XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    private static final String NAME = "/rehearsal/";

    private final HttpServer server;
    private final ConcurrentNavigableMap<String, byte[]> objects;

    RehearsalBucket() throws IOException {
        this(new ConcurrentSkipListMap<>());
    }

    /// A bucket of these objects; who changes them behind its back does what a bad disk does.
    RehearsalBucket(ConcurrentNavigableMap<String, byte[]> objects) throws IOException {
        this.objects = objects;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
    }

    String url() {
        return url(port());
    }

    static String url(int port) {
        return "s3://rehearsal?region=us-east-1&path-style=true&endpoint=http://127.0.0.1:" + port;
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String key = path.startsWith(NAME) ? path.substring(NAME.length()) : "";
            switch (exchange.getRequestMethod()) {
                case "PUT" -> put(exchange, key);
                case "DELETE" -> {
                    objects.remove(key);
                    answer(exchange, 204, new byte[0]);
                }
                default -> {
                    if (key.isEmpty()) {
                        list(exchange);
                    } else {
                        get(exchange, key);
                    }
                }
            }
        }
    }

    private void put(HttpExchange exchange, String key) throws IOException {
        byte[] content = exchange.getRequestBody().readAllBytes();
        boolean conditional = exchange.getRequestHeaders().containsKey("If-None-Match");
        boolean taken = conditional && objects.putIfAbsent(key, content) != null;
        if (!conditional) {
            objects.put(key, content);
        }
        if (!taken) {
            exchange.getResponseHeaders().set("ETag", "\"e\"");
            answer(exchange, 200, new byte[0]);
        } else {
            error(exchange, 412, "PreconditionFailed");
        }
    }

    private void get(HttpExchange exchange, String key) throws IOException {
        byte[] content = objects.get(key);
        if (content == null) {
            error(exchange, 404, "NoSuchKey");
            return;
        }
        exchange.getResponseHeaders().set("ETag", "\"e\"");
        Optional<String> range =
                Optional.ofNullable(exchange.getRequestHeaders().getFirst("Range"))
                        .map(text -> text.substring("bytes=".length()));
        if (range.isEmpty()) {
            answer(exchange, 200, content);
            return;
        }
        String[] ends = range.get().split("-", -1);
        int first =
                ends[0].isEmpty()
                        ? Math.max(0, content.length - Integer.parseInt(ends[1]))
                        : (int) Math.min(Long.parseLong(ends[0]), content.length);
        long last = ends[0].isEmpty() ? content.length - 1 : Long.parseLong(ends[1]);
        int end = (int) Math.min(last, content.length - 1L) + 1;
        if (first >= end) {
            error(exchange, 416, "InvalidRange");
            return;
        }
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes %d-%d/%d".formatted(first, end - 1, content.length));
        answer(exchange, 206, Arrays.copyOfRange(content, first, end));
    }

    private void list(HttpExchange exchange) throws IOException {
        Map<String, String> query = query(exchange);
        String prefix = query.getOrDefault("prefix", "");
        String after = query.getOrDefault("start-after", "");
        int limit = Integer.parseInt(query.getOrDefault("max-keys", "1000"));
        List<Map.Entry<String, byte[]>> found =
                objects.tailMap(after, after.isEmpty()).entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(prefix))
                        .limit(limit + 1L)
                        .toList();
        String contents =
                found.stream()
                        .limit(limit)
                        .map(
                                entry ->
                                        "<Contents><Key>%s</Key><Size>%d</Size></Contents>"
                                                .formatted(entry.getKey(), entry.getValue().length))
                        .collect(Collectors.joining());
        xml(
                exchange,
                200,
                "<ListBucketResult><IsTruncated>%s</IsTruncated>%s</ListBucketResult>"
                        .formatted(found.size() > limit, contents));
    }

    private static Map<String, String> query(HttpExchange exchange) {
        Map<String, String> query = new TreeMap<>();
        Stream.of(exchange.getRequestURI().getQuery().split("&"))
                .map(pair -> pair.split("=", 2))
                .filter(pair -> pair.length == 2)
                .forEach(pair -> query.put(pair[0], pair[1]));
        return query;
    }

    private static void error(HttpExchange exchange, int status, String code) throws IOException {
        xml(exchange, status, "<Error><Code>%s</Code></Error>".formatted(code));
    }

    private static void xml(HttpExchange exchange, int status, String text) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/xml");
        answer(exchange, status, (XML + text).getBytes(StandardCharsets.UTF_8));
    }

    private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(body.length));
        }
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head && body.length > 0) {
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
