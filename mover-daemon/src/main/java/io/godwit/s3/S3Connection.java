package io.godwit.s3;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.AdaptiveStore;
import io.godwit.store.StoreUrl;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/// Amazon's client as this store wants it: it tries once, is told when to give up, and adds nothing of its own.
///
/// Its one thread ends attempts that take too long; requests run in the threads of the callers.
final class S3Connection implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /// Longer silences of a server that serves do not happen; its load balancer would have hung up.
    private static final Duration IDLE = Duration.ofSeconds(30);

    /// Registers do not wait for the limit of [AdaptiveStore], so there are more connections than that.
    private static final int CONNECTIONS = 2 * AdaptiveStore.MOST;

    private final S3Client client;
    private final ScheduledExecutorService timer;

    private S3Connection(S3Client client, ScheduledExecutorService timer) {
        this.client = client;
        this.timer = timer;
    }

    static S3Connection open(StoreUrl.S3 url, ThreadFactory threads) {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setRemoveOnCancelPolicy(true);
        S3ClientBuilder builder =
                S3Client.builder()
                        .httpClientBuilder(http(url))
                        .credentialsProvider(
                                new Credentials(DefaultCredentialsProvider.builder().build()))
                        .region(region(url))
                        .forcePathStyle(url.pathStyle())
                        // A checksum of ours goes with every put; the client's own would change how
                        // bodies are sent.
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .serviceConfiguration(
                                S3Configuration.builder().chunkedEncodingEnabled(false).build())
                        .overrideConfiguration(
                                to ->
                                        to.retryStrategy(AwsRetryStrategy.doNotRetry())
                                                .scheduledExecutorService(timer));
        url.endpoint().ifPresent(builder::endpointOverride);
        return new S3Connection(builder.build(), timer);
    }

    private static Apache5HttpClient.Builder http(StoreUrl.S3 url) {
        Apache5HttpClient.Builder http =
                Apache5HttpClient.builder()
                        .connectionTimeout(CONNECT)
                        .connectionAcquisitionTimeout(IDLE)
                        .socketTimeout(IDLE)
                        .maxConnections(CONNECTIONS)
                        .tcpKeepAlive(true)
                        .useIdleConnectionReaper(false)
                        .expectContinueEnabled(false);
        url.proxy()
                .ifPresent(
                        uri ->
                                http.proxyConfiguration(
                                        ProxyConfiguration.builder().endpoint(uri).build()));
        url.ca().ifPresent(file -> http.tlsTrustManagersProvider(TrustedFile.read(file)));
        return http;
    }

    /// Of the URL, else of the surroundings. A server other than Amazon's hardly cares, so Amazon's machines are not
    /// asked about it.
    private static Region region(StoreUrl.S3 url) {
        if (url.region().isPresent()) {
            return Region.of(url.region().get());
        }
        Optional<URI> endpoint = url.endpoint();
        AwsRegionProvider surroundings =
                endpoint.isPresent()
                        ? new AwsRegionProviderChain(
                                new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                        : DefaultAwsRegionProviderChain.builder().build();
        try {
            Region found = surroundings.getRegion();
            if (found != null) {
                return found;
            }
        } catch (SdkException nowhere) {
            // Decided below.
        }
        if (endpoint.isPresent()) {
            return Region.US_EAST_1;
        }
        throw new GodwitException(FailureKind.INVALID, "no region is given: bucket=" + url.bucket())
                .withHint("add region=NAME to the URL, or set AWS_REGION");
    }

    /// The chain, with a failure that says what is missing and nothing else.
    private record Credentials(AwsCredentialsProvider chain) implements AwsCredentialsProvider {
        @Override
        public AwsCredentials resolveCredentials() {
            try {
                return chain.resolveCredentials();
            } catch (SdkException e) {
                throw new GodwitException(FailureKind.DENIED, "no credentials for the store", e)
                        .withHint(
                                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE,"
                                        + " or give this machine a role");
            }
        }
    }

    S3Client client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        timer.shutdownNow();
    }
}
