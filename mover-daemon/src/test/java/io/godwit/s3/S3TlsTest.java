package io.godwit.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.store.Store.Put;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A server with a certificate of its own.
final class S3TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir static Path directory;
    private static @Nullable S3Server server;

    @BeforeAll
    static void start() throws Exception {
        certificate("server");
        server = S3Server.versitygw(directory, served("server"));
    }

    private static String[] served(String name) {
        return new String[] {
            "--cert", directory.resolve(name + ".pem").toString(),
            "--key", directory.resolve(name + ".key").toString()
        };
    }

    /// Makes NAME.pem, of `CN=NAME`, and NAME.key.
    private static void certificate(String name) throws Exception {
        Path store = directory.resolve(name + ".p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-alias",
                                "key",
                                "-dname",
                                "CN=" + name,
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("keytool.log").toFile())
                        .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        pem(name + ".pem", "CERTIFICATE", keys.getCertificate("key").getEncoded());
        pem(name + ".key", "PRIVATE KEY", keys.getKey("key", PASSWORD).getEncoded());
    }

    private static void pem(String name, String kind, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                directory.resolve(name),
                "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, text, kind));
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String url() {
        return Objects.requireNonNull(server).url("tls").replace("http:", "https:");
    }

    @Test
    void theFileOfCertificatesIsTrusted() {
        byte[] content = new byte[3 << 20];
        new Random(1).nextBytes(content);
        ObjectKey key = new ObjectKey("p/a");
        try (Store store = S3Server.openUrl(url() + "&ca=" + directory.resolve("server.pem"))) {
            assertThat(store.putIfAbsent(key, MemorySegment.ofArray(content)))
                    .isEqualTo(Put.CREATED);
            byte[] other = new byte[content.length];
            assertThat(store.putIfAbsent(key, MemorySegment.ofArray(other))).isEqualTo(Put.EXISTS);
            assertThat(store.get(key, content.length)).contains(content);
        }
    }

    @Test
    void anotherCertificateIsRefusedAndNotAskedAgain() {
        try (Store store = S3Server.openUrl(url())) {
            assertThatThrownBy(() -> store.get(new ObjectKey("a"), 10))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> {
                                assertThat(e.kind()).isEqualTo(FailureKind.INVALID);
                                assertThat(e.hint().orElseThrow()).contains("ca=FILE");
                            })
                    .hasMessageContaining(
                            "server's certificate is not trusted: doing=get object=s3://backup/tls/a"
                                    + " subject=CN=server issuer=CN=server until=");
        }
    }

    @Test
    void aProxyIsAskedForATunnel() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            List<String> asked = new CopyOnWriteArrayList<>();
            Thread.ofVirtual().start(() -> tunnel(listener, asked));
            String proxy = "&proxy=http://127.0.0.1:" + listener.getLocalPort();
            String ca = "&ca=" + directory.resolve("server.pem");
            try (Store store = S3Server.openUrl(url() + ca + proxy)) {
                assertThat(store.get(new ObjectKey("nothing"), 10)).isEmpty();
            }
            int port = Objects.requireNonNull(server).port();
            assertThat(asked).containsExactly("CONNECT 127.0.0.1:" + port + " HTTP/1.1");
        }
    }

    private static void tunnel(ServerSocket listener, List<String> asked) {
        try (Socket client = listener.accept();
                Socket behind =
                        new Socket(
                                InetAddress.getLoopbackAddress(),
                                Objects.requireNonNull(server).port())) {
            StringBuilder head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) client.getInputStream().read());
            }
            asked.add(head.substring(0, head.indexOf("\r")));
            client.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\n".getBytes(US_ASCII));
            Thread back = Thread.ofVirtual().start(() -> pour(behind, client));
            pour(client, behind);
            back.join();
        } catch (IOException | InterruptedException end) {
            asked.add("broken: " + end);
        }
    }

    private static void pour(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException end) {
            // One of the two hung up.
        }
    }

    /// Who asks again may find the old one back, or a bundle that knows the new one.
    @Test
    void aCertificateThatChangesIsNamedAndWaitedFor() throws Exception {
        certificate("successor");
        ObjectKey key = new ObjectKey("s/a/open");
        int port = S3Server.freePort();
        String url =
                S3Server.url(port, "change").replace("http:", "https:")
                        + ("&ca=" + directory.resolve("server.pem"));
        MemorySegment content = MemorySegment.ofArray(new byte[9]);
        try (Store store = S3Server.openUrl(url)) {
            try (S3Server _ = S3Server.versitygwAt(port, directory, served("server"))) {
                assertThat(store.get(key, 10)).isEmpty();
            }
            try (S3Server _ = S3Server.versitygwAt(port, directory, served("successor"))) {
                // The connection that was kept is dead.
                assertThatThrownBy(() -> store.get(key, 10)).isInstanceOf(GodwitException.class);
                assertThatThrownBy(() -> store.putIfAbsent(key, content))
                        .isInstanceOfSatisfying(
                                GodwitException.class,
                                e -> assertThat(e.kind()).isEqualTo(FailureKind.UNAVAILABLE))
                        .hasMessageContaining(
                                "server has another certificate now, which is not trusted")
                        .hasMessageContaining("subject=CN=successor");
            }
            try (S3Server _ = S3Server.versitygwAt(port, directory, served("server"))) {
                assertThat(store.putIfAbsent(key, content)).isEqualTo(Put.CREATED);
            }
        }
    }

    @Test
    void aServerThatIsNotThereIsUnavailable() throws Exception {
        String url = S3Server.url(S3Server.freePort(), "x");
        try (Store store = S3Server.openUrl(url)) {
            assertThatThrownBy(
                            () -> store.putIfAbsent(new ObjectKey("s/a/open"), MemorySegment.NULL))
                    .isInstanceOfSatisfying(
                            GodwitException.class,
                            e -> assertThat(e.kind()).isEqualTo(FailureKind.UNAVAILABLE))
                    .hasMessageContaining("store cannot be reached");
        }
    }
}
