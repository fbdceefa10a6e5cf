package io.godwit.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A server of one export on loopback that does as tests tell it, well or badly.
///
/// Set the fields before a client connects. One thread for each connection; requests are answered
/// in their order unless [#meddler] does something else.
public final class NbdTestServer implements AutoCloseable {
    public static final String EXPORT = "vol";
    static final int CONTEXT = 77;
    private static final int BLOCK = 4096;

    public volatile byte[] content;
    public volatile boolean structured = true;
    public volatile boolean allocation = true;
    public volatile boolean fixedNewstyle = true;
    public volatile boolean knowsGo = true;
    public volatile boolean demandsTls;
    public volatile boolean multiConn;
    public volatile int minBlock = 1;
    public volatile int maxBlock = 32 << 20;
    public volatile Meddler meddler = (request, out) -> false;

    /// Blocks of 4096 bytes that cannot be read.
    public final Set<Long> badBlocks = new TreeSet<>();

    /// Sent instead of the greeting, when it is set.
    public volatile byte[] greeting = new byte[0];

    /// Sent instead of the answer to GO, when it is set.
    public volatile byte[] goAnswer = new byte[0];

    public final AtomicInteger connections = new AtomicInteger();
    public final AtomicInteger reads = new AtomicInteger();

    private final ServerSocket listener;
    private final Thread acceptor;
    private final List<Socket> open = new CopyOnWriteArrayList<>();

    /// A request of the transmission phase.
    public record Request(short type, long cookie, long offset, int length) {}

    /// Answers a request in place of the server.
    public interface Meddler {
        /// Says whether the request was answered, or never shall be.
        boolean answer(Request request, DataOutputStream out) throws IOException;
    }

    public NbdTestServer(byte[] content) throws IOException {
        this.content = content;
        listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        acceptor = Thread.ofVirtual().start(this::accept);
    }

    public String uri() {
        return "nbd://127.0.0.1:" + listener.getLocalPort() + "/" + EXPORT;
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            if (greet(in, out)) {
                transmit(in, out);
            }
        } catch (IOException gone) {
            // The client's business.
        }
    }

    private boolean greet(DataInputStream in, DataOutputStream out) throws IOException {
        if (greeting.length > 0) {
            out.write(greeting);
            return false;
        }
        out.writeLong(NbdProtocol.GREETING);
        out.writeLong(NbdProtocol.OPTION);
        out.writeShort(fixedNewstyle ? 3 : 0);
        int flags = in.readInt();
        while (true) {
            if (in.readLong() != NbdProtocol.OPTION) {
                return false;
            }
            int option = in.readInt();
            byte[] data = in.readNBytes(in.readInt());
            if (option == NbdProtocol.OPTION_EXPORT_NAME) {
                return exportName(new String(data, UTF_8), (flags & 2) != 0, out);
            }
            if (option(option, data, out)) {
                return true;
            }
        }
    }

    private boolean exportName(String name, boolean noZeroes, DataOutputStream out)
            throws IOException {
        if (!name.equals(EXPORT) || demandsTls) {
            return false;
        }
        out.writeLong(content.length);
        out.writeShort(flags());
        out.write(new byte[noZeroes ? 0 : 124]);
        return true;
    }

    private int flags() {
        return 3 | (multiConn ? NbdProtocol.FLAG_CAN_MULTI_CONN : 0);
    }

    /// @return whether transmission begins
    private boolean option(int option, byte[] data, DataOutputStream out) throws IOException {
        if (demandsTls) {
            reply(out, option, NbdProtocol.REPLY_TLS_REQUIRED, "TLS please".getBytes(UTF_8));
        } else if (option == NbdProtocol.OPTION_STRUCTURED_REPLY && structured) {
            reply(out, option, NbdProtocol.REPLY_ACK);
        } else if (option == NbdProtocol.OPTION_SET_META_CONTEXT && allocation) {
            ByteBuffer context = ByteBuffer.allocate(4 + NbdProtocol.ALLOCATION.length());
            context.putInt(CONTEXT).put(NbdProtocol.ALLOCATION.getBytes(UTF_8));
            reply(out, option, NbdProtocol.REPLY_META_CONTEXT, context.array());
            reply(out, option, NbdProtocol.REPLY_ACK);
        } else if (option == NbdProtocol.OPTION_GO && knowsGo) {
            return go(new String(data, 4, ByteBuffer.wrap(data).getInt(), UTF_8), out);
        } else {
            reply(out, option, NbdProtocol.REPLY_UNSUPPORTED);
        }
        return false;
    }

    private boolean go(String name, DataOutputStream out) throws IOException {
        int option = NbdProtocol.OPTION_GO;
        if (goAnswer.length > 0) {
            out.write(goAnswer);
            return false;
        }
        if (!name.equals(EXPORT)) {
            reply(out, option, NbdProtocol.REPLY_UNKNOWN, "never\u0007heard of it".getBytes(UTF_8));
            return false;
        }
        ByteBuffer export = ByteBuffer.allocate(12).putShort((short) 0).putLong(content.length);
        reply(out, option, NbdProtocol.REPLY_INFO, export.putShort((short) flags()).array());
        ByteBuffer sizes = ByteBuffer.allocate(14).putShort((short) NbdProtocol.INFO_BLOCK_SIZE);
        sizes.putInt(minBlock).putInt(Math.max(minBlock, BLOCK)).putInt(maxBlock);
        reply(out, option, NbdProtocol.REPLY_INFO, sizes.array());
        reply(out, option, NbdProtocol.REPLY_ACK);
        return true;
    }

    static void reply(DataOutputStream out, int option, int type, byte... data) throws IOException {
        out.writeLong(NbdProtocol.OPTION_REPLY);
        out.writeInt(option);
        out.writeInt(type);
        out.writeInt(data.length);
        out.write(data);
    }

    private void transmit(DataInputStream in, DataOutputStream out) throws IOException {
        while (in.readInt() == NbdProtocol.REQUEST) {
            in.readShort();
            Request request =
                    new Request(in.readShort(), in.readLong(), in.readLong(), in.readInt());
            if (request.type() == NbdProtocol.DISCONNECT) {
                return;
            }
            if (request.type() == NbdProtocol.READ) {
                reads.incrementAndGet();
            }
            if (!meddler.answer(request, out)) {
                answer(request, out);
            }
        }
    }

    /// As a good server answers.
    void answer(Request request, DataOutputStream out) throws IOException {
        if (request.type() == NbdProtocol.BLOCK_STATUS) {
            blockStatus(request, out);
        } else if (isBad(request)) {
            error(request, NbdErrors.EIO, out);
        } else if (structured) {
            chunk(out, 1, NbdProtocol.CHUNK_DATA, request.cookie(), dataChunk(request));
        } else {
            simple(out, 0, request.cookie(), bytes(request));
        }
    }

    private boolean isBad(Request request) {
        long last = (request.offset() + request.length() - 1) / BLOCK;
        long misplaced = (request.offset() | request.length()) & (minBlock - 1);
        return misplaced != 0
                || badBlocks.stream()
                        .anyMatch(bad -> bad >= request.offset() / BLOCK && bad <= last);
    }

    byte[] bytes(Request request) {
        int from = (int) request.offset();
        return Arrays.copyOfRange(content, from, from + request.length());
    }

    byte[] dataChunk(Request request) {
        return data(request.offset(), bytes(request));
    }

    static byte[] data(long offset, byte[] bytes) {
        return ByteBuffer.allocate(8 + bytes.length).putLong(offset).put(bytes).array();
    }

    void error(Request request, int error, DataOutputStream out) throws IOException {
        if (structured) {
            byte[] body = ByteBuffer.allocate(8).putInt(error).putShort((short) 2).array();
            chunk(out, 1, NbdProtocol.CHUNK_ERROR, request.cookie(), body);
        } else {
            simple(out, error, request.cookie());
        }
    }

    /// Blocks of zeros are holes, as a file system would know them.
    private void blockStatus(Request request, DataOutputStream out) throws IOException {
        List<Integer> descriptors = new ArrayList<>();
        long end = request.offset() + Integer.toUnsignedLong(request.length());
        for (long at = request.offset(); at < end; at += BLOCK - at % BLOCK) {
            int to = (int) Math.min(end, at + BLOCK - at % BLOCK);
            boolean zero = true;
            for (int i = (int) at; i < to; i++) {
                zero &= content[i] == 0;
            }
            descriptors.add((int) (to - at));
            descriptors.add(zero ? 3 : 0);
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream numbers = new DataOutputStream(body);
        numbers.writeInt(CONTEXT);
        for (int number : descriptors) {
            numbers.writeInt(number);
        }
        chunk(out, 1, NbdProtocol.CHUNK_BLOCK_STATUS, request.cookie(), body.toByteArray());
    }

    static void simple(DataOutputStream out, int error, long cookie, byte... data)
            throws IOException {
        ByteBuffer reply = ByteBuffer.allocate(16 + data.length).putInt(NbdProtocol.SIMPLE_REPLY);
        out.write(reply.putInt(error).putLong(cookie).put(data).array());
    }

    static void chunk(DataOutputStream out, int flags, int type, long cookie, byte... body)
            throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(20 + body.length);
        chunk.putInt(NbdProtocol.STRUCTURED_REPLY).putShort((short) flags).putShort((short) type);
        out.write(chunk.putLong(cookie).putInt(body.length).put(body).array());
    }

    /// Ends all connections at once; new ones are welcome.
    public void cut() {
        for (Socket socket : open) {
            try {
                socket.close();
            } catch (IOException gone) {
                throw new UncheckedIOException(gone);
            }
        }
        open.clear();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            acceptor.join(); // Until then the port may still answer.
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        cut();
    }
}
