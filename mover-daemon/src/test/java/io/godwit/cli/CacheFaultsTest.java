package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Whatever becomes of a node's cache: every command works, and says at most a warning.
@Timeout(120)
final class CacheFaultsTest {
    @TempDir static Path directory;
    private static DamagedRepository one;

    @BeforeAll
    static void make() throws IOException {
        one = DamagedRepository.make(directory.resolve("one"), 1);
    }

    private static Cli copy(String name) throws IOException {
        return one.copy(directory.resolve(name));
    }

    @Test
    void ofRandomBytesInEachOfItsFiles() throws IOException {
        Random random = new Random(1);
        int number = 0;
        for (Path file : files(cacheOf(copy("names")))) {
            Cli cli = copy("random-" + number++);
            Path victim = cacheOf(cli).resolve(file.getFileName());
            byte[] noise = new byte[(int) Math.max(64, Files.size(victim))];
            random.nextBytes(noise);
            Files.write(victim, noise);
            backUp(cli, "small", DamagedRepository.nextDay("small", 1));
        }
        assertThat(number).isGreaterThan(4);
    }

    @Test
    void withEachOfItsFilesGone() throws IOException {
        int number = 0;
        for (Path file : files(cacheOf(copy("list")))) {
            Cli cli = copy("gone-" + number++);
            Files.delete(cacheOf(cli).resolve(file.getFileName()));
            backUp(cli, "small", DamagedRepository.nextDay("small", 1));
        }
    }

    @Test
    void ofAnotherRepository() throws IOException {
        DamagedRepository other = DamagedRepository.make(directory.resolve("other"), 50);
        Cli stranger = other.copy(directory.resolve("stranger"));
        Cli cli = copy("foreign");
        Path mine = cacheOf(cli);
        DamagedRepository.delete(mine);
        DamagedRepository.copyTree(cacheOf(stranger), mine);

        everythingWorks(cli);
    }

    /// The store went back to a state of yesterday; what the cache knows of today is not there.
    @Test
    void newerThanTheStore() throws IOException {
        Cli cli = copy("today");
        Path image =
                Files.write(
                        directory.resolve("tomorrow"), DamagedRepository.content(900_000, 9, 0));
        assertThat(cli.run("backup", "small", image.toString()).exitCode()).isZero();
        assertThat(cli.run("backup", "new", image.toString()).exitCode()).isZero();
        Cli yesterday = copy("yesterday");
        DamagedRepository.delete(yesterday.directory.resolve(".cache"));
        DamagedRepository.copyTree(
                cli.directory.resolve(".cache"), yesterday.directory.resolve(".cache"));

        everythingWorks(yesterday);
        backUp(yesterday, "new", DamagedRepository.content(900_000, 9, 1));
    }

    @Test
    void whereNothingCanBeWritten() throws IOException {
        Cli cli = copy("unwritable");
        Path file = cli.file("a-file", "not a directory");
        for (String place : List.of(file.toString(), "/proc/godwit", "/dev/null/cache")) {
            cli.environment.put("XDG_CACHE_HOME", place);
            everythingWorks(cli);
        }
    }

    /// A process that reads a silent stream holds the cache for as long as we like.
    @Test
    void inUseByAnotherProcess() throws Exception {
        Cli cli = copy("shared");
        Process holder =
                new ProcessBuilder(
                                "env",
                                "HOME=" + cli.directory,
                                System.getProperty("java.home") + "/bin/java",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.godwit.cli.Main",
                                "backup",
                                "held",
                                "-",
                                "-r",
                                cli.repository.toString(),
                                "--key-file",
                                cli.path("key"))
                        .redirectError(directory.resolve("holder").toFile())
                        .start();
        long sessions = sessions(cli);
        while (sessions(cli) == sessions) {
            assertThat(holder.isAlive()).isTrue();
            Thread.sleep(50);
        }
        everythingWorks(cli);
        holder.getOutputStream().write(new byte[100]);
        holder.getOutputStream().close();

        assertThat(holder.waitFor()).isZero();
        assertThat(Files.readString(directory.resolve("holder"))).doesNotContain("warning");
        assertThat(cli.run("restore", "latest:held", cli.path("held")).exitCode()).isZero();
        assertThat(cli.directory.resolve("held")).hasBinaryContent(new byte[100]);
    }

    private static long sessions(Cli cli) throws IOException {
        return DamagedRepository.objects(cli.repository, name -> name.endsWith("/open")).size();
    }

    private static void everythingWorks(Cli cli) throws IOException {
        for (String id : one.contents.keySet()) {
            Path target = cli.directory.resolve("restored");
            requireSuccess(cli.run("restore", id, target.toString()));
            assertThat(target).hasBinaryContent(one.contents.get(id));
            Files.delete(target);
        }
        assertThat(requireSuccess(cli.run("snapshots", "--quiet")).out().lines())
                .hasSizeGreaterThan(3);
        for (String volume : List.of("big", "small")) {
            backUp(cli, volume, DamagedRepository.nextDay(volume, 1));
        }
        assertThat(cli.run("verify", "--read-data").exitCode()).isZero();
    }

    private static void backUp(Cli cli, String volume, byte[] content) throws IOException {
        Path image = Files.write(cli.directory.resolve("image"), content);
        Answer answer = requireSuccess(cli.run("backup", volume, image.toString(), "--quiet"));
        Path target = cli.directory.resolve("again");
        requireSuccess(cli.run("restore", answer.out().strip(), target.toString()));
        assertThat(target).hasBinaryContent(content);
        Files.delete(target);
    }

    private static Answer requireSuccess(Answer answer) {
        assertThat(answer.exitCode()).as(answer.err()).isZero();
        assertThat(answer.err().lines())
                .allSatisfy(line -> assertThat(line).startsWith("godwit: warning: "));
        return answer;
    }

    /// The database of the one repository that the cache knows.
    private static Path cacheOf(Cli cli) throws IOException {
        try (Stream<Path> found = Files.walk(cli.directory.resolve(".cache"))) {
            return found.filter(path -> path.endsWith("index")).findFirst().orElseThrow();
        }
    }

    private static List<Path> files(Path cache) throws IOException {
        try (Stream<Path> found = Files.list(cache)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        }
    }
}
