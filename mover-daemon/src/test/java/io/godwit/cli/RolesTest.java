package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.cli.Cli.Answer;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.s3.BucketPolicies;
import io.godwit.s3.FaultProxy;
import io.godwit.s3.S3Server;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// The policies of `docs/roles.md` before a real server, and what each role can do with them.
///
/// Who may put and delete what, versitygw enforces. That puts are conditional it does not: a gate
/// before it refuses all others, for the roles that are bound to it.
@Timeout(180)
final class RolesTest {
    private static final String PREFIX = "cluster-1";

    @TempDir static Path home;
    @TempDir Path directory;
    private Cli cli = new Cli(home);
    private @Nullable S3Server server;
    private @Nullable FaultProxy gate;
    private Path image = Path.of("unset");

    @BeforeEach
    void start() throws Exception {
        cli = new Cli(directory);
        BucketPolicies policies = BucketPolicies.ofDocs(S3Server.BUCKET, PREFIX);
        assertThat(policies.roles()).containsExactly("admin", "collector", "restorer", "writer");
        server = S3Server.withAccounts(directory, policies.roles(), policies.ofBucket());
        gate = new FaultProxy(server.port(), 1);
        for (String role : policies.boundToConditions()) {
            gate.refusing(head -> isBlindPut(head, role), "403 Forbidden", "AccessDenied", "");
        }
        cli.url = S3Server.url(gate.port(), PREFIX);
        image = cli.image("image", 3_000_000, 0, 1);
        assertThat(as("admin", "init").exitCode()).isZero();
    }

    @AfterEach
    void stop() throws IOException {
        S3Server.credentials();
        if (gate != null) {
            gate.close();
        }
        if (server != null) {
            server.close();
        }
    }

    private static boolean isBlindPut(String head, String role) {
        return head.startsWith("PUT ")
                && head.contains("Credential=" + role + "/")
                && !head.toLowerCase(Locale.ROOT).contains("\r\nif-none-match: *\r\n");
    }

    private static void become(String role) {
        System.setProperty("aws.accessKeyId", role);
        System.setProperty("aws.secretAccessKey", S3Server.secretOf(role));
    }

    private Answer as(String role, String... words) {
        become(role);
        // Each role is a machine of its own.
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("--cache-dir", cli.path("cache-" + role), "--no-progress"));
        return cli.run(line.toArray(String[]::new));
    }

    private void assertMay(String role, String... words) {
        Answer answer = as(role, words);
        assertThat(answer.exitCode()).as(role + " " + List.of(words) + answer.err()).isZero();
    }

    private void assertMayNot(String role, String... words) {
        List<String> before = names();
        Answer answer = as(role, words);
        assertThat(answer.exitCode()).as(role + " " + List.of(words) + answer.err()).isEqualTo(7);
        assertThat(answer.err().lines().toList().getLast()).startsWith("godwit: access denied");
        assertThat(names()).isEqualTo(before);
    }

    /// Of all objects, as the server keeps them.
    private List<String> names() {
        Path root = directory.resolve("s3").resolve(S3Server.BUCKET).resolve(PREFIX);
        try (java.util.stream.Stream<Path> files = Files.walk(root)) {
            return List.copyOf(
                    new TreeSet<>(
                            files.filter(Files::isRegularFile)
                                    .map(file -> root.relativize(file).toString())
                                    .toList()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private String backUp() {
        Answer answer = as("writer", "backup", "db", image.toString(), "--quiet");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        return answer.out().strip();
    }

    @Test
    void eachRoleCanDoItsWorkAndNoMore() throws IOException {
        String first = backUp();
        image = cli.image("image", 3_000_000, 0, 2);
        String second = backUp();

        for (String role : List.of("writer", "restorer", "collector")) {
            assertMay(role, "restore", "latest:db", cli.path("copy"), "--force");
            assertThat(directory.resolve("copy")).hasSameBinaryContentAs(image);
            assertMay(role, "verify", "--read-data");
            assertMay(role, "snapshots");
            assertMay(role, "stats");
        }
        for (String role : List.of("writer", "restorer")) {
            assertMayNot(role, "forget", first);
            assertMayNot(role, "key", "add", "--new-key-file", cli.path("new-" + role));
            assertMayNot(role, "key", "rotate");
        }
        assertMayNot("restorer", "backup", "db", image.toString());
        assertMayNot("admin", "backup", "db", image.toString());
        assertMayNot("admin", "forget", first);
        assertMayNot("collector", "key", "rotate");

        assertMay("admin", "key", "add", "--new-key-file", cli.path("new-key"));
        assertMay("collector", "forget", first);
        assertMayNot("writer", "gc");
        assertMayNot("restorer", "gc");
        int before = names().size();
        assertMay("collector", "gc");
        assertThat(names()).hasSizeLessThan(before);
        assertMay("restorer", "restore", second, cli.path("copy"), "--force");
        assertThat(directory.resolve("copy")).hasSameBinaryContentAs(image);
        backUp();
        assertMay("admin", "key", "rotate");
        assertMay("writer", "snapshots");
    }

    @ParameterizedTest
    @ValueSource(strings = {"writer", "restorer"})
    void whatIsStolenFromThemCannotDeleteOrOverwrite(String role) {
        backUp();
        List<String> before = names();
        become(role);
        String url = S3Server.url(Objects.requireNonNull(gate).port(), PREFIX);
        try (Store store = S3Server.openUrl(url);
                S3Client blunt = Objects.requireNonNull(server).client()) {
            for (String name : before) {
                assertDenied(() -> store.delete(new ObjectKey(name)));
            }
            for (String name : List.of("gc/1/plan", "snap-del/x/y", "cat/1", "config2", "ring/9")) {
                assertDenied(
                        () ->
                                store.putIfAbsent(
                                        new ObjectKey(name), MemorySegment.ofArray(new byte[9])));
            }
            // Nor past the gate, where only the server's own rules hold.
            assertThatThrownBy(
                            () ->
                                    blunt.putObject(
                                            b -> b.bucket(S3Server.BUCKET).key(PREFIX + "/config"),
                                            RequestBody.fromString("x")))
                    .isInstanceOf(S3Exception.class)
                    .hasMessageContaining("Access Denied");
        }
        assertThatThrownBy(
                        () ->
                                overwrite(
                                        before.stream()
                                                .filter(n -> n.startsWith("p/"))
                                                .findFirst()
                                                .orElseThrow()))
                .isInstanceOf(S3Exception.class);
        assertThat(names()).isEqualTo(before);
        assertMay("restorer", "verify", "--read-data");
    }

    private void overwrite(String name) {
        java.net.URI endpoint =
                java.net.URI.create("http://127.0.0.1:" + Objects.requireNonNull(gate).port());
        try (S3Client client =
                S3Client.builder()
                        .endpointOverride(endpoint)
                        .region(software.amazon.awssdk.regions.Region.US_EAST_1)
                        .forcePathStyle(true)
                        .build()) {
            client.putObject(
                    b -> b.bucket(S3Server.BUCKET).key(PREFIX + "/" + name),
                    RequestBody.fromString("overwritten"));
        }
    }

    private static void assertDenied(Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.DENIED));
    }

    /// All that a thief of the writer's credentials can do is to add. Whatever he adds, a
    /// collection deletes nothing that a snapshot needs.
    @Test
    void aThiefCannotMakeACollectorDelete() throws IOException {
        String kept = backUp();
        image = cli.image("image", 3_000_000, 0, 2);
        String second = backUp();
        become("writer");
        List<String> rubbish = new ArrayList<>();
        List<String> there = names();
        try (Store store = S3Server.openUrl(cli.url)) {
            for (String prefix : List.of("snap/", "s/", "p/", "m/", "idx/l0/")) {
                String model =
                        there.stream().filter(n -> n.startsWith(prefix)).findFirst().orElse("");
                if (!model.isEmpty()) {
                    char last = model.charAt(model.length() - 1);
                    String name =
                            model.substring(0, model.length() - 1) + (last == '0' ? '1' : '0');
                    byte[] content = store.get(new ObjectKey(model), 64 << 20).orElseThrow();
                    content[content.length / 2] ^= 1;
                    store.putIfAbsent(new ObjectKey(name), MemorySegment.ofArray(content));
                    rubbish.add(name);
                }
            }
        }
        Answer collected = as("collector", "gc", "--fence-after", "0s");
        assertThat(collected.exitCode()).as(collected.err()).isIn(0, 5);
        assertThat(names()).containsAll(there.stream().filter(n -> n.startsWith("p/")).toList());

        for (String name : rubbish) {
            Files.deleteIfExists(
                    directory.resolve("s3").resolve(S3Server.BUCKET).resolve(PREFIX).resolve(name));
        }
        assertMay("collector", "gc", "--fence-after", "0s");
        assertMay("restorer", "restore", kept, cli.path("copy"), "--force");
        assertMay("restorer", "restore", second, cli.path("copy"), "--force");
        assertThat(directory.resolve("copy")).hasSameBinaryContentAs(image);
        assertMay("restorer", "verify", "--read-data");
    }
}
