package io.godwit.repository;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.commit.HostIdentity;
import io.godwit.commit.ProcessTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalHostTest {
    @TempDir Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private void process(String pid, String command, long start) throws IOException {
        file(
                "proc/" + pid + "/stat",
                "%s (%s) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 %d 20 21"
                        .formatted(pid, command, start));
    }

    @Test
    void knowsItself() {
        LocalHost host = LocalHost.of();
        HostIdentity me = host.identity();
        assertThat(me.pid()).isEqualTo(ProcessHandle.current().pid());
        assertThat(me).isEqualTo(host.identity());
        assertThat(host.processes().alive(me.pid(), me.startTicks())).isTrue();
    }

    @Test
    void readsWhatLinuxSays() throws IOException {
        file("etc/machine-id", "0123abcd\n");
        file("proc/sys/kernel/random/boot_id", "b007\n");
        Files.createDirectories(root.resolve("proc/self/ns"));
        Files.createSymbolicLink(root.resolve("proc/self/ns/pid"), Path.of("pid:[4026531836]"));
        HostIdentity me = new LocalHost(root).identity();
        assertThat(me.host()).isEqualTo("0123abcd");
        assertThat(me.boot()).isEqualTo("b007/pid:[4026531836]");
    }

    @Test
    void knowsNothingWithoutFiles() {
        LocalHost host = new LocalHost(root);
        assertThat(host.identity().host()).isEqualTo("unknown");
        assertThat(host.identity().boot()).isEqualTo("unknown/unknown");
        assertThat(host.processes().alive(1, 1)).isTrue();
    }

    @Test
    void saysDeadOnlyWhenItCertainlyIs() throws IOException {
        Files.createDirectories(root.resolve("proc/self"));
        process("10", "java", 500);
        process("11", "a ) b (c", 600);
        file("proc/12/stat", "garbage");
        ProcessTable processes = new LocalHost(root).processes();
        assertThat(processes.alive(10, 500)).isTrue();
        assertThat(processes.alive(10, 501)).isFalse();
        assertThat(processes.alive(11, 600)).isTrue();
        assertThat(processes.alive(12, 1)).isTrue();
        assertThat(processes.alive(13, 1)).isFalse();
        assertThat(processes.alive(10, 0)).isTrue();
    }
}
