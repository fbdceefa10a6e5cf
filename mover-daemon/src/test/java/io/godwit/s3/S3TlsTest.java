package io.godwit.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.store.Store.Put;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Objects;
import java.util.Random;
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
        Path store = directory.resolve("server.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-alias",
                                "server",
                                "-dname",
                                "CN=test",
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
        pem("server.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
        pem("server.key", "PRIVATE KEY", keys.getKey("server", PASSWORD).getEncoded());
        server =
                S3Server.versitygw(
                        directory,
                        "--cert",
                        directory.resolve("server.pem").toString(),
                        "--key",
                        directory.resolve("server.key").toString());
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
                            "no secure connection: doing=get object=s3://backup/tls/a");
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
