package io.godwit.store;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The machine's own file system, whose changes are written down: a store that is opened on a path
/// of it is recorded without knowing.
public final class RecordedFileSystem extends FileSystem {
    private final FileSystem real;
    private final DiskTrace trace;
    private final Provider provider;

    private RecordedFileSystem(FileSystem real, DiskTrace trace) {
        this.real = real;
        this.trace = trace;
        this.provider = new Provider();
    }

    /// The same place, recorded. It must be an empty directory.
    public static Path record(Path directory, DiskTrace trace) {
        return new RecordedPath(
                new RecordedFileSystem(directory.getFileSystem(), trace), directory);
    }

    private Path wrapped(Path path) {
        return new RecordedPath(this, path);
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {}

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public boolean isReadOnly() {
        return false;
    }

    @Override
    public String getSeparator() {
        return real.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return real.getFileStores();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return real.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return wrapped(real.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String syntax) {
        PathMatcher matcher = real.getPathMatcher(syntax);
        return path -> matcher.matches(RecordedPath.real(path));
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        return real.getUserPrincipalLookupService();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }

    private static Path folder(Path file) {
        return Objects.requireNonNull(RecordedPath.real(file).getParent());
    }

    private static String name(Path file) {
        return Objects.requireNonNull(file.getFileName()).toString();
    }

    private final class Provider extends FileSystemProvider {
        private final FileSystemProvider below = real.provider();

        @Override
        public String getScheme() {
            return "recorded";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            return RecordedFileSystem.this;
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            return newFileChannel(path, options, attributes);
        }

        @Override
        public FileChannel newFileChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            Path file = RecordedPath.real(path);
            FileChannel channel = below.newFileChannel(file, options, attributes);
            boolean directory = Files.isDirectory(file);
            if (directory) {
                return new RecordedChannel(
                        channel, trace, -1, before -> trace.directorySynced(file, before));
            }
            if (!options.contains(StandardOpenOption.WRITE)) {
                return channel;
            }
            long inode =
                    options.contains(StandardOpenOption.CREATE_NEW)
                            ? trace.created(folder(file), name(file))
                            : trace.inode(file);
            return new RecordedChannel(
                    channel, trace, inode, before -> trace.fileSynced(inode, before));
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(
                Path directory, DirectoryStream.Filter<? super Path> filter) throws IOException {
            DirectoryStream<Path> stream =
                    below.newDirectoryStream(
                            RecordedPath.real(directory), path -> filter.accept(wrapped(path)));
            return new DirectoryStream<>() {
                @Override
                public Iterator<Path> iterator() {
                    Iterator<Path> paths = stream.iterator();
                    return new Iterator<>() {
                        @Override
                        public boolean hasNext() {
                            return paths.hasNext();
                        }

                        @Override
                        public Path next() {
                            return wrapped(paths.next());
                        }
                    };
                }

                @Override
                public void close() throws IOException {
                    stream.close();
                }
            };
        }

        @Override
        public void createDirectory(Path directory, FileAttribute<?>... attributes)
                throws IOException {
            below.createDirectory(RecordedPath.real(directory), attributes);
            trace.directoryMade(folder(directory), name(directory));
        }

        @Override
        public void createLink(Path link, Path existing) throws IOException {
            below.createLink(RecordedPath.real(link), RecordedPath.real(existing));
            trace.linked(RecordedPath.real(existing), folder(link), name(link));
        }

        @Override
        public void delete(Path path) throws IOException {
            below.delete(RecordedPath.real(path));
            trace.removed(folder(path), name(path));
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) {
            throw new UnsupportedOperationException("nothing is moved where there are links");
        }

        @Override
        public boolean isSameFile(Path one, Path other) throws IOException {
            return below.isSameFile(RecordedPath.real(one), RecordedPath.real(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return below.isHidden(RecordedPath.real(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return below.getFileStore(RecordedPath.real(path));
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            below.checkAccess(RecordedPath.real(path), modes);
        }

        @Override
        public <V extends FileAttributeView> @Nullable V getFileAttributeView(
                Path path, Class<V> type, LinkOption... options) {
            return below.getFileAttributeView(RecordedPath.real(path), type, options);
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(
                Path path, Class<A> type, LinkOption... options) throws IOException {
            return below.readAttributes(RecordedPath.real(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(
                Path path, String attributes, LinkOption... options) throws IOException {
            return below.readAttributes(RecordedPath.real(path), attributes, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) {
            throw new UnsupportedOperationException();
        }
    }
}
