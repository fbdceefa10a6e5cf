package io.godwit.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectKind;
import io.godwit.format.RepositoryId;
import io.godwit.store.MemoryStore;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Changes of keys: what they do, beside others, and when they are killed anywhere.
class KeyAdministrationTest {
    private static final Argon2 CHEAP = new Argon2(Argon2.MIN_MEMORY_KIB, 1, 1);
    private static final ObjectKey NAME = new ObjectKey("gc/01/plan");
    private static final InstantSource CLOCK =
            InstantSource.fixed(Instant.parse("2026-11-22T10:00:00Z"));

    @TempDir private Path directory;

    private final SeededSecureRandom random = new SeededSecureRandom(3);
    private final byte[] config =
            new RepositoryConfig(
                            new RepositoryId(11, 12),
                            1,
                            CLOCK.instant(),
                            "leaf",
                            "zstd:1",
                            Optional.empty())
                    .encode();
    private MemoryStore store = new MemoryStore();
    private Unlock one = password("");
    private Unlock two = password("");
    private Unlock three = password("");

    @BeforeEach
    void create() throws IOException {
        one = keyFile("one", 1);
        two = keyFile("two", 2);
        three = keyFile("three", 3);
        renew();
    }

    private void renew() {
        store = new MemoryStore();
        KeySlots.create(store, config, one, CHEAP, random, CLOCK);
    }

    private Unlock keyFile(String name, int fill) throws IOException {
        byte[] bytes = new byte[32];
        Arrays.fill(bytes, (byte) fill);
        return new Unlock.KeyFile(Files.write(directory.resolve(name), bytes));
    }

    private static Unlock password(String text) {
        return new Unlock.Password((text + "pw").getBytes(StandardCharsets.UTF_8));
    }

    private KeyAdministration keys(Unlock unlock) {
        return keys(store, unlock);
    }

    private KeyAdministration keys(Store in, Unlock unlock) {
        return KeyAdministration.open(new KeyWriter(in, config, CHEAP, random, CLOCK), unlock);
    }

    private KeyRing open(Unlock unlock) {
        return KeySlots.open(store, config, unlock, random);
    }

    private boolean opens(Unlock unlock) {
        try {
            open(unlock);
            return true;
        } catch (GodwitException e) {
            assertThat(e.kind()).isEqualTo(FailureKind.DENIED);
            return false;
        }
    }

    private long storedSlots() {
        return store.list("keys/", "", 100).objects().size();
    }

    @Test
    void addedKeysOpenAndRemovedKeysDoNot() {
        KeyAdministration keys = keys(one);
        keys.add(two);
        keys.add(password("x"));
        assertThat(keys.list())
                .extracting(SlotInfo::kind)
                .containsExactly("key-file", "key-file", "password");
        assertThat(keys.list()).extracting(SlotInfo::created).containsOnly(CLOCK.instant());
        assertThat(open(two).generation()).isEqualTo(1);
        assertThat(open(password("x")).generation()).isEqualTo(1);

        SlotId gone = keys.list().getFirst().id();
        assertThat(keys.openedWith()).isEqualTo(gone);
        byte[] slotObject = store.get(gone.key(), 4096).orElseThrow();
        keys.remove(gone);
        assertThat(keys.ring().generation()).isEqualTo(2);
        assertRefused(FailureKind.DENIED, () -> open(one), "wrong password");
        store.putIfAbsent(gone.key(), MemorySegment.ofArray(slotObject));
        assertRefused(FailureKind.DENIED, () -> open(one), "was removed");
        assertThat(open(two).generation()).isEqualTo(2);
        assertThat(open(password("x")).generation()).isEqualTo(2);
    }

    @Test
    void whatIsNotThereIsNotFoundAndTheLastStays() {
        KeyAdministration keys = keys(one);
        assertRefused(
                FailureKind.INVALID, () -> keys.remove(keys.openedWith()), "the last key stays");
        assertRefused(FailureKind.NOT_FOUND, () -> keys.remove(new SlotId(77)), "no such key slot");
        assertThat(keys.ring().ring().number()).isEqualTo(1);
    }

    @Test
    void whatOpensAlreadyIsLeftAlone() {
        KeyAdministration keys = keys(one);
        KeyAdministration.Added first = keys.add(password("x"));
        KeyAdministration.Added again = keys.add(password("x"));
        assertThat(first.fresh()).isTrue();
        assertThat(again.fresh()).isFalse();
        assertThat(again.slot()).isEqualTo(first.slot());
        assertRefused(FailureKind.INVALID, () -> keys.replace(password("x")), "opens");
        assertThat(keys.list()).hasSize(2);
    }

    @Test
    void rotationKeepsIdsAndOldObjects() {
        KeyRing before = open(one);
        byte[] sealed = before.sealer().seal(ObjectKind.PLAN, NAME, new byte[] {7});
        keys(one).rotate();
        KeyRing after = open(one);
        assertThat(after.generation()).isEqualTo(2);
        assertThat(after.sealer().open(ObjectKind.PLAN, NAME, sealed)).containsExactly(7);
        assertThat(after.ring().secrets().idRoot()).isEqualTo(before.ring().secrets().idRoot());
    }

    @Test
    void whoRunsDuringRotationsReadsWhatOthersWriteBehindThem() {
        KeyAdministration keys = keys(one);
        keys.add(two);
        KeyRing running = open(two);
        keys.rotate();
        keys.rotate();
        byte[] sealed = keys.ring().sealer().seal(ObjectKind.PLAN, NAME, new byte[] {7});
        assertThat(running.generation()).isEqualTo(1);
        assertThat(running.sealer().open(ObjectKind.PLAN, NAME, sealed)).containsExactly(7);
        assertThat(running.generation()).isEqualTo(1);

        keys.remove(running.openedWith().orElseThrow());
        byte[] later = keys.ring().sealer().seal(ObjectKind.PLAN, NAME, new byte[] {8});
        assertRefused(
                FailureKind.DENIED,
                () -> running.sealer().open(ObjectKind.PLAN, NAME, later),
                "was removed");
        assertThat(running.sealer().open(ObjectKind.PLAN, NAME, sealed)).containsExactly(7);
    }

    @Test
    void ofTwoAtOnceOneWinsAndTheOtherLosesNothing() {
        List<Consumer<KeyAdministration>> changes =
                List.of(
                        keys -> keys.add(two),
                        keys -> keys.add(three),
                        KeyAdministration::rotate,
                        keys -> keys.replace(three));
        for (Consumer<KeyAdministration> winner : changes) {
            for (Consumer<KeyAdministration> loser : changes) {
                renew();
                KeyAdministration first = keys(one);
                KeyAdministration second = keys(one);
                winner.accept(first);
                List<Store.Listed> before = store.list("", "", 100).objects();
                assertRefused(FailureKind.FENCED, () -> loser.accept(second), "somebody else");
                assertThat(store.list("", "", 100).objects()).isEqualTo(before);
            }
        }
    }

    @Test
    void aSlotThatIsBeingAddedEntersNoRingBehindAnothersCleaning() {
        KeyAdministration slow = keys(one);
        KeyAdministration quick = keys(one);
        DyingStore dying = new DyingStore(store, 1, DyingStore.End.KILLED_BEFORE);
        KeyAdministration killed = keys(dying, one);
        assertThatThrownBy(() -> killed.add(two)).isInstanceOf(DyingStore.Killed.class);
        assertThat(storedSlots()).isEqualTo(2);
        quick.rotate();
        assertThat(storedSlots()).isEqualTo(1);
        assertRefused(FailureKind.FENCED, () -> slow.add(two), "somebody else");
        assertThat(opens(two)).isFalse();
    }

    @Test
    void leftoversAreTakenAwayByTheirId() {
        KeyAdministration killed =
                keys(new DyingStore(store, 1, DyingStore.End.KILLED_BEFORE), one);
        assertThatThrownBy(() -> killed.add(two)).isInstanceOf(DyingStore.Killed.class);
        assertRefused(FailureKind.DENIED, () -> open(two), "not added to the end");
        KeyAdministration keys = keys(one);
        SlotId leftover =
                keys.named("").stream()
                        .filter(id -> !id.equals(keys.openedWith()))
                        .findFirst()
                        .orElseThrow();
        assertThat(keys.named(leftover.toString().substring(0, 9))).containsExactly(leftover);
        keys.remove(leftover);
        assertThat(storedSlots()).isEqualTo(1);
        assertThat(keys.ring().generation()).isEqualTo(1);
    }

    @Test
    void addingIsRepeatedAfterEveryKill() {
        killedEverywhere(
                one,
                keys -> {},
                keys -> keys.add(two),
                () -> {
                    assertThat(opens(one)).isTrue();
                    assertThat(opens(two)).isTrue();
                    assertThat(keys(one).list()).hasSize(2);
                });
    }

    @Test
    void removingIsRepeatedAfterEveryKill() {
        killedEverywhere(
                one,
                keys -> keys.add(two),
                keys -> keys.remove(slot(two)),
                () -> {
                    assertThat(opens(one)).isTrue();
                    assertThat(opens(two)).isFalse();
                    assertThat(open(one).generation()).isEqualTo(2);
                });
    }

    private SlotId slot(Unlock unlock) {
        try {
            return open(unlock).openedWith().orElseThrow();
        } catch (GodwitException gone) {
            return lastSlot;
        }
    }

    private SlotId lastSlot = new SlotId(0);

    @Test
    void rotatingIsRepeatedAfterEveryKill() {
        killedEverywhere(
                one,
                keys -> keys.add(two),
                KeyAdministration::rotate,
                () -> {
                    assertThat(opens(one)).isTrue();
                    assertThat(opens(two)).isTrue();
                    assertThat(open(one).generation()).isBetween(2, 3);
                });
    }

    @Test
    void replacingNeverLeavesNobody() {
        killedEverywhere(
                one,
                keys -> keys.add(two),
                keys -> keys.replace(three),
                () -> {
                    assertThat(opens(one)).isFalse();
                    assertThat(opens(two)).isTrue();
                    assertThat(opens(three)).isTrue();
                });
    }

    /// At every put and delete, in every way it can end; then the same once more by whoever still
    /// opens.
    private void killedEverywhere(
            Unlock with,
            Consumer<KeyAdministration> before,
            Consumer<KeyAdministration> change,
            Runnable expected) {
        for (DyingStore.End end : DyingStore.End.values()) {
            boolean died = true;
            for (int step = 0; died; step++) {
                renew();
                before.accept(keys(with));
                byte[] old = open(with).sealer().seal(ObjectKind.PLAN, NAME, new byte[] {7});
                lastSlot = keys(with).list().getLast().id();
                DyingStore dying = new DyingStore(store, step, end);
                try {
                    change.accept(keys(dying, with));
                } catch (DyingStore.Killed killed) {
                    again(with, change);
                } catch (GodwitException doubt) {
                    assertThat(doubt.kind()).isEqualTo(FailureKind.INDETERMINATE);
                    again(with, change);
                }
                died = dying.died();
                expected.run();
                Unlock any = opens(one) ? one : two;
                assertThat(open(any).sealer().open(ObjectKind.PLAN, NAME, old)).containsExactly(7);
                keys(any).rotate();
                assertThat(storedSlots()).isEqualTo(keys(any).list().size());
            }
        }
    }

    /// A repetition that finds everything done says so: the key is gone, or opens no more.
    private void again(Unlock with, Consumer<KeyAdministration> change) {
        try {
            change.accept(keys(with));
        } catch (GodwitException e) {
            assertThat(e.kind()).isIn(FailureKind.NOT_FOUND, FailureKind.DENIED);
        }
    }

    private static void assertRefused(FailureKind kind, ThrowingCallable call, String facts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(kind);
                            assertThat(e).hasMessageContaining(facts);
                        });
    }
}
