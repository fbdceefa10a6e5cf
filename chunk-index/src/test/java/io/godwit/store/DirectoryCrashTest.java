package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that is killed in the middle of its puts leaves whole objects or none, and every one
/// that it was told of.
final class DirectoryCrashTest {
    private static final int WRITERS = 3;

    @TempDir Path directory;

    @Test
    void neverShowsHalfAnObject() throws Exception {
        Set<String> promised = new HashSet<>();
        for (int round = 0; round < 3; round++) {
            promised.addAll(killWhilePutting("r" + round, 25 + 17 * round));
        }
        Store store = open(directory);
        Set<String> visible = new HashSet<>();
        for (Store.Listed object : store.list("", "", 1_000_000).objects()) {
            assertWhole(store, object);
            visible.add(object.key().value());
        }
        assertThat(promised).isNotEmpty();
        assertThat(visible).containsAll(promised);
    }

    /// Lets a process put until it reported so many objects, kills it, and returns all that it
    /// reported.
    private Set<String> killWhilePutting(String name, int objects) throws IOException {
        String java = ProcessHandle.current().info().command().orElse("java");
        Process process =
                new ProcessBuilder(
                                java,
                                "-Xmx64m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Writer.class.getName(),
                                directory.toString(),
                                name)
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        Set<String> reported = new HashSet<>();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                reported.add(line);
                if (reported.size() == objects) {
                    process.toHandle().destroyForcibly();
                }
            }
        }
        assertThat(reported.size()).isGreaterThanOrEqualTo(objects);
        return reported;
    }

    private static void assertWhole(Store store, Store.Listed object) {
        byte[] seen = store.get(object.key(), 8 << 20).orElseThrow();
        assertThat(seen.length).isEqualTo(Writer.lengthOf(object.key()));
        assertThat(object.length()).isEqualTo(seen.length);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment expected = Writer.content(object.key(), arena);
            assertThat(MemorySegment.ofArray(seen).mismatch(expected)).isEqualTo(-1);
        }
    }

    private static Store open(Path root) {
        return DirectoryStore.open(
                root, InstantSource.system(), new Random(ProcessHandle.current().pid()));
    }

    /// The process that dies: several threads put objects whose names tell their contents.
    static final class Writer {
        private Writer() {}

        public static void main(String[] arguments) {
            Store store = open(Path.of(arguments[0]));
            AtomicInteger number = new AtomicInteger();
            for (int i = 0; i < WRITERS; i++) {
                Thread.ofPlatform().start(() -> putForEver(store, arguments[1], number));
            }
        }

        private static void putForEver(Store store, String name, AtomicInteger number) {
            while (true) {
                int n = number.getAndIncrement();
                ObjectKey key = new ObjectKey("p/" + n % 7 + "/" + name + "-" + n);
                try (Arena arena = Arena.ofConfined()) {
                    store.putIfAbsent(key, content(key, arena));
                }
                synchronized (number) {
                    System.out.println(key.value());
                }
            }
        }

        /// Small ones go through the page cache, large ones past it.
        static int lengthOf(ObjectKey key) {
            Random random = new Random(key.value().hashCode());
            return random.nextBoolean() ? random.nextInt(5000) : random.nextInt(3 << 20);
        }

        static MemorySegment content(ObjectKey key, Arena arena) {
            MemorySegment content = arena.allocate(lengthOf(key) + 1L, 4096);
            Random random = new Random(key.value().hashCode() ^ 77L);
            for (long at = 0; at + 8 <= content.byteSize(); at += 8) {
                content.set(ValueLayout.JAVA_LONG, at, random.nextLong());
            }
            return content.asSlice(0, lengthOf(key));
        }
    }
}
