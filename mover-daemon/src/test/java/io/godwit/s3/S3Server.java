package io.godwit.s3;

import io.godwit.store.StoreUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ObjectLockRule;

/// A real server on loopback over a directory, with one bucket; stopped when closed.
public final class S3Server implements AutoCloseable {
    public static final String BUCKET = "backup";
    public static final String ACCESS = "testkey";
    public static final String SECRET = "testsecret-never-printed";

    private static final long START_MILLIS = 20_000;

    private final Process process;
    private final int port;

    private S3Server(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    public static S3Server versitygw(Path directory, String... more) throws Exception {
        return versitygwAt(freePort(), directory, more);
    }

    static S3Server versitygwAt(int port, Path directory, String... more) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(GoTool.VERSITYGW.executable().toString());
        command.addAll(List.of("--access", ACCESS, "--secret", SECRET, "--region", "us-east-1"));
        command.addAll(List.of("--port", "127.0.0.1:" + port, "--quiet", "--keep-alive"));
        command.addAll(List.of(more));
        command.addAll(List.of("posix", bucket(directory).toString()));
        return start(directory, port, command);
    }

    /// Its bucket is versioned, and keeps each version for a day, whoever wants to delete it.
    public static S3Server locked(Path directory) throws Exception {
        S3Server server = lockable(directory);
        try (S3Client client = server.client()) {
            client.putObjectLockConfiguration(
                    b ->
                            b.bucket(BUCKET)
                                    .objectLockConfiguration(
                                            lock ->
                                                    lock.objectLockEnabled("Enabled")
                                                            .rule(S3Server::oneDay)));
        }
        return server;
    }

    /// Its bucket is versioned, and keeps what it is asked to keep.
    public static S3Server lockable(Path directory) throws Exception {
        int port = freePort();
        Path versions = Files.createDirectories(directory.resolve("versions"));
        List<String> command = new ArrayList<>();
        command.add(GoTool.VERSITYGW.executable().toString());
        command.addAll(List.of("--access", ACCESS, "--secret", SECRET, "--region", "us-east-1"));
        command.addAll(List.of("--port", "127.0.0.1:" + port, "--quiet", "--keep-alive"));
        command.addAll(List.of("posix", "--versioning-dir", versions.toString()));
        command.add(Files.createDirectories(directory.resolve("s3")).toString());
        S3Server server = start(directory, port, command);
        try (S3Client client = server.client()) {
            client.createBucket(b -> b.bucket(BUCKET).objectLockEnabledForBucket(true));
        }
        return server;
    }

    /// Has accounts beside its own, which may do what a policy of the bucket allows.
    ///
    /// @param accounts names, each with the secret [#secretOf]
    public static S3Server withAccounts(Path directory, List<String> accounts, String policy)
            throws Exception {
        Path iam = Files.createDirectories(directory.resolve("iam"));
        List<String> users =
                accounts.stream()
                        .map(
                                name ->
                                        "\"%s\":{\"access\":\"%s\",\"secret\":\"%s\",\"role\":\"user\"}"
                                                .formatted(name, name, secretOf(name)))
                        .toList();
        Files.writeString(
                iam.resolve("users.json"),
                "{\"accessAccounts\":{%s}}".formatted(String.join(",", users)));
        S3Server server = versitygw(directory, "--iam-dir", iam.toString());
        try (S3Client client = server.client()) {
            client.putBucketPolicy(b -> b.bucket(BUCKET).policy(policy));
        }
        return server;
    }

    public static String secretOf(String account) {
        return "secret-of-" + account;
    }

    /// With the credentials that the system properties name.
    public S3Client client() {
        return S3Client.builder()
                .endpointOverride(URI.create("http://127.0.0.1:" + port))
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .build();
    }

    private static void oneDay(ObjectLockRule.Builder rule) {
        rule.defaultRetention(retention -> retention.mode("COMPLIANCE").days(1));
    }

    static S3Server rclone(Path directory) throws Exception {
        int port = freePort();
        Path empty = Files.writeString(directory.resolve("rclone.conf"), "");
        return start(
                directory,
                port,
                List.of(
                        GoTool.RCLONE.executable().toString(),
                        "serve",
                        "s3",
                        "--config",
                        empty.toString(),
                        "--addr",
                        "127.0.0.1:" + port,
                        "--auth-key",
                        ACCESS + "," + SECRET,
                        bucket(directory).toString()));
    }

    private static Path bucket(Path directory) throws IOException {
        Path root = directory.resolve("s3");
        Files.createDirectories(root.resolve(BUCKET));
        return root;
    }

    private static S3Server start(Path directory, int port, List<String> command) throws Exception {
        credentials();
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(directory.resolve("server.log").toFile())
                        .start();
        S3Server server = new S3Server(process, port);
        server.awaitStart(directory);
        return server;
    }

    /// What the default chain finds in this JVM.
    public static void credentials() {
        System.setProperty("aws.accessKeyId", ACCESS);
        System.setProperty("aws.secretAccessKey", SECRET);
    }

    private void awaitStart(Path directory) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (System.nanoTime() < deadline && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
                return;
            } catch (IOException notYet) {
                Thread.sleep(20);
            }
        }
        close();
        throw new AssertionError(
                "server does not start: " + Files.readString(directory.resolve("server.log")));
    }

    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public int port() {
        return port;
    }

    public String url(String prefix) {
        return url(port, prefix);
    }

    public static String url(int port, String prefix) {
        return "s3://%s/%s?endpoint=http://127.0.0.1:%d&region=us-east-1&path-style=true"
                .formatted(BUCKET, prefix, port);
    }

    S3Store open(String prefix) {
        return openUrl(url(prefix));
    }

    public static S3Store openUrl(String url) {
        return S3Store.open(
                (StoreUrl.S3) StoreUrl.parse(url), InstantSource.system(), S3Server::daemon);
    }

    static Thread daemon(Runnable work) {
        return Thread.ofPlatform().daemon().unstarted(work);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        }
    }
}
