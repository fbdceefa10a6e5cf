package io.godwit.index;

import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDB;

/// Loads the database's native code, in milliseconds.
///
/// The vendor's loader unpacks 17 MB at every start, and before that starts a shell to find out
/// which C library this is. So the library is unpacked once and loaded from there, and the vendor
/// is told that this is done. Where any of it does not work out (another platform, another version
/// inside, a directory that executes nothing), the vendor does it its way.
final class RocksLibrary {
    private RocksLibrary() {}

    /// Loads it, unless that was done before.
    ///
    /// @param directory for unpacked libraries
    static void load(Path directory) {
        synchronized (RocksLibrary.class) {
            try {
                AtomicReference<Object> state = vendorState();
                String resource = resource();
                if (resource != null && state.get() instanceof Enum<?> now) {
                    loadOnce(directory, resource, state, now);
                }
            } catch (IOException | ReflectiveOperationException | LinkageError e) {
                // The vendor's way, below.
            }
            RocksDB.loadLibrary();
        }
    }

    private static void loadOnce(
            Path directory, String resource, AtomicReference<Object> state, Enum<?> now)
            throws IOException {
        for (Object constant : now.getDeclaringClass().getEnumConstants()) {
            if (now.name().equals("NOT_LOADED") && constant.toString().equals("LOADED")) {
                System.load(NativeLibrary.unpack(RocksDB.class, resource, directory).toString());
                state.set(constant);
            }
        }
    }

    @SuppressWarnings("unchecked")
    private static AtomicReference<Object> vendorState() throws ReflectiveOperationException {
        Field field = RocksDB.class.getDeclaredField("libraryLoaded");
        field.setAccessible(true);
        if (field.get(null) instanceof AtomicReference<?> state) {
            return (AtomicReference<Object>) state;
        }
        throw new NoSuchFieldException("libraryLoaded");
    }

    /// The library in the jar for this platform, where we know it by heart; else null.
    private static @Nullable String resource() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return null;
        }
        return switch (System.getProperty("os.arch", "")) {
            case "amd64" -> glibc("x86_64") ? "librocksdbjni-linux64.so" : null;
            case "aarch64" -> glibc("aarch64") ? "librocksdbjni-linux-aarch64.so" : null;
            default -> null;
        };
    }

    private static boolean glibc(String machine) {
        return !Files.exists(Path.of("/lib/ld-musl-" + machine + ".so.1"));
    }
}
