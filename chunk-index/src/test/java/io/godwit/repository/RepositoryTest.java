package io.godwit.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.chunk.ChunkerSpec;
import io.godwit.commit.HostIdentity;
import io.godwit.commit.Session;
import io.godwit.commit.SessionRequest;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.index.LocalCache;
import io.godwit.pack.Codec;
import io.godwit.seal.RepositoryConfig;
import io.godwit.seal.Unlock;
import io.godwit.store.MemoryStore;
import io.godwit.volume.VolumeName;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RepositoryTest {
    private static final VolumeName DB = new VolumeName("db");

    @TempDir Path directory;

    private final MemoryStore store = new MemoryStore();
    private final List<String> warnings = new ArrayList<>();
    private Unlock key = new Unlock.KeyFile(Path.of("unset"));

    @BeforeEach
    void makeKeyFile() throws IOException {
        key = keyFile("right", 7);
    }

    private Unlock keyFile(String name, int fill) throws IOException {
        byte[] bytes = new byte[64];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (fill * (i + 1));
        }
        return new Unlock.KeyFile(Files.write(directory.resolve(name), bytes));
    }

    private Surroundings surroundings(String host) {
        return new Surroundings(
                () -> Instant.parse("2026-11-22T10:00:00Z"),
                () -> 0,
                new SecureRandom(new byte[] {1}),
                duration -> {},
                Thread.ofVirtual().factory(),
                new HostIdentity(host, "boot", 1, 1),
                (kind, message) -> warnings.add(kind + ": " + message));
    }

    private Initialised init() {
        InitOptions options =
                new InitOptions(ChunkerSpec.parse("leaf"), Codec.parse("zstd:1"), key);
        return Repository.init(store, options, surroundings("here"));
    }

    private Repository open(Unlock unlock) {
        return Repository.open(
                store, unlock, _ -> LocalCache.inMemory(), true, surroundings("here"));
    }

    private static void assertKind(Throwable failure, FailureKind kind) {
        assertThat(failure).isInstanceOf(GodwitException.class);
        assertThat(((GodwitException) failure).kind()).isEqualTo(kind);
    }

    @Test
    void opensWhatItMade() {
        Initialised made = init();
        assertThat(made.config().chunker()).isEqualTo("leaf");
        assertThat(made.config().compression()).isEqualTo("zstd:1");
        assertThat(made.config().singleHost()).isEmpty();
        try (Repository repository = open(key)) {
            assertThat(repository.config()).isEqualTo(made.config());
            assertThat(repository.catalogue().read().entries()).isEmpty();
            try (Session session = repository.openSession(SessionRequest.of("test"))) {
                assertThat(session.id().plan()).isZero();
            }
            assertThat(repository.storePuts()).isEqualTo(2);
        }
        assertThat(warnings).isEmpty();
    }

    @Test
    void saysThatThereIsNone() {
        assertThatThrownBy(() -> open(key))
                .satisfies(e -> assertKind(e, FailureKind.NOT_FOUND))
                .hasMessage("no such repository: memory");
    }

    @Test
    void refusesTheWrongKey() throws IOException {
        init();
        Unlock wrong = keyFile("wrong", 9);
        assertThatThrownBy(() -> open(wrong)).satisfies(e -> assertKind(e, FailureKind.DENIED));
    }

    @Test
    void refusesToMakeASecondOne() {
        Initialised first = init();
        assertThatThrownBy(this::init)
                .satisfies(e -> assertKind(e, FailureKind.FENCED))
                .hasMessageContaining("a repository is there already");
        try (Repository repository = open(key)) {
            assertThat(repository.config()).isEqualTo(first.config());
        }
    }

    @Test
    void aKeyThatCannotBeReadTakesNothing() throws IOException {
        key = new Unlock.KeyFile(directory.resolve("missing"));
        assertThatThrownBy(this::init)
                .satisfies(failure -> assertKind(failure, FailureKind.NOT_FOUND));
        assertThat(store.list("", "", 100).objects())
                .noneMatch(object -> object.key().equals(RepositoryConfig.KEY));
        makeKeyFile();
        init();
    }

    @Test
    void saysThatAnInitialisationWasCutOff() {
        init();
        store.list("keys/", "", 100).objects().forEach(object -> store.delete(object.key()));
        assertThatThrownBy(this::init)
                .hasMessageContaining("without keys")
                .satisfies(failure -> assertKind(failure, FailureKind.FENCED));
    }

    @Test
    void refusesTheRemainsOfAnother() {
        init();
        store.delete(RepositoryConfig.KEY);
        assertThatThrownBy(this::init)
                .satisfies(e -> assertKind(e, FailureKind.INVALID))
                .hasMessageContaining("place is not empty");
    }

    @Test
    void refusesADamagedConfig() {
        init();
        byte[] config = store.get(RepositoryConfig.KEY, 1 << 16).orElseThrow();
        config[config.length - 20] ^= 1;
        replace(config);
        assertThatThrownBy(() -> open(key)).satisfies(e -> assertKind(e, FailureKind.CORRUPT));
    }

    @Test
    void refusesAConfigThatWasExchanged() {
        init();
        RepositoryConfig old =
                RepositoryConfig.decode(store.get(RepositoryConfig.KEY, 1 << 16).orElseThrow());
        replace(
                new RepositoryConfig(
                                old.repository(),
                                old.capabilityTier(),
                                old.created(),
                                "fixed:4KiB",
                                old.compression(),
                                old.singleHost())
                        .encode());
        assertThatThrownBy(() -> open(key)).satisfies(e -> assertKind(e, FailureKind.CORRUPT));
    }

    @Test
    void refusesANewerFormat() {
        init();
        byte[] config = store.get(RepositoryConfig.KEY, 1 << 16).orElseThrow();
        replace(Newer.version(config));
        assertThatThrownBy(() -> open(key))
                .satisfies(e -> assertKind(e, FailureKind.INVALID))
                .satisfies(
                        e ->
                                assertThat(((GodwitException) e).hint())
                                        .hasValue("use a newer godwit"));
    }

    @Test
    void refusesOtherHostsWhereTheStoreServesOne() {
        init();
        RepositoryConfig old =
                RepositoryConfig.decode(store.get(RepositoryConfig.KEY, 1 << 16).orElseThrow());
        replace(
                new RepositoryConfig(
                                old.repository(),
                                old.capabilityTier(),
                                old.created(),
                                old.chunker(),
                                old.compression(),
                                java.util.Optional.of("elsewhere"))
                        .encode());
        assertThatThrownBy(() -> open(key))
                .satisfies(e -> assertKind(e, FailureKind.INVALID))
                .hasMessageContaining("one host only");
    }

    @Test
    void remembersWhichListsOfChangesLied() {
        init();
        try (Repository repository = open(key)) {
            assertThat(repository.distrustsChanges(DB)).isFalse();
            repository.distrustChanges(DB);
            assertThat(repository.distrustsChanges(DB)).isTrue();
            repository.trustChanges(DB);
            assertThat(repository.distrustsChanges(DB)).isFalse();
        }
    }

    private void replace(byte[] config) {
        store.delete(RepositoryConfig.KEY);
        store.putIfAbsent(RepositoryConfig.KEY, MemorySegment.ofArray(config));
    }
}
