package io.godwit.s3;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.interceptor.Context.BeforeExecution;
import software.amazon.awssdk.core.interceptor.Context.FailedExecution;
import software.amazon.awssdk.core.interceptor.ExecutionAttribute;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// The credentials of the default chain, and new ones when the server no longer takes them.
///
/// The chain renews what it knows to expire. What a server refuses before that (a clock that is
/// wrong, a key that was replaced) makes this ask a new chain, from its beginning: when it has
/// others, the request that was refused had no effect and is `UNAVAILABLE`, to be sent again with
/// them; when it has the same, the refusal stands. Any number of threads.
final class ChainCredentials implements AwsCredentialsProvider, ExecutionInterceptor {
    /// How often there were others when a request began.
    private static final ExecutionAttribute<Integer> RENEWALS =
            new ExecutionAttribute<>("io.godwit.s3.renewals");

    private static final Set<String> NO_LONGER_TAKEN =
            Set.of(
                    "ExpiredToken",
                    "InvalidAccessKeyId",
                    "InvalidToken",
                    "TokenRefreshRequired",
                    S3Failures.UNKNOWN_USER);

    private final Supplier<? extends AwsCredentialsProvider> chains;

    /// What requests that began before may still ask. Guarded by this.
    private final List<AwsCredentialsProvider> replaced = new ArrayList<>();

    private volatile AwsCredentialsProvider chain;
    private volatile int renewals;

    /// @param chains makes a chain that remembers nothing
    ChainCredentials(Supplier<? extends AwsCredentialsProvider> chains) {
        this.chains = chains;
        this.chain = chains.get();
    }

    /// Fails with a sentence that says what is missing and nothing else.
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

    @Override
    public void beforeExecution(BeforeExecution request, ExecutionAttributes attributes) {
        attributes.putAttribute(RENEWALS, renewals);
    }

    @Override
    public Throwable modifyException(FailedExecution failed, ExecutionAttributes attributes) {
        Throwable failure = failed.exception();
        if (!(failure instanceof AwsServiceException refusal)
                || !NO_LONGER_TAKEN.contains(S3Failures.code(refusal))
                || !renewedSince(attributes.getAttribute(RENEWALS))) {
            return failure;
        }
        // The client wants an exception of the same class.
        return refusal.toBuilder()
                .cause(
                        new GodwitException(
                                FailureKind.UNAVAILABLE,
                                "store takes the credentials no longer, and there are new ones:"
                                        + " code="
                                        + S3Failures.code(refusal)))
                .build();
    }

    /// Whether there are other credentials than those of a request that began at that count.
    @SuppressWarnings("NonAtomicVolatileUpdate") // Under the monitor.
    private synchronized boolean renewedSince(int count) {
        if (renewals > count) {
            return true;
        }
        AwsCredentialsProvider fresh = chains.get();
        try {
            if (fresh.resolveCredentials().equals(chain.resolveCredentials())) {
                close(fresh);
                return false;
            }
        } catch (SdkException e) {
            close(fresh);
            return false;
        }
        replaced.add(chain);
        chain = fresh;
        renewals++;
        return true;
    }

    private static void close(AwsCredentialsProvider chain) {
        if (chain instanceof SdkAutoCloseable resource) {
            resource.close();
        }
    }

    synchronized void close() {
        replaced.forEach(ChainCredentials::close);
        close(chain);
    }
}
