package io.godwit.s3;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.AdaptiveStore;
import io.godwit.store.StoreUrl;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.apache5.ProxyConfiguration;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.AwsProfileRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.AwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.regions.providers.SystemSettingsRegionProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/// Amazon's client as this store wants it: it tries once, is told when to give up, and adds nothing
/// of its own.
///
/// Its one thread ends attempts that take too long; requests run in the threads of the callers.
final class S3Connection implements AutoCloseable {
    /// Registers do not wait for the limit of [AdaptiveStore], so there are more connections than
    /// that.
    private static final int CONNECTIONS = 2 * AdaptiveStore.MOST;

    private final S3Client client;
    private final SdkHttpClient http;
    private final ScheduledExecutorService timer;
    private final ChainCredentials credentials;

    private S3Connection(
            S3Client client,
            SdkHttpClient http,
            ScheduledExecutorService timer,
            ChainCredentials credentials) {
        this.credentials = credentials;
        this.client = client;
        this.http = http;
        this.timer = timer;
    }

    static S3Connection open(StoreUrl.S3 url, Patience patience, ThreadFactory threads) {
        Region region = region(url);
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, threads);
        timer.setRemoveOnCancelPolicy(true);
        SdkHttpClient http = new StallGuard(http(url, patience).build(), timer, patience.idle());
        ChainCredentials credentials = new ChainCredentials(() -> chain(url));
        S3ClientBuilder builder =
                S3Client.builder()
                        .httpClient(http)
                        .credentialsProvider(credentials)
                        .region(region)
                        .forcePathStyle(url.pathStyle())
                        // A checksum of ours goes with every put; the client's own would change how
                        // bodies are sent.
                        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                        .serviceConfiguration(
                                S3Configuration.builder()
                                        .chunkedEncodingEnabled(false)
                                        // From 1 MiB on a body waits for the word to send it: a
                                        // server that refuses
                                        // early hangs up, and its answer would be lost in the rest
                                        // of the body.
                                        .expectContinueEnabled(true)
                                        .build())
                        .overrideConfiguration(
                                to ->
                                        to.addExecutionInterceptor(credentials)
                                                .retryStrategy(AwsRetryStrategy.doNotRetry())
                                                .scheduledExecutorService(timer));
        url.endpoint().ifPresent(builder::endpointOverride);
        return new S3Connection(builder.build(), http, timer, credentials);
    }

    /// A profile that is named stands before everything: with two repositories, what the environment
    /// says is about one of them.
    private static AwsCredentialsProvider chain(StoreUrl.S3 url) {
        return url.profile().isPresent()
                ? ProfileCredentialsProvider.create(url.profile().get())
                : DefaultCredentialsProvider.builder().build();
    }

    private static Apache5HttpClient.Builder http(StoreUrl.S3 url, Patience patience) {
        Apache5HttpClient.Builder http =
                Apache5HttpClient.builder()
                        .connectionTimeout(patience.connect())
                        .connectionAcquisitionTimeout(patience.idle())
                        .socketTimeout(patience.idle())
                        .maxConnections(CONNECTIONS)
                        .tcpKeepAlive(true)
                        .useIdleConnectionReaper(false)
                        .expectContinueEnabled(false);
        url.proxy()
                .ifPresent(
                        uri ->
                                http.proxyConfiguration(
                                        ProxyConfiguration.builder().endpoint(uri).build()));
        if (url.endpoint().filter(uri -> "http".equals(uri.getScheme())).isPresent()) {
            // Or the machine's certificates are read, which takes longer than a list of snapshots.
            http.tlsSocketStrategy(
                    (_, _, _, _, _) -> {
                        throw new SSLException("the endpoint is http");
                    });
            return http;
        }
        return http.tlsTrustManagersProvider(
                url.ca()
                        .map(TrustedCertificates::ofFile)
                        .orElseGet(TrustedCertificates::ofMachine));
    }

    /// Of the URL, else of the surroundings. A server other than Amazon's hardly cares, so Amazon's
    /// machines are not asked about it.
    private static Region region(StoreUrl.S3 url) {
        if (url.region().isPresent()) {
            return Region.of(url.region().get());
        }
        Optional<URI> endpoint = url.endpoint();
        try {
            Region found = surroundings(url).getRegion();
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

    private static AwsRegionProvider surroundings(StoreUrl.S3 url) {
        if (url.profile().isPresent()) {
            return new AwsProfileRegionProvider(
                    ProfileFile::defaultProfileFile, url.profile().get());
        }
        return url.endpoint().isPresent()
                ? new AwsRegionProviderChain(
                        new SystemSettingsRegionProvider(), new AwsProfileRegionProvider())
                : DefaultAwsRegionProviderChain.builder().build();
    }

    S3Client client() {
        return client;
    }

    @Override
    public void close() {
        client.close();
        http.close();
        credentials.close();
        timer.shutdownNow();
    }
}
