package io.godwit.device;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A block device made of a file, for the length of a test.
final class LoopDevice implements AutoCloseable {
    private final String path;

    private LoopDevice(String path) {
        this.path = path;
    }

    /// Skips the test, saying why, where there cannot be one.
    static void assumeUsable() {
        String user = System.getProperty("user.name");
        assumeTrue(user.equals("root"), "loop devices need root: user=" + user);
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "there is no /dev/loop-control");
        assumeTrue(Files.exists(Path.of("/usr/sbin/losetup")), "there is no losetup");
        String answer = attempt(List.of("losetup", "-f"));
        assumeTrue(answer.startsWith("/dev/"), "no free loop device: " + answer);
    }

    /// Skips the test, saying why, where a command does not work.
    static void assumeWorks(List<String> command) {
        String answer = attempt(command);
        assumeTrue(!answer.startsWith("failed: "), command + " " + answer);
    }

    static LoopDevice create(Path file, long bytes, String... options) throws IOException {
        try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
            writer.setLength(bytes);
        }
        return over(file, options);
    }

    static LoopDevice over(Path file, String... options) throws IOException {
        List<String> command = new ArrayList<>(List.of("losetup", "-f", "--show"));
        command.addAll(List.of(options));
        command.add(file.toString());
        return new LoopDevice(run(command).strip());
    }

    String path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        run(List.of("losetup", "-d", path));
    }

    static String run(List<String> command) throws IOException {
        String output = attempt(command);
        if (output.startsWith("failed: ")) {
            throw new IOException(command + " " + output);
        }
        return output;
    }

    private static String attempt(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            byte[] output = process.getInputStream().readAllBytes();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return "failed: timeout";
            }
            String text = new String(output, StandardCharsets.UTF_8);
            return process.exitValue() == 0 ? text : "failed: " + text;
        } catch (IOException failure) {
            return "failed: " + failure;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "failed: interrupted";
        }
    }
}
