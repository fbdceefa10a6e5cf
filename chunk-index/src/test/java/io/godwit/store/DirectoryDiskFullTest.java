package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/// On a real file system of 4 MiB, which the test mounts.
@EnabledIf(value = "mayMount", disabledReason = "mounting a tmpfs is not permitted here")
final class DirectoryDiskFullTest {
    private static Path directory = Path.of("");

    static boolean mayMount() throws Exception {
        Path probe = Files.createTempDirectory("godwit-mount");
        boolean mounted = run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", probe.toString());
        if (mounted) {
            run("umount", probe.toString());
        }
        Files.delete(probe);
        return mounted;
    }

    @BeforeAll
    static void mount() throws Exception {
        directory = Files.createTempDirectory("godwit-full");
        assertThat(run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", directory.toString()))
                .isTrue();
    }

    @AfterAll
    static void unmount() throws Exception {
        run("umount", directory.toString());
        Files.delete(directory);
    }

    private static boolean run(String... command) throws Exception {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void saysThatTheDiskIsFullAndGoesOnWhenItIsNot() throws Exception {
        Store store = DirectoryStore.open(directory, InstantSource.system(), new Random(1));
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment tooLarge = arena.allocate(5 << 20, 4096);
            assertFull(store, "p/large", tooLarge);
            assertThat(directory.resolve("tmp")).isEmptyDirectory();

            MemorySegment fits = tooLarge.asSlice(0, 3 << 20);
            assertThat(store.putIfAbsent(new ObjectKey("p/a"), fits)).isEqualTo(Store.Put.CREATED);
            assertFull(store, "p/b", fits);
            assertThat(store.list("", "", 10).objects()).hasSize(1);

            store.delete(new ObjectKey("p/a"));
            assertThat(store.putIfAbsent(new ObjectKey("p/b"), fits)).isEqualTo(Store.Put.CREATED);
        }
        saysThatItIsReadOnly(store);
    }

    private static void assertFull(Store store, String key, MemorySegment content) {
        assertThatThrownBy(() -> store.putIfAbsent(new ObjectKey(key), content))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(FailureKind.UNAVAILABLE);
                            assertThat(e).hasMessageStartingWith("disk full");
                        });
    }

    private static void saysThatItIsReadOnly(Store store) throws Exception {
        assertThat(run("mount", "-o", "remount,ro", directory.toString())).isTrue();
        assertThatThrownBy(
                        () ->
                                store.putIfAbsent(
                                        new ObjectKey("a"), MemorySegment.ofArray(new byte[1])))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.UNAVAILABLE))
                .hasMessageStartingWith("file system is read-only");
    }
}
