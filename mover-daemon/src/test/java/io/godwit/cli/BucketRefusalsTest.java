package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.godwit.cli.Cli.Answer;
import io.godwit.s3.FaultProxy;
import io.godwit.s3.FaultProxy.Fault;
import io.godwit.s3.S3Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What a bucket refuses in the middle of things: one sentence, the code that is documented, and
/// the same command succeeds when the reason is gone.
@Timeout(60)
final class BucketRefusalsTest {
    private static final String DENIED = "403 Forbidden";

    @TempDir Path directory;
    private Cli cli;
    private RehearsalBucket bucket;
    private FaultProxy proxy;

    @BeforeEach
    void start() throws IOException {
        S3Server.credentials();
        cli = new Cli(directory);
        bucket = new RehearsalBucket();
        proxy = new FaultProxy(bucket.port(), 1);
        cli.url = RehearsalBucket.url(proxy.port());
        assertThat(cli.run("init").exitCode()).isZero();
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        bucket.close();
    }

    private Answer backup() throws IOException {
        return cli.run("backup", "db", cli.image("image", 2_000_000, 0, 1).toString());
    }

    private void assertRestores() {
        assertThat(cli.run("restore", "latest:db", cli.path("copy")).exitCode()).isZero();
        assertThat(directory.resolve("copy")).hasSameBinaryContentAs(directory.resolve("image"));
        assertThat(cli.run("verify", "--read-data").exitCode()).isZero();
    }

    private static void assertSays(Answer answer, int exitCode, String... words) {
        assertThat(answer.err().lines().filter(line -> !line.startsWith("godwit: warning: ")))
                .as(answer.err())
                .singleElement()
                .asString()
                .startsWith("godwit: ")
                .contains(words);
        assertThat(answer.exitCode()).isEqualTo(exitCode);
    }

    /// The server no longer takes the first key from its fifth request on.
    private void expireFirstKey() {
        AtomicInteger requests = new AtomicInteger();
        proxy.refusing(
                head ->
                        head.contains("Credential=key-1/")
                                && head.startsWith("PUT ")
                                && requests.incrementAndGet() > 1,
                "400 Bad Request",
                "ExpiredToken",
                "");
    }

    @Test
    void credentialsThatExpireAreAskedForAgain() throws IOException {
        AtomicInteger issued = new AtomicInteger();
        HttpServer issuer =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer.createContext(
                "/",
                exchange -> {
                    byte[] answer =
                            """
                            {"AccessKeyId": "key-%d", "SecretAccessKey": "s", "Token": "t",
                             "Expiration": "%s"}"""
                                    .formatted(
                                            issued.incrementAndGet(),
                                            Instant.now().plusSeconds(3600))
                                    .getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, answer.length);
                    exchange.getResponseBody().write(answer);
                    exchange.close();
                });
        issuer.start();
        System.clearProperty("aws.accessKeyId");
        System.setProperty(
                "aws.containerCredentialsFullUri",
                "http://127.0.0.1:" + issuer.getAddress().getPort() + "/");
        try {
            expireFirstKey();
            Answer run = backup();
            assertThat(run.exitCode()).as(run.err()).isZero();
            assertThat(issued).as("asked at first, and after the refusal").hasValue(2);
            assertRestores();
        } finally {
            System.clearProperty("aws.containerCredentialsFullUri");
            issuer.stop(0);
        }
    }

    @Test
    void credentialsThatNobodyRenewsEndTheRun() throws IOException {
        System.setProperty("aws.accessKeyId", "key-1");
        expireFirstKey();
        assertSays(
                backup(),
                7,
                "access denied: doing=put",
                "code=ExpiredToken",
                "renew",
                "run it again");
        System.setProperty("aws.accessKeyId", "key-2");
        assertThat(backup().exitCode()).isZero();
        assertRestores();
    }

    @Test
    void aClockThatIsWrongIsNamed() {
        proxy.refusing(head -> true, DENIED, "RequestTimeTooSkewed", "");
        assertSays(
                cli.run("snapshots"),
                7,
                "code=RequestTimeTooSkewed",
                "set the clock of this machine");
    }

    @Test
    void whoMayNotDeleteStillRemovesAKey() throws IOException {
        cli.call(
                "key",
                "add",
                "-r",
                cli.url,
                "--key-file",
                cli.path("key"),
                "--new-key-file",
                cli.path("second"));
        String first =
                cli.run("key", "list", "--json").last().get("slots").get(0).get("id").asString();
        proxy.refusing(head -> head.startsWith("DELETE "), DENIED, "AccessDenied", "");
        Answer removed =
                cli.call("key", "remove", first, "-r", cli.url, "--key-file", cli.path("second"));
        assertSays(removed, 7, "doing=delete object=s3://rehearsal/keys/" + first, "allow delete");
        assertThat(cli.run("snapshots").exitCode()).as("the old key").isEqualTo(7);
        assertThat(
                        cli.call("snapshots", "-r", cli.url, "--key-file", cli.path("second"))
                                .exitCode())
                .isZero();
    }

    @Test
    void whoMayNotDeleteMakesAndExaminesARepository() throws IOException {
        proxy.refusing(head -> head.startsWith("DELETE "), DENIED, "AccessDenied", "");
        Answer doctor = cli.run("doctor");
        assertThat(doctor.out())
                .contains("one of 32 racing puts wins", "denied, what doctor tried with stays");
        try (RehearsalBucket empty = new RehearsalBucket();
                FaultProxy before = new FaultProxy(empty.port(), 1)) {
            before.refusing(head -> head.startsWith("DELETE "), DENIED, "AccessDenied", "");
            cli.url = RehearsalBucket.url(before.port());
            assertThat(cli.run("init").exitCode()).isZero();
        }
    }

    @Test
    void aBucketElsewhereIsNamed() {
        proxy.refusing(
                head -> true,
                "400 Bad Request",
                "AuthorizationHeaderMalformed",
                "<Region>eu-central-1</Region>");
        assertSays(
                cli.run("snapshots"), 2, "bucket is in another region", "add region=eu-central-1");
        proxy.heal();
        proxy.refusing(head -> true, "301 Moved Permanently", "PermanentRedirect", "");
        assertSays(cli.run("snapshots"), 2, "bucket is in another region", "region=");
    }

    @Test
    void aForbiddenBucketSaysWhatItTakes() throws IOException {
        proxy.refusing(head -> head.startsWith("PUT "), DENIED, "AccessDenied", "");
        assertSays(backup(), 7, "access denied: doing=put", "allow get, put and list");
        proxy.refusing(head -> true, DENIED, "AccessDenied", "");
        assertSays(cli.run("snapshots"), 7, "access denied: doing=get");
    }

    /// An object that is not there has the same status, and is something else.
    @Test
    void anUnknownUserIsDenied() {
        proxy.refusing(head -> true, "404 Not Found", "XAdminUserNotFound", "");
        assertSays(cli.run("snapshots"), 7, "access denied: doing=get", "bring the right cred");
        proxy.heal();
        proxy.refusing(head -> true, "404 Not Found", "NoSuchService", "");
        assertSays(cli.run("snapshots"), 2, "store refuses: doing=get", "code=NoSuchService");
    }

    /// What stands before a store says so while the store is away, as a page.
    @Test
    void aMissingPageIsNoMissingObject() {
        AtomicInteger requests = new AtomicInteger();
        cli.sleeper = _ -> {};
        proxy.refusing(head -> requests.incrementAndGet() <= 3, "404 Not Found", "", "");
        Answer answer = cli.run("snapshots");
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        proxy.refusing(head -> true, "404 Not Found", "", "");
        assertSays(cli.run("snapshots"), 8, "it is 404 without a reason: doing=get");
    }

    @Test
    void anArchivedPackIsNamed() throws IOException {
        assertThat(backup().exitCode()).isZero();
        proxy.refusing(
                head -> head.startsWith("GET /rehearsal/p/"), DENIED, "InvalidObjectState", "");
        Answer answer = cli.run("restore", "latest:db", cli.path("copy"));
        assertSays(answer, 7, "object is archived: doing=get object=s3://rehearsal/p/");
    }

    /// In a time that passes only where somebody waits.
    @Test
    void aStoreThatStaysAwayEndsTheRunAfterMinutes() throws IOException {
        AtomicLong waited = new AtomicLong();
        cli.sleeper = wait -> waited.addAndGet(wait.toNanos());
        AtomicBoolean away = new AtomicBoolean();
        proxy.refusing(
                head -> {
                    away.compareAndSet(false, head.startsWith("PUT /rehearsal/p/"));
                    return away.get();
                },
                "503 Service Unavailable",
                "ServiceUnavailable",
                "");
        assertSays(backup(), 8, "store does not serve: doing=put");
        assertThat(Duration.ofNanos(waited.get())).isLessThan(Duration.ofMinutes(8));
        proxy.heal();
        assertThat(backup().exitCode()).isZero();
        assertRestores();
    }

    /// Nobody can keep what the store throws away, but nobody is told that it is well.
    @Test
    void aPackThatTheStoreLostIsFound() throws IOException {
        proxy.with(Fault.LOST, 1).only(line -> line.startsWith("PUT /rehearsal/p/"));
        int lost = backup().exitCode();
        proxy.heal();
        if (lost == 0) {
            Answer verify = cli.run("verify");
            assertSays(verify, 5, "p/");
            assertThat(cli.run("restore", "latest:db", cli.path("copy")).exitCode()).isIn(3, 5);
        }
        assertThat(cli.run("backup", "other", cli.path("image")).exitCode()).isZero();
        assertThat(cli.run("restore", "latest:other", cli.path("copy"), "--force").exitCode())
                .isZero();
        assertThat(directory.resolve("copy")).hasSameBinaryContentAs(directory.resolve("image"));
    }

    /// The catalogue's entry says the same as the outcome.
    @Test
    void anOutcomeThatTheStoreLostLosesNothing() throws IOException {
        proxy.with(Fault.LOST, 1)
                .only(line -> line.startsWith("PUT ") && line.contains("/outcome"));
        assertThat(backup().exitCode()).isZero();
        assertThat(proxy.hits).containsKey(Fault.LOST);
        proxy.heal();
        assertRestores();
    }
}
