package io.godwit.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Documents rot where nothing reads them. This does: types they name exist, links lead somewhere.
final class DocsTest {
    private static final Path ROOT = root();
    private static final Pattern FENCE = Pattern.compile("(?ms)^```.*?^```");
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern TYPE =
            Pattern.compile("@?([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(?:[.#(].*)?");
    private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#+ +(.+)$");
    private static final Pattern DECLARATION =
            Pattern.compile("\\b(?:class|interface|record|enum|@interface)\\s+([A-Z]\\w*)");

    /// Types of others that documents may name: Java's, Kubernetes', a tool's.
    private static final Set<String> FOREIGN = Set.of("NullMarked");

    @Test
    void everyTypeThatADocumentNamesExists() {
        Set<String> declared = declaredTypes();
        List<String> missing = new ArrayList<>();
        for (Path document : documents()) {
            Matcher code = CODE.matcher(FENCE.matcher(read(document)).replaceAll(""));
            while (code.find()) {
                Matcher type = TYPE.matcher(code.group(1));
                if (type.matches()
                        && !declared.contains(type.group(1))
                        && !FOREIGN.contains(type.group(1))) {
                    missing.add(ROOT.relativize(document) + ": " + code.group(1));
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyRelativeLinkLeadsSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Path document : documents()) {
            Matcher link = LINK.matcher(FENCE.matcher(read(document)).replaceAll(""));
            while (link.find()) {
                if (!link.group(1).contains("://") && !leadsSomewhere(document, link.group(1))) {
                    broken.add(ROOT.relativize(document) + ": " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void thereAreDocumentsToRead() {
        assertThat(documents())
                .contains(ROOT.resolve("README.md"), ROOT.resolve("docs/ARCHITECTURE.md"));
        assertThat(declaredTypes()).contains("GodwitException", "DocsTest");
    }

    private static boolean leadsSomewhere(Path document, String link) {
        int hash = link.indexOf('#');
        String file = hash < 0 ? link : link.substring(0, hash);
        Path target = file.isEmpty() ? document : document.resolveSibling(file).normalize();
        if (!Files.exists(target)) {
            return false;
        }
        return hash < 0
                || !target.toString().endsWith(".md")
                || anchors(target).contains(link.substring(hash + 1));
    }

    private static Set<String> anchors(Path document) {
        Set<String> anchors = new HashSet<>();
        Matcher heading = HEADING.matcher(FENCE.matcher(read(document)).replaceAll(""));
        while (heading.find()) {
            String words =
                    heading.group(1).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N} _-]", "");
            anchors.add(words.strip().replace(' ', '-'));
        }
        return anchors;
    }

    private static List<Path> documents() {
        try (Stream<Path> top = Files.list(ROOT);
                Stream<Path> below = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(top, below)
                    .filter(path -> path.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Set<String> declaredTypes() {
        Set<String> types = new HashSet<>();
        for (Path module : modules()) {
            try (Stream<Path> sources = Files.walk(module.resolve("src"))) {
                sources.filter(path -> path.toString().endsWith(".java"))
                        .map(DocsTest::read)
                        .flatMap(source -> DECLARATION.matcher(source).results())
                        .forEach(found -> types.add(found.group(1)));
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
        return types;
    }

    private static List<Path> modules() {
        try (Stream<Path> top = Files.list(ROOT)) {
            return top.filter(path -> Files.isDirectory(path.resolve("src"))).toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path root() {
        Path path = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(path.resolve(".mvn"))) {
            path = path.getParent();
        }
        return path;
    }
}
