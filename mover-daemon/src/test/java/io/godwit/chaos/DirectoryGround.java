package io.godwit.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// Directories; the first on a small disk where there can be one.
final class DirectoryGround implements Ground {
    private final SmallDisk disk;
    private final Path other;
    private final AtomicLong shortages = new AtomicLong();
    private int filling;

    DirectoryGround(Path directory) throws IOException {
        this.disk = SmallDisk.mount(directory.resolve("disk"));
        this.other = directory.resolve("other");
    }

    @Override
    public List<String> described() {
        return List.of("directory: " + disk.described());
    }

    @Override
    public String url(int lane) {
        return disk.directory().resolve("repository").toString();
    }

    @Override
    public String otherUrl(int lane) {
        return other.toString();
    }

    @Override
    public Map<String, String> environment() {
        return Map.of();
    }

    @Override
    public Blow blow(SplittableRandom random) {
        double at = random.nextDouble();
        long millis = 500 + random.nextLong(2500);
        return disk.isSmall() ? new Blow.Fill(at, millis) : new Blow.Kill(at);
    }

    @Override
    public synchronized void begin(int lane, Blow blow) throws IOException {
        if (blow instanceof Blow.Fill) {
            filling++;
            shortages.incrementAndGet();
            disk.fill();
        }
    }

    @Override
    public synchronized void end(int lane, Blow blow) throws IOException {
        if (blow instanceof Blow.Fill && --filling == 0) {
            shortages.incrementAndGet();
            disk.free();
        }
    }

    @Override
    public void watch(int lane, Blow.KillAt blow, Runnable kill) {
        throw new IllegalArgumentException("nobody sees the requests to a directory: " + blow);
    }

    /// One that goes on counts each time that somebody asks.
    @Override
    public synchronized long troubles(int lane) {
        return filling > 0 || disk.isNearlyFull() ? shortages.incrementAndGet() : shortages.get();
    }

    @Override
    public synchronized void heal() throws IOException {
        disk.free();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
