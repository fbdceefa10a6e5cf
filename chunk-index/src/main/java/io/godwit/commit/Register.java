package io.godwit.commit;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/// A name used as a register that is decided once. The content decides, never the status: unless
/// the store says that it created the object, the object is read back, and the same nonce is mine.
final class Register {
    /// With doubling pauses about six seconds: longer outages are the retrying store's, or the
    /// operator's.
    static final int ATTEMPTS = 8;

    /// Of a distant store, which tries for a minute itself before it fails: what may be given up.
    private static final int DISTANT_ATTEMPTS = 2;

    private final RecordStore records;
    private final Backoff backoff;

    Register(RepositoryAccess access) {
        this.records = new RecordStore(access);
        this.backoff = new Backoff(access);
    }

    /// How often what may be given up is tried: nobody shall wait for a quarter of an hour for a
    /// store that is away.
    static int attempts(Store store, int most) {
        return store.traits().distant() ? Math.min(DISTANT_ATTEMPTS, most) : most;
    }

    /// What a put came to.
    sealed interface Decision<T> {
        /// What stands there is what was sent.
        record Mine<T>() implements Decision<T> {}

        /// Somebody else was first; this is what stands there.
        record Others<T>(T value) implements Decision<T> {}

        /// It is not there; after a doubt it may still land.
        record Absent<T>(boolean mayLand) implements Decision<T> {}
    }

    /// What is sent, and how to know it again.
    ///
    /// @param plain the bytes
    /// @param format reads such bytes; the string is the object's name
    /// @param mine whether what was read is what was sent, by its nonce
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Content<T>(
            ObjectKind kind,
            ObjectKey key,
            byte[] plain,
            BiFunction<byte[], String, T> format,
            Predicate<T> mine) {}

    /// What one put said: nothing but `created` is believed.
    private record Sent(boolean created, Optional<GodwitException> doubt) {
        boolean mayLand() {
            return doubt.isPresent() && doubt.get().kind() == FailureKind.INDETERMINATE;
        }
    }

    /// Sends once. After `Absent` the caller must never send under this name again.
    <T> Decision<T> sendOnce(Content<T> content) {
        Sent sent = send(content.key(), seal(content));
        if (sent.created()) {
            return new Decision.Mine<>();
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return readBack(content).orElseGet(() -> new Decision.Absent<>(sent.mayLand()));
            } catch (GodwitException e) {
                if (!passing(e) || attempt == ATTEMPTS) {
                    throw e;
                }
            }
            backoff.before(attempt);
        }
    }

    /// Sends the same bytes until something stands there.
    ///
    /// @throws GodwitException `INDETERMINATE` when it may still land, `UNAVAILABLE` when it
    ///     certainly does not
    <T> Decision<T> decide(Content<T> content, int attempts) {
        byte[] sealed = seal(content);
        boolean mayLand = false;
        Optional<GodwitException> last = Optional.empty();
        for (int attempt = 1; attempt <= attempts; attempt++) {
            if (attempt > 1) {
                backoff.before(attempt - 1);
            }
            Sent sent = send(content.key(), sealed);
            if (sent.created()) {
                return new Decision.Mine<>();
            }
            mayLand |= sent.mayLand();
            last = sent.doubt();
            try {
                Optional<Decision<T>> found = readBack(content);
                if (found.isPresent()) {
                    return found.get();
                }
            } catch (GodwitException e) {
                requirePassing(e);
                last = Optional.of(e);
            }
        }
        throw undecided(content.key(), mayLand, last);
    }

    private Sent send(ObjectKey key, byte[] sealed) {
        try {
            boolean created = records.put(key, sealed) == Store.Put.CREATED;
            return new Sent(created, Optional.empty());
        } catch (GodwitException e) {
            requirePassing(e);
            return new Sent(false, Optional.of(e));
        }
    }

    /// What leaves is what would be known again.
    private <T> byte[] seal(Content<T> content) {
        String name = content.key().value();
        if (!content.mine().test(content.format().apply(content.plain(), name))) {
            throw new GodwitException(
                    FailureKind.INTERNAL, "record does not decode as it was meant: object=" + name);
        }
        return records.seal(content.kind(), content.key(), content.plain());
    }

    private <T> Optional<Decision<T>> readBack(Content<T> content) {
        return records.get(content.kind(), content.key(), content.format())
                .map(
                        found ->
                                content.mine().test(found)
                                        ? new Decision.Mine<>()
                                        : new Decision.Others<>(found));
    }

    private static GodwitException undecided(
            ObjectKey key, boolean mayLand, Optional<GodwitException> last) {
        String reason = last.map(GodwitException::getMessage).orElse("it does not stay");
        String message =
                mayLand
                        ? "answer lost, and nothing can be read back: object=%s reason=%s"
                        : "store does not take the object: object=%s reason=%s";
        GodwitException failure =
                new GodwitException(
                        mayLand ? FailureKind.INDETERMINATE : FailureKind.UNAVAILABLE,
                        message.formatted(key, reason));
        last.ifPresent(failure::initCause);
        return failure.withObject(key.value());
    }

    static void requirePassing(GodwitException e) {
        if (!passing(e)) {
            throw e;
        }
    }

    /// Whether trying later may help.
    static boolean passing(GodwitException e) {
        return e.kind() == FailureKind.UNAVAILABLE || e.kind() == FailureKind.INDETERMINATE;
    }
}
