package io.godwit.s3;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A network that does what networks do, between a client and a real server: what goes wrong, and
/// how often, is set; which request it hits follows from the seed, the request and how often it was
/// sent, whatever the threads do.
public final class FaultProxy implements AutoCloseable {
    /// What can happen to a request.
    public enum Fault {
        /// Refused for now, and applied all the same, every other time.
        CONFLICT,
        /// Applied, and repeated by somebody in between: the name is taken, by the request itself.
        TAKEN_BY_ITSELF,
        /// An error, applied or not.
        ERROR_500,
        /// Not applied.
        SLOW_DOWN,
        /// The connection breaks in the middle of the request's body.
        RESET_REQUEST,
        /// The connection breaks in the middle of the answer's body.
        RESET_ANSWER,
        /// Nobody reads the request's body any more.
        STALL_REQUEST,
        /// The answer's body stops.
        STALL_ANSWER,
        /// 200, from somebody else.
        OTHER_BODY,
        DELAY,
        /// Applied, and the connection breaks before the answer.
        ANSWER_LOST,
        /// A list answers with fewer names than asked for.
        SMALL_PAGE,
        /// A list does not show yet what was put a moment ago.
        LATE_LIST,
        /// A put is said to be done, and is not.
        LOST,
        /// The connection breaks, and what was sent is applied seconds later.
        LATE_PUT;

        /// What the port's promises outlast, and quickly.
        public static final Set<Fault> PASSING =
                EnumSet.complementOf(
                        EnumSet.of(STALL_REQUEST, STALL_ANSWER, LATE_LIST, LOST, LATE_PUT));
    }

    /// An answer to requests whose head matches, which are not passed on.
    private record Refusal(Predicate<String> head, String status, String code, String more) {}

    private static final long STALL_MILLIS = 4000;
    private static final long LATE_NANOS = 300_000_000;
    public static final long LATE_PUT_MILLIS = 4000;
    private static final Pattern LISTED =
            Pattern.compile("<Contents>.*?<Key>([^<]*)</Key>.*?</Contents>", Pattern.DOTALL);

    private final ServerSocket listener;
    private final int upstream;
    private final long seed;
    private final Map<Fault, Double> chances = new EnumMap<>(Fault.class);
    private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    public final Map<Fault, AtomicLong> hits = new ConcurrentHashMap<>();
    private final List<Refusal> refusals = new CopyOnWriteArrayList<>();
    private final Map<String, Long> lastPut = new ConcurrentHashMap<>();
    private volatile Consumer<String> watcher = head -> {};
    private volatile Consumer<String> answered = head -> {};
    private volatile Predicate<String> victims = line -> true;
    private volatile boolean unconditional;
    private volatile boolean cut;
    private volatile long stallMillis = STALL_MILLIS;

    public FaultProxy(int upstream, long seed) throws IOException {
        this.upstream = upstream;
        this.seed = seed;
        this.listener = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        thread(this::accept);
    }

    /// Sets how often a fault happens, from 0 to 1.
    public synchronized FaultProxy with(Fault fault, double chance) {
        chances.put(fault, chance);
        return this;
    }

    /// Only requests whose first line matches are hit.
    public FaultProxy only(Predicate<String> firstLine) {
        victims = firstLine;
        return this;
    }

    /// Answers requests whose head (first line and headers) matches with an error.
    ///
    /// @param status as it stands in the answer's first line
    /// @param more XML in the error
    public FaultProxy refusing(Predicate<String> head, String status, String code, String more) {
        refusals.add(new Refusal(head, status, code, more));
        return this;
    }

    /// What stalls does so longer than anybody waits.
    public FaultProxy stallingForEver() {
        stallMillis = Long.MAX_VALUE;
        return this;
    }

    /// Is shown the head of each request.
    public FaultProxy watching(Consumer<String> heads) {
        watcher = heads;
        return this;
    }

    /// Is shown the head of each request that the server has answered, before the client hears.
    public FaultProxy watchingAnswers(Consumer<String> heads) {
        answered = heads;
        return this;
    }

    /// Leaves out the condition of every put, as a server does that does not know it.
    public FaultProxy withoutConditions() {
        unconditional = true;
        return this;
    }

    /// From now on every connection breaks, those that are open too.
    public void cut() throws IOException {
        cut = true;
        for (Socket socket : open) {
            socket.close();
        }
    }

    public void mend() {
        cut = false;
    }

    public synchronized void heal() {
        chances.clear();
        refusals.clear();
    }

    /// How many requests of a method came.
    public long sent(String method) {
        return calls.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(method))
                .mapToLong(entry -> entry.getValue().get())
                .sum();
    }

    public int port() {
        return listener.getLocalPort();
    }

    private static void thread(Runnable work) {
        Thread.ofVirtual().start(work);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (cut) {
                    client.close();
                    continue;
                }
                open.add(client);
                thread(() -> serve(client));
            }
        } catch (IOException closed) {
            // The end of the test.
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket()) {
            client.setTcpNoDelay(true);
            server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), upstream));
            open.add(server);
            InputStream fromClient = new BufferedInputStream(client.getInputStream(), 1 << 16);
            InputStream fromServer = new BufferedInputStream(server.getInputStream(), 1 << 16);
            Exchange exchange = new Exchange(client, server, fromClient, fromServer);
            while (exchange.next()) {}
        } catch (IOException | InterruptedException broken) {
            // What either end did, or what we did to them.
        } finally {
            open.remove(client);
        }
    }

    /// The head of a message: its lines as they came, and the length of what follows.
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Head(byte[] bytes, String firstLine, long length) {
        String text() {
            return new String(bytes, StandardCharsets.ISO_8859_1);
        }

        boolean expects() {
            return text().toLowerCase(Locale.ROOT).contains("expect: 100-continue");
        }

        static Head read(InputStream in) throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int state = 0;
            while (state < 4) {
                int b = in.read();
                if (b < 0) {
                    throw new EOFException();
                }
                bytes.write(b);
                state = b == (state % 2 == 0 ? '\r' : '\n') ? state + 1 : b == '\r' ? 1 : 0;
            }
            String text = bytes.toString(StandardCharsets.ISO_8859_1);
            long length = 0;
            for (String line : text.split("\r\n", -1)) {
                if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                    length = Long.parseLong(line.substring(line.indexOf(':') + 1).strip());
                }
            }
            return new Head(bytes.toByteArray(), text.substring(0, text.indexOf('\r')), length);
        }
    }

    private final class Exchange {
        private final Socket client;
        private final Socket server;
        private final InputStream fromClient;
        private final InputStream fromServer;

        Exchange(Socket client, Socket server, InputStream fromClient, InputStream fromServer) {
            this.client = client;
            this.server = server;
            this.fromClient = fromClient;
            this.fromServer = fromServer;
        }

        /// Passes one request on and its answer back; false when the connection is of no more use.
        boolean next() throws IOException, InterruptedException {
            Head request = Head.read(fromClient);
            watcher.accept(request.text());
            Dice dice = new Dice(request.firstLine());
            boolean put = request.firstLine().startsWith("PUT ");
            if (request.expects()) {
                client.getOutputStream()
                        .write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            if (dice.shows(Fault.DELAY)) {
                Thread.sleep(dice.random.nextInt(40));
            }
            if (request.length() > 0 && dice.shows(Fault.STALL_REQUEST)) {
                Thread.sleep(stallMillis);
                return reset();
            }
            if (put && dice.shows(Fault.RESET_REQUEST)) {
                fromClient.readNBytes((int) (request.length() / 2));
                return reset();
            }
            byte[] body = fromClient.readNBytes(Math.toIntExact(request.length()));
            for (Refusal refusal : refusals) {
                if (refusal.head().test(request.text())) {
                    return error(refusal.status(), refusal.code(), refusal.more());
                }
            }
            if (put) {
                lastPut.put(key(request.firstLine()), System.nanoTime());
            }
            if (put && dice.shows(Fault.LATE_PUT)) {
                reset();
                Thread.sleep(LATE_PUT_MILLIS);
                forward(request, body);
                return false;
            }
            if (put && dice.shows(Fault.LOST)) {
                return send("HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 0\r\n\r\n");
            }
            if (dice.shows(Fault.SLOW_DOWN)) {
                return error("503 Slow Down", "SlowDown");
            }
            boolean applied = dice.random.nextBoolean();
            if (put && dice.shows(Fault.CONFLICT)) {
                if (applied) {
                    forward(request, body);
                }
                return error("409 Conflict", "ConditionalRequestConflict");
            }
            if (dice.shows(Fault.ERROR_500)) {
                if (applied && put) {
                    forward(request, body);
                }
                return error("500 Internal Server Error", "InternalError");
            }
            if (dice.shows(Fault.OTHER_BODY)) {
                return other();
            }
            byte[][] answer = forward(request, body);
            answered.accept(request.text());
            if (put && dice.shows(Fault.TAKEN_BY_ITSELF)) {
                return error("412 Precondition Failed", "PreconditionFailed");
            }
            if (dice.shows(Fault.ANSWER_LOST)) {
                return reset();
            }
            return answer(request, answer[0], answer[1], dice);
        }

        private boolean answer(Head request, byte[] head, byte[] body, Dice dice)
                throws IOException, InterruptedException {
            boolean list = request.firstLine().contains("list-type=2");
            boolean small = list && dice.shows(Fault.SMALL_PAGE);
            if (small || (list && dice.shows(Fault.LATE_LIST))) {
                byte[] page = small ? smallPage(body) : latePage(body);
                String cut =
                        new String(head, StandardCharsets.ISO_8859_1)
                                .replaceFirst(
                                        "(?i)content-length: *\\d+",
                                        "Content-Length: " + page.length);
                return send(cut.getBytes(StandardCharsets.ISO_8859_1), page);
            }
            boolean breaks = body.length > 0 && dice.shows(Fault.RESET_ANSWER);
            boolean stalls = body.length > 0 && !breaks && dice.shows(Fault.STALL_ANSWER);
            if (breaks || stalls) {
                send(head, Arrays.copyOf(body, body.length / 2));
                Thread.sleep(stalls ? stallMillis : 5);
                return reset();
            }
            return send(head, body);
        }

        private byte[][] forward(Head request, byte[] body) throws IOException {
            OutputStream out = new BufferedOutputStream(server.getOutputStream(), 1 << 16);
            byte[] head = without("expect", request.bytes());
            out.write(unconditional ? without("if-none-match", head) : head);
            out.write(body);
            out.flush();
            Head answer = Head.read(fromServer);
            boolean empty = request.firstLine().startsWith("HEAD ");
            byte[] content =
                    empty ? new byte[0] : fromServer.readNBytes(Math.toIntExact(answer.length()));
            return new byte[][] {answer.bytes(), content};
        }

        private static byte[] without(String header, byte[] head) {
            return new String(head, StandardCharsets.ISO_8859_1)
                    .replaceFirst("(?i)" + header + ": [^\r]*\r\n", "")
                    .getBytes(StandardCharsets.ISO_8859_1);
        }

        private boolean send(byte[] head, byte[] body) throws IOException {
            OutputStream out = new BufferedOutputStream(client.getOutputStream(), 1 << 16);
            out.write(head);
            out.write(body);
            out.flush();
            return true;
        }

        private boolean send(String head) throws IOException {
            return send(head.getBytes(StandardCharsets.ISO_8859_1), new byte[0]);
        }

        private boolean error(String status, String code) throws IOException {
            return error(status, code, "");
        }

        private boolean error(String status, String code, String more) throws IOException {
            byte[] body =
                    "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>planted</Message>%s</Error>"
                            .formatted(code, more)
                            .getBytes(StandardCharsets.UTF_8);
            String head =
                    "HTTP/1.1 %s\r\nContent-Type: application/xml\r\nContent-Length: %d\r\n\r\n"
                            .formatted(status, body.length);
            return send(head.getBytes(StandardCharsets.ISO_8859_1), body);
        }

        private boolean other() throws IOException {
            byte[] body = "<html>please log in</html>".getBytes(StandardCharsets.UTF_8);
            String head =
                    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
                            .formatted(body.length);
            return send(head.getBytes(StandardCharsets.ISO_8859_1), body);
        }

        private boolean reset() throws IOException {
            client.setSoLinger(true, 0);
            client.close();
            return false;
        }
    }

    /// The first names only, and a word that there are more.
    private static byte[] smallPage(byte[] body) {
        String text = new String(body, StandardCharsets.UTF_8);
        String end = "</Contents>";
        int first = text.indexOf(end);
        int second = first < 0 ? -1 : text.indexOf(end, first + 1);
        int last = text.lastIndexOf(end);
        if (second < 0 || second == last) {
            return body;
        }
        return (text.substring(0, second) + text.substring(last))
                .replace("<IsTruncated>false<", "<IsTruncated>true<")
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] latePage(byte[] body) {
        long now = System.nanoTime();
        return LISTED.matcher(new String(body, StandardCharsets.UTF_8))
                .replaceAll(
                        listed -> {
                            Long put = lastPut.get(listed.group(1));
                            boolean late = put != null && now - put < LATE_NANOS;
                            return late ? "" : Matcher.quoteReplacement(listed.group());
                        })
                .getBytes(StandardCharsets.UTF_8);
    }

    /// Of the object in `PUT /bucket/key HTTP/1.1`.
    private static String key(String firstLine) {
        String path = firstLine.split(" ", 3)[1];
        return path.substring(path.indexOf('/', 1) + 1);
    }

    private final class Dice {
        private final SplittableRandom random;
        private final boolean victim;

        Dice(String firstLine) {
            long number = calls.computeIfAbsent(firstLine, k -> new AtomicLong()).incrementAndGet();
            random =
                    new SplittableRandom(
                            seed * 31 + firstLine.hashCode() * 1_000_003L + number * 7919);
            victim = victims.test(firstLine);
        }

        boolean shows(Fault fault) {
            double chance;
            synchronized (FaultProxy.this) {
                chance = chances.getOrDefault(fault, 0.0);
            }
            boolean hit = random.nextDouble() < chance && victim;
            if (hit) {
                hits.computeIfAbsent(fault, k -> new AtomicLong()).incrementAndGet();
            }
            return hit;
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
