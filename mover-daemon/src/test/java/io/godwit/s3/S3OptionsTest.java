package io.godwit.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.GodwitException;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import io.godwit.store.Store.Put;
import java.lang.foreign.MemorySegment;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.Tag;
import software.amazon.awssdk.services.s3.model.UploadPartResponse;

/// What the parameters of a URL do to the requests, seen on the way to a real server.
@Timeout(60)
final class S3OptionsTest {
    /// Nobody but a proxy finds it.
    private static final String NOWHERE = "storage.invalid";

    @TempDir static Path directory;
    private static @Nullable S3Server server;

    private final List<String> heads = new CopyOnWriteArrayList<>();
    private FaultProxy proxy;

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.versitygw(directory, "--virtual-domain", NOWHERE);
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void watch() throws Exception {
        proxy = new FaultProxy(Objects.requireNonNull(server).port(), 1).watching(heads::add);
    }

    @AfterEach
    void end() throws Exception {
        proxy.close();
    }

    private static void put(Store store, String key) {
        MemorySegment content = MemorySegment.ofArray(new byte[100]);
        assertThat(store.putIfAbsent(new ObjectKey(key), content)).isEqualTo(Put.CREATED);
        assertThat(store.get(new ObjectKey(key), 100)).contains(new byte[100]);
    }

    private String headOf(String line) {
        return heads.stream()
                .filter(head -> head.startsWith(line))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + line + " in " + heads))
                .toLowerCase(Locale.ROOT);
    }

    @Test
    void classesAndTagsGoByPrefix() {
        String url =
                S3Server.url(proxy.port(), "rules")
                        + "&storage-class=p/:STANDARD_IA&tags=p/:tier=cold,team=db,tier=hot";
        try (Store store = S3Server.openUrl(url)) {
            put(store, "p/a");
            put(store, "snap/a");
        }
        assertThat(headOf("PUT /backup/rules/p/a")).contains("x-amz-storage-class: standard_ia");
        assertThat(headOf("PUT /backup/rules/snap/a")).doesNotContain("x-amz-storage-class");
        assertThat(tags("rules/p/a")).containsExactlyInAnyOrder("tier=cold", "team=db");
        assertThat(tags("rules/snap/a")).containsExactlyInAnyOrder("tier=hot", "team=db");
    }

    private static List<String> tags(String key) {
        try (S3Client client = client()) {
            List<Tag> set =
                    client.getObjectTagging(b -> b.bucket(S3Server.BUCKET).key(key)).tagSet();
            return set.stream().map(tag -> tag.key() + "=" + tag.value()).toList();
        }
    }

    private static S3Client client() {
        int port = Objects.requireNonNull(server).port();
        return S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .build();
    }

    /// The bucket stands in the host name, which only the proxy can reach.
    @Test
    void aProxyReachesTheBucketByItsHostName() {
        String url =
                "s3://backup/virtual?region=us-east-1&endpoint=http://%s&proxy=http://127.0.0.1:%d"
                        .formatted(NOWHERE, proxy.port());
        try (Store store = S3Server.openUrl(url)) {
            put(store, "p/a");
            assertThat(store.list("p/", "", 10).objects()).hasSize(1);
        }
        assertThat(headOf("PUT ")).contains("/virtual/p/a http/1.1", "host: backup." + NOWHERE);
    }

    @ParameterizedTest
    @CsvSource({"400 Bad Request, InvalidRequest", "501 Not Implemented, NotImplemented"})
    void aServerThatRefusesTheChecksumIsNotSentItAgain(String status, String code) {
        proxy.refusing(head -> carriesChecksum(head), status, code, "");
        try (Store store = S3Server.openUrl(S3Server.url(proxy.port(), "plain-" + code))) {
            put(store, "p/a");
            put(store, "p/b");
        }
        List<String> puts = heads.stream().filter(head -> head.startsWith("PUT ")).toList();
        assertThat(puts).hasSize(3);
        assertThat(puts).filteredOn(S3OptionsTest::carriesChecksum).hasSize(1);
    }

    private static boolean carriesChecksum(String head) {
        return head.toLowerCase(Locale.ROOT).contains("x-amz-checksum-crc32c:");
    }

    /// Two buckets of one copy may belong to two accounts.
    @Test
    void aProfileThatIsNamedStandsBeforeTheEnvironment() throws Exception {
        Path file = directory.resolve("credentials");
        Files.writeString(file, "[vault]\naws_access_key_id = other\naws_secret_access_key = x\n");
        System.setProperty("aws.sharedCredentialsFile", file.toString());
        try (Store store = S3Server.openUrl(S3Server.url(proxy.port(), "own") + "&profile=vault")) {
            assertThatThrownBy(() -> put(store, "p/a")).isInstanceOf(GodwitException.class);
            assertThat(headOf("PUT ")).contains("credential=other/");
        } finally {
            System.clearProperty("aws.sharedCredentialsFile");
        }
    }

    @Test
    void aProfileFileThatIsNoneIsNamed() throws Exception {
        Path file = Files.writeString(directory.resolve("config"), "[default\nregion = x\n");
        System.setProperty("aws.configFile", file.toString());
        try {
            assertThatThrownBy(() -> S3Server.openUrl(S3Server.url(proxy.port(), "x")))
                    .isInstanceOf(GodwitException.class)
                    .hasMessageContaining("cannot be set up: reason=Profile definition");
        } finally {
            System.clearProperty("aws.configFile");
        }
    }

    /// Who copies a bucket with another tool may put in parts what was put as a whole.
    @Test
    void aChecksumOfPartsIsNotTheObjects() {
        byte[] content = new byte[6 << 20];
        new Random(3).nextBytes(content);
        try (S3Client client = client()) {
            putInParts(client, "parts/p/a", content, 5 << 20);
            String checksum =
                    client.headObject(
                                    b ->
                                            b.bucket(S3Server.BUCKET)
                                                    .key("parts/p/a")
                                                    .checksumMode(ChecksumMode.ENABLED))
                            .checksumCRC32C();
            assertThat(checksum).as("of the parts").endsWith("-2");
        }
        try (Store store = S3Server.openUrl(S3Server.url(proxy.port(), "parts"))) {
            assertThat(store.get(new ObjectKey("p/a"), content.length)).contains(content);
        }
    }

    private static void putInParts(S3Client client, String key, byte[] content, int partBytes) {
        String upload =
                client.createMultipartUpload(
                                b ->
                                        b.bucket(S3Server.BUCKET)
                                                .key(key)
                                                .checksumAlgorithm(ChecksumAlgorithm.CRC32_C))
                        .uploadId();
        List<CompletedPart> parts = new ArrayList<>();
        for (int at = 0; at < content.length; at += partBytes) {
            int number = parts.size() + 1;
            byte[] part = Arrays.copyOfRange(content, at, Math.min(content.length, at + partBytes));
            UploadPartResponse put =
                    client.uploadPart(
                            b ->
                                    b.bucket(S3Server.BUCKET)
                                            .key(key)
                                            .uploadId(upload)
                                            .partNumber(number)
                                            .checksumAlgorithm(ChecksumAlgorithm.CRC32_C),
                            RequestBody.fromBytes(part));
            parts.add(
                    CompletedPart.builder()
                            .partNumber(number)
                            .eTag(put.eTag())
                            .checksumCRC32C(put.checksumCRC32C())
                            .build());
        }
        client.completeMultipartUpload(
                b ->
                        b.bucket(S3Server.BUCKET)
                                .key(key)
                                .uploadId(upload)
                                .multipartUpload(m -> m.parts(parts)));
    }

    @Test
    void checksumsGoWithPutsAndComeBackWithGets() {
        try (Store store = S3Server.openUrl(S3Server.url(proxy.port(), "sums"))) {
            put(store, "p/a");
        }
        assertThat(headOf("PUT ")).contains("x-amz-checksum-crc32c:", "if-none-match: *");
        assertThat(headOf("GET ")).contains("x-amz-checksum-mode: enabled");
    }
}
