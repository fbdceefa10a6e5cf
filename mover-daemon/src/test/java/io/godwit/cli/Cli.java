package io.godwit.cli;

import io.godwit.store.Sleeper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The command line in this process, on a directory of its own: a key file, a cache, a repository.
final class Cli {
    private static final JsonMapper JSON = new JsonMapper();

    final Path directory;
    final Path repository;
    final Map<String, String> environment = new TreeMap<>();
    InstantSource clock = Clock.systemUTC();

    /// Of the repository that commands are run on: the directory, unless it is somewhere else.
    String url;

    /// How commands wait before they try again.
    Sleeper sleeper = Thread::sleep;

    /// What comes from standard input.
    InputStream in = InputStream.nullInputStream();

    private Optional<String> typed = Optional.empty();

    Cli(Path directory) {
        this.directory = directory;
        this.repository = directory.resolve("repository");
        this.url = repository.toString();
        try {
            Files.write(directory.resolve("key"), new byte[32]);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        environment.put("HOME", directory.toString());
        environment.put("GODWIT_STATE", directory.resolve("state").toString());
    }

    /// What a command answered.
    record Answer(int exitCode, String out, String err) {
        List<JsonNode> lines() {
            return json(out);
        }

        /// The last line, which is the result or an error.
        JsonNode last() {
            return lines().getLast();
        }
    }

    static List<JsonNode> json(String text) {
        List<JsonNode> lines = new ArrayList<>();
        text.lines().forEach(line -> lines.add(JSON.readTree(line)));
        return lines;
    }

    /// What somebody types when asked for a password.
    Cli typing(String password) {
        typed = Optional.of(password);
        return this;
    }

    /// A command on the repository, opened with the key file.
    Answer run(String... words) {
        return call(onRepository(words));
    }

    /// The words of a command with the repository and its key.
    String[] onRepository(String... words) {
        List<String> line = new ArrayList<>(List.of(words));
        line.addAll(List.of("-r", url, "--key-file", path("key")));
        return line.toArray(String[]::new);
    }

    /// A command as it stands.
    Answer call(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Outside outside =
                new Outside(
                        environment,
                        in,
                        out,
                        err,
                        false,
                        _ -> typed.map(text -> text.getBytes(StandardCharsets.UTF_8)),
                        clock,
                        System::nanoTime,
                        SecureRandom::new,
                        Outside::thread,
                        sleeper,
                        false);
        int exitCode = Main.run(outside, words);
        return new Answer(
                exitCode,
                out.toString(StandardCharsets.UTF_8),
                err.toString(StandardCharsets.UTF_8));
    }

    String path(String name) {
        return directory.resolve(name).toString();
    }

    /// A file of random bytes with a hole behind them.
    Path image(String name, int data, int hole, long seed) throws IOException {
        byte[] content = new byte[data + hole];
        byte[] noise = new byte[data];
        new Random(seed).nextBytes(noise);
        System.arraycopy(noise, 0, content, 0, data);
        return Files.write(directory.resolve(name), content);
    }

    Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }
}
