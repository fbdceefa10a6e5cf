package io.godwit.demo;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/// The whole story on files in a temporary directory, in under a minute: back up, change, back up
/// the changes, restore, compare, break something, find it. Every step is a command line as a user
/// would type it, and every claim is checked: a step that does not do what it says ends the demo
/// with its failure.
public final class Demo {
    private static final int WRITES = 200;

    /// Two nights, so that the first one can be asked for by its time.
    private static final String MONDAY = "2026-01-05T02:00:00Z";

    private static final String TUESDAY = "2026-01-06T02:00:00Z";

    private final Shell shell;
    private final PrintWriter out;
    private final RandomGenerator dice;
    private final Path directory;
    private final String repo;
    private final List<String> common;

    /// @param directory empty, and deleted afterwards by the caller
    public Demo(Shell shell, PrintWriter out, RandomGenerator dice, Path directory) {
        this.shell = shell;
        this.out = out;
        this.dice = dice;
        this.directory = directory;
        this.repo = directory.resolve("repository").toString();
        this.common =
                List.of(
                        "--repo", repo,
                        "--key-file", directory.resolve("key").toString(),
                        "--cache-dir", directory.resolve("cache").toString(),
                        "--state-dir", directory.resolve("state").toString());
    }

    /// Runs all of it.
    public void run() throws IOException, InterruptedException {
        DemoImage image = new DemoImage(directory);
        say("1. A volume: making one of 512 MiB, with real files in it ...");
        out.println("   " + image.make() + ": " + image.path());
        Path original = directory.resolve("original.img");
        Files.copy(image.path(), original);

        say(
                "2. A repository in a directory, and a first backup: hashed, deduplicated,"
                        + " compressed, encrypted.");
        byte[] key = new byte[32];
        dice.nextBytes(key);
        Files.write(directory.resolve("key"), key);
        expect(0, "init");
        expect(0, "backup", "demo", image.path().toString(), "--time", MONDAY);
        long first = DemoFiles.bytesBelow(Path.of(repo));

        say(
                "3. Somebody writes "
                        + WRITES
                        + " blocks of 8 KiB. The storage tells which: only these are read.");
        Files.writeString(directory.resolve("changes.json"), image.change(WRITES, dice));
        expect(
                0,
                "backup",
                "demo",
                image.path().toString(),
                "--parent",
                "latest:demo",
                "--changed-extents",
                directory.resolve("changes.json").toString(),
                "--time",
                TUESDAY);
        long added = DemoFiles.bytesBelow(Path.of(repo)) - first;
        out.printf(
                Locale.ROOT,
                "   %.2f MiB were written, and the repository grew by %.2f MiB.%n",
                WRITES * 8192 / 1048576.0,
                added / 1048576.0);

        say("4. Both days come back bit for bit; the second one by writing only what differs.");
        expect(0, "snapshots");
        Path restored = directory.resolve("restored.img");
        expect(0, "restore", "latest:demo", restored.toString());
        requireEqual(restored, image.path());
        expect(0, "restore", "demo@" + MONDAY, restored.toString(), "--delta", "--verify");
        requireEqual(restored, original);

        say("5. One bit of the repository flips. It is found, and what it hits is named.");
        Path victim = DemoFiles.largestBelow(Path.of(repo, "p"));
        DemoFiles.flipBit(victim);
        expect(5, "verify", "--read-data");
        expect(3, "restore", "latest:demo", directory.resolve("damaged.img").toString());
        DemoFiles.flipBit(victim);
        out.println("   the bit is put right again, and all is as it was");
        expect(0, "verify", "--read-data");
        say("That is all: nothing was installed, and the directory is deleted now.");
    }

    private void expect(int code, String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        out.println("   $ godwit " + String.join(" ", arguments));
        out.flush();
        arguments.addAll(1, common);
        int found = shell.run(arguments.toArray(String[]::new));
        if (found != code) {
            throw new GodwitException(
                    FailureKind.INTERNAL,
                    "the demo did not go as it should: command=%s exit=%d expected=%d"
                            .formatted(command[0], found, code));
        }
    }

    private void requireEqual(Path left, Path right) throws IOException {
        long difference = Files.mismatch(left, right);
        if (difference >= 0) {
            throw new GodwitException(
                    FailureKind.INTERNAL,
                    "restored volume differs: path=" + left + " offset=" + difference);
        }
        out.println("   compared with the volume as it was then: equal in every byte");
    }

    private void say(String sentence) {
        out.println();
        out.println(sentence);
        out.flush();
    }
}
