package io.godwit.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One page of a listing, read from the directories in the order of keys.
///
/// Names are read and sorted first; only those of the page are asked for their lengths. A directory
/// `a` sorts as `a/`, that is behind `a-b` and `a.b`, so a name that another one extends by `-` or
/// `.` is looked at early.
final class DirectoryListing {
    private final Path root;
    private final String prefix;
    private final String after;
    private final int limit;
    private final List<Store.Listed> found = new ArrayList<>();

    DirectoryListing(Path root, String prefix, String after, int limit) {
        this.root = root;
        this.prefix = prefix;
        this.after = after;
        this.limit = limit;
    }

    Store.Page read() throws IOException {
        int slash = prefix.lastIndexOf('/');
        String start = prefix.substring(0, slash + 1);
        if (slash >= 0 && !ObjectKey.wellFormed(prefix.substring(0, slash))) {
            return new Store.Page(List.of(), false);
        }
        boolean more = !walk(root.resolve(start), start);
        return new Store.Page(Collections.unmodifiableList(found), more);
    }

    /// @param key of the directory, with a `/` at its end unless it is the root
    /// @return whether it was walked to its end; otherwise the page is full and a name remains
    private boolean walk(Path directory, String key) throws IOException {
        List<String> names = candidates(directory, key);
        orderAsKeys(directory, names);
        for (String name : names) {
            boolean known = name.endsWith("/");
            String bare = known ? name.substring(0, name.length() - 1) : name;
            BasicFileAttributes file = attributes(directory.resolve(bare));
            if (file == null) {
                continue;
            }
            String full = key + bare;
            if (file.isDirectory()) {
                String below = full + "/";
                boolean wanted = below.compareTo(after) > 0 || after.startsWith(below);
                if (wanted && !walk(directory.resolve(bare), below)) {
                    return false;
                }
            } else if (file.isRegularFile() && full.compareTo(after) > 0 && isKey(full)) {
                if (found.size() == limit) {
                    return false;
                }
                found.add(new Store.Listed(new ObjectKey(full), file.size()));
            }
        }
        return true;
    }

    private static boolean isKey(String text) {
        return ObjectKey.wellFormed(text);
    }

    private List<String> candidates(Path directory, String key) throws IOException {
        List<String> names = new ArrayList<>();
        String rest = prefix.length() > key.length() ? prefix.substring(key.length()) : "";
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            for (Path path : stream) {
                String name = path.getFileName().toString();
                if (name.startsWith(rest) && isKey(name) && mayFollow(key + name)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return names;
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }

    private boolean mayFollow(String full) {
        return full.compareTo(after) > 0 || after.startsWith(full);
    }

    private static void orderAsKeys(Path directory, List<String> names) {
        Collections.sort(names);
        boolean moved = false;
        for (int i = 0; i + 1 < names.size(); i++) {
            String name = names.get(i);
            String next = names.get(i + 1);
            if (next.startsWith(name) && next.charAt(name.length()) < '/') {
                if (Files.isDirectory(directory.resolve(name), NOFOLLOW_LINKS)) {
                    names.set(i, name + "/");
                    moved = true;
                }
            }
        }
        if (moved) {
            Collections.sort(names);
        }
    }

    /// What went away meanwhile is not listed.
    private static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}
