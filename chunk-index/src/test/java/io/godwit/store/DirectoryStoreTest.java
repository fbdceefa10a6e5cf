package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.Store.Put;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryStoreTest extends StoreContract {
    @TempDir Path directory;

    @Override
    protected Store create() {
        return open(directory.resolve("not there yet/ÄÖ 仓库 %20\n"));
    }

    private static Store open(Path root) {
        return DirectoryStore.open(root, InstantSource.system(), new Random(1));
    }

    @Test
    void laysObjectsOutAsFilesAndLeavesNothingElse() throws IOException {
        Store store = open(directory.resolve("a"));
        put(store, "p/0a/x", "content");
        put(store, "p/0a/x", "other");
        assertThat(directory.resolve("a/p/0a/x")).hasContent("content");
        assertThat(files(directory.resolve("a"))).containsExactly("p", "p/0a", "p/0a/x", "tmp");
    }

    @Test
    void readsNothingAndMakesNothingWhereNoRootIs() {
        Store store = open(directory.resolve("absent"));
        assertThat(store.get(new ObjectKey("config"), 10)).isEmpty();
        assertThat(store.list("", "", 10).objects()).isEmpty();
        store.delete(new ObjectKey("config"));
        assertThat(directory.resolve("absent")).doesNotExist();
    }

    @Test
    void refusesARootThatIsNoDirectory() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertFails(FailureKind.INVALID, () -> open(file));
        assertFails(FailureKind.INVALID, () -> open(file.resolve("below")));
    }

    @Test
    void followsALinkToItsRootButNoneInside() throws IOException {
        Path real = Files.createDirectory(directory.resolve("real"));
        Path secret = Files.writeString(directory.resolve("secret"), "secret");
        Store store = open(Files.createSymbolicLink(directory.resolve("link"), real));
        put(store, "a", "x");
        assertThat(real.resolve("a")).hasContent("x");

        Files.createSymbolicLink(real.resolve("b"), secret);
        assertThatThrownBy(() -> store.get(new ObjectKey("b"), 10))
                .isInstanceOf(GodwitException.class);
        assertThat(put(store, "b", "y")).isEqualTo(Put.EXISTS);
        assertThat(store.list("", "", 10).objects()).hasSize(1);
        assertThat(secret).hasContent("secret");
    }

    @Test
    void refusesNamesThatAreDirectoriesOrBelowObjects() {
        Store store = open(directory);
        put(store, "a/b", "x");
        assertFails(FailureKind.INVALID, () -> put(store, "a", "y"));
        assertThatThrownBy(() -> put(store, "a/b/c", "y")).isInstanceOf(GodwitException.class);
        assertThat(directory.resolve("a/b")).hasContent("x");
    }

    @Test
    void ignoresFilesThatAreNoObjects() throws IOException {
        Store store = open(directory);
        put(store, "a", "x");
        for (String foreign : List.of(".nfs0001", "Thumbs.db", "lost+found", "tmp/.x", "ä")) {
            Files.writeString(directory.resolve(foreign), "x");
        }
        assertThat(store.list("", "", 10).objects()).hasSize(1);
    }

    @Test
    void doesNothingForAnInterruptedThread() throws IOException {
        Store store = open(directory);
        put(store, "a", "x");
        Thread.currentThread().interrupt();
        assertFails(FailureKind.INTERRUPTED, () -> put(store, "b", "x"));
        assertFails(FailureKind.INTERRUPTED, () -> store.get(new ObjectKey("a"), 10));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(files(directory)).containsExactly("a", "tmp");
    }

    @Test
    void anInterruptedPutIsWholeOrNothing() throws Exception {
        Store store = open(directory);
        byte[] content = new byte[4 << 20];
        Random random = new Random(9);
        for (int i = 0; i < 30; i++) {
            ObjectKey key = new ObjectKey("p/" + i);
            Thread writer =
                    Thread.ofPlatform()
                            .uncaughtExceptionHandler((thread, e) -> {})
                            .start(() -> store.putIfAbsent(key, MemorySegment.ofArray(content)));
            Thread.sleep(0, random.nextInt(999_999));
            writer.interrupt();
            writer.join();
            store.get(key, content.length)
                    .ifPresent(seen -> assertThat(seen).hasSameSizeAs(content));
            put(store, "p/" + i, "later");
        }
        assertThat(files(directory.resolve("tmp"))).isEmpty();
    }

    @Test
    void sweepsWhatIsOlderThanADay() throws IOException {
        ManualTime time = new ManualTime();
        FileTime now = FileTime.from(time.instant());
        FileTime old = FileTime.from(time.instant().minus(Duration.ofHours(25)));
        Files.createDirectories(directory.resolve("tmp"));
        Files.writeString(directory.resolve("tmp/.old"), "");
        Files.writeString(directory.resolve("tmp/.lock"), "");
        Files.writeString(directory.resolve("tmp/.young"), "");
        for (String path : List.of("s/old/ack", "s/young", "s/full", "snap")) {
            Files.createDirectories(directory.resolve(path));
        }
        Files.writeString(directory.resolve("s/full/open"), "x");
        for (String path :
                List.of("tmp/.old", "tmp/.lock", "s/old/ack", "s/old", "s/full", "snap")) {
            Files.setLastModifiedTime(directory.resolve(path), old);
        }
        for (String path : List.of("tmp/.young", "s/young")) {
            Files.setLastModifiedTime(directory.resolve(path), now);
        }
        Store store = DirectoryStore.open(directory, time, new Random(1));
        put(store, "a", "x");
        assertThat(files(directory))
                .containsExactly(
                        "a",
                        "s",
                        "s/full",
                        "s/full/open",
                        "s/young",
                        "tmp",
                        "tmp/.lock",
                        "tmp/.young");
        put(store, "b", "x");
        assertThat(directory.resolve("s/young")).exists();
        time.pass(Duration.ofHours(25));
        put(store, "c", "x");
        assertThat(directory.resolve("tmp/.young")).doesNotExist();
        assertThat(directory.resolve("s/young")).doesNotExist();
        assertThat(directory.resolve("s/full/open")).exists();
    }

    @Test
    void makesDirectoriesAgainThatWereSwept() throws IOException {
        Store store = open(directory);
        put(store, "s/x/open", "x");
        store.delete(new ObjectKey("s/x/open"));
        Files.delete(directory.resolve("s/x"));
        Files.delete(directory.resolve("s"));
        Files.delete(directory.resolve("tmp"));
        assertThat(put(store, "s/x/open", "y")).isEqualTo(Put.CREATED);
        assertThat(directory.resolve("s/x/open")).hasContent("y");
    }

    @Test
    void drawsAnotherNumberWhenATemporaryNameIsTaken() {
        Store mine = open(directory);
        Store twin = open(directory);
        for (int i = 0; i < 20; i++) {
            assertThat(put(mine, "a/" + i, "x")).isEqualTo(Put.CREATED);
            assertThat(put(twin, "b/" + i, "x")).isEqualTo(Put.CREATED);
        }
    }

    private static Put put(Store store, String key, String content) {
        byte[] bytes = content.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return store.putIfAbsent(new ObjectKey(key), MemorySegment.ofArray(bytes));
    }

    private static List<String> files(Path root) throws IOException {
        try (Stream<Path> walk = Files.walk(root)) {
            return walk.filter(path -> !path.equals(root))
                    .map(path -> root.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private static void assertFails(FailureKind kind, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(kind));
    }
}
