package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DirectoryFailuresTest {
    private static final ObjectKey KEY = new ObjectKey("p/00/x");

    @TempDir Path root;

    private DirectoryFailures local() {
        return new DirectoryFailures(root, new StoreTraits("ext4", false));
    }

    @ParameterizedTest
    @CsvSource({
        "No space left on device, UNAVAILABLE, disk full",
        "Disk quota exceeded, UNAVAILABLE, disk full",
        "Read-only file system, UNAVAILABLE, file system is read-only",
        "Permission denied, DENIED, access denied",
        "Operation not permitted, DENIED, access denied",
        "Too many open files, UNAVAILABLE, too many open files",
        "Too many open files in system, UNAVAILABLE, too many open files",
        "Input/output error, UNAVAILABLE, put failed",
        "Die Datei ist verhext, UNAVAILABLE, put failed",
    })
    void saysWhatFailedWrites(String words, FailureKind kind, String start) {
        GodwitException plain = local().put(new IOException(words), KEY);
        GodwitException typed =
                local().put(new FileSystemException("/x/no space left", "/y", words), KEY);
        for (GodwitException e : new GodwitException[] {plain, typed}) {
            assertThat(e.kind()).isEqualTo(kind);
            assertThat(e).hasMessageStartingWith(start).hasMessageContaining(words);
            assertThat(e.object()).contains("p/00/x");
        }
    }

    @Test
    void knowsTypedExceptions() {
        assertThat(local().put(new AccessDeniedException("/x"), KEY).kind())
                .isEqualTo(FailureKind.DENIED);
        assertThat(local().put(new ClosedByInterruptException(), KEY).kind())
                .isEqualTo(FailureKind.INTERRUPTED);
        assertThat(local().put(new IOException(), KEY).kind()).isEqualTo(FailureKind.UNAVAILABLE);
    }

    @Test
    void anUnreadableBlockIsDamageOnALocalDiskOnly() {
        IOException medium = new IOException("Input/output error");
        GodwitException here = local().read(medium, KEY, 4096);
        assertThat(here.kind()).isEqualTo(FailureKind.CORRUPT);
        assertThat(here.offset()).hasValue(4096);
        DirectoryFailures remote = new DirectoryFailures(root, new StoreTraits("nfs4", true));
        assertThat(remote.read(medium, KEY, 0).kind()).isEqualTo(FailureKind.UNAVAILABLE);
        assertThat(local().read(new IOException("Stale file handle"), KEY, 0).kind())
                .isEqualTo(FailureKind.UNAVAILABLE);
    }
}
