package io.godwit.doctor;

import io.godwit.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Looks at what Godwit stands on: the JVM, the processor, the directories it works in, and a
/// store.
///
/// Writes small files and objects, and removes them. Takes some seconds. Belongs to one thread.
public final class Doctor {
    private static final int JAVA = 25;
    private static final long ROOM_BYTES = 1L << 30;
    private static final Instant NEWER_THAN_ANY = Instant.parse("2100-01-01T00:00:00Z");
    private static final Instant OLDER_THAN_US = Instant.parse("2025-09-01T00:00:00Z");
    private static final Path GROUP_LIMIT = Path.of("/sys/fs/cgroup/memory.max");
    private static final Path MEMORY = Path.of("/proc/meminfo");

    private final Machine machine;

    public Doctor(Machine machine) {
        this.machine = machine;
    }

    /// Looks at everything.
    ///
    /// @param store that shall be looked at too; anything written to it is deleted again
    public List<Finding> examine(Optional<Store> store) {
        List<Finding> findings = new ArrayList<>();
        findings.add(jdk());
        findings.addAll(new KernelExamination(machine.nanoTime()).run());
        findings.add(DirectIo.in("direct-io-cache", machine.cacheDirectory()));
        findings.add(DirectIo.in("direct-io-temporary", machine.temporaryDirectory()));
        findings.add(room("space-cache", machine.cacheDirectory()));
        findings.add(room("space-temporary", machine.temporaryDirectory()));
        findings.add(clock());
        findings.add(memory());
        store.ifPresent(place -> findings.addAll(new StoreExamination(machine, place).run()));
        return findings;
    }

    private static Finding jdk() {
        return Finding.of(
                "jdk",
                Runtime.version().feature() >= JAVA,
                Runtime.version() + " of " + System.getProperty("java.vendor"),
                "install JDK 25 or newer");
    }

    private static Finding room(String name, Path directory) {
        try {
            Path existing = DirectIo.existing(directory);
            long free = Files.getFileStore(existing).getUsableSpace();
            return Finding.of(
                    name,
                    free >= ROOM_BYTES,
                    "%.1f GB free in %s".formatted(free / 1e9, directory),
                    "make room: a full disk ends runs");
        } catch (IOException e) {
            return Finding.bad(name, "unknown: " + e.getMessage(), "name a directory that exists");
        }
    }

    private Finding clock() {
        Instant now = machine.clock().instant();
        return Finding.of(
                "clock",
                now.isAfter(OLDER_THAN_US) && now.isBefore(NEWER_THAN_ANY),
                now.toString(),
                "set the clock: snapshots are found by their time");
    }

    private Finding memory() {
        long limit = memoryLimit();
        return Finding.of(
                "memory",
                limit >= machine.memoryBytes(),
                "%d MiB for %d MiB".formatted(limit >> 20, machine.memoryBytes() >> 20),
                "give the process more, or --memory less");
    }

    /// What this process may take: of its group, else of the machine.
    private static long memoryLimit() {
        try {
            String group = Files.isReadable(GROUP_LIMIT) ? Files.readString(GROUP_LIMIT) : "max";
            if (!group.strip().equals("max")) {
                return Long.parseLong(group.strip());
            }
            String total = Files.readAllLines(MEMORY).getFirst().replaceAll("\\D", "");
            return Long.parseLong(total) << 10;
        } catch (IOException | NumberFormatException unknown) {
            return Long.MAX_VALUE;
        }
    }
}
