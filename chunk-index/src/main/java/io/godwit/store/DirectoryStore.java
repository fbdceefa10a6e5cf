package io.godwit.store;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardOpenOption.READ;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Objects as files of one directory; the layout and why it survives crashes are in
/// `docs/formats/store.md`.
///
/// A put writes and syncs a temporary file, takes the name with `link(2)`, which never replaces and
/// never shows half an object, and syncs the directory. Everything blocks the calling thread, which
/// should be a platform thread; the store has none of its own. It keeps no files open between
/// calls. A thread that is interrupted gets `INTERRUPTED`: before anything was done, or while a put
/// has no name yet.
///
/// Content of 1 MiB and more in native memory at a multiple of 4096 is written without a copy, and
/// ranges of 512 KiB and more are read without one, when offset and length are multiples too.
///
/// When a directory cannot be synced any more, nobody knows what is durable: the store is poisoned,
/// and every later call says so.
public final class DirectoryStore implements Store {
    /// A name lost its directory this often in one put: somebody removes directories in a loop.
    private static final int CLAIM_ATTEMPTS = 4;

    private static final Pattern UNPRINTABLE = Pattern.compile("\\p{Cntrl}");
    private static final Set<OpenOption> FOR_READING = Set.of(READ, NOFOLLOW_LINKS);

    private final Path root;
    private final StoreTraits traits;
    private final DirectoryFailures failures;
    private final DurableDirectories directories;
    private final TemporaryFiles temporaries;
    private final StaleSweep sweep;
    private final DirectReads directReads;
    private volatile @Nullable NameClaim nameClaim;
    private volatile @Nullable String poison;

    private DirectoryStore(
            Path root, StoreTraits traits, InstantSource clock, RandomGenerator random) {
        this.root = root;
        this.traits = traits;
        this.failures = new DirectoryFailures(root, traits);
        this.directories = new DurableDirectories(root, clock);
        this.temporaries = new TemporaryFiles(root, traits, random);
        this.sweep = new StaleSweep(root, clock);
        this.directReads = new DirectReads(traits);
    }

    /// Opens the directory, which is made by the first put when it is not there yet.
    ///
    /// @param clock tells the age of what crashed writers left behind
    /// @param random makes the temporary names of two processes differ
    /// @throws GodwitException `INVALID` when something other than a directory is there
    public static DirectoryStore open(Path root, InstantSource clock, RandomGenerator random) {
        Path real = real(root);
        return new DirectoryStore(real, MountTable.traitsOf(real), clock, random);
    }

    private static Path real(Path root) {
        try {
            Path real = root.toRealPath();
            if (Files.isDirectory(real)) {
                return real;
            }
        } catch (NoSuchFileException e) {
            return root.toAbsolutePath().normalize();
        } catch (IOException e) {
            String message = "store cannot be opened: path=" + root + " (" + e.getMessage() + ")";
            boolean denied = e instanceof AccessDeniedException;
            throw new GodwitException(
                    denied ? FailureKind.DENIED : FailureKind.INVALID, message, e);
        }
        throw new GodwitException(FailureKind.INVALID, "store is not a directory: path=" + root);
    }

    @Override
    public Put putIfAbsent(ObjectKey key, MemorySegment content) {
        checkUsable("put " + key);
        sweep.runIfDue();
        Path target = path(key);
        if (Files.exists(target, NOFOLLOW_LINKS)) {
            return alreadyThere(key, target);
        }
        try {
            Path temporary = write(content);
            try {
                return claim(nameClaim(), key, target, temporary);
            } finally {
                temporaries.discard(temporary);
            }
        } catch (IOException e) {
            throw failures.put(e, key);
        }
    }

    private Path write(MemorySegment content) throws IOException {
        Path directory = temporaries.directory();
        try {
            directories.ensure(directory);
            return temporaries.write(content);
        } catch (NoSuchFileException e) {
            // removed since we last looked: once more from the start
            directories.forget(directory);
            directories.ensure(directory);
            return temporaries.write(content);
        }
    }

    private Put claim(NameClaim claim, ObjectKey key, Path target, Path temporary)
            throws IOException {
        Path parent = parent(target);
        for (int attempt = 1; ; attempt++) {
            directories.ensure(parent);
            try (DurableDirectories.Handle directory = directories.open(parent)) {
                claim.claim(temporary, target);
                sync(directory, key);
                return Put.CREATED;
            } catch (FileAlreadyExistsException e) {
                return alreadyThere(key, target);
            } catch (NoSuchFileException e) {
                if (attempt == CLAIM_ATTEMPTS || !Files.exists(temporary, NOFOLLOW_LINKS)) {
                    throw failures.lostTemporary(e, key);
                }
                directories.forget(parent);
            }
        }
    }

    /// Whoever is told that a name is taken may rely on it, so it must be as durable as for its
    /// creator.
    private Put alreadyThere(ObjectKey key, Path target) {
        if (Files.isDirectory(target, NOFOLLOW_LINKS)) {
            throw new GodwitException(
                            FailureKind.INVALID, "key is a directory of other objects: key=" + key)
                    .withObject(key.value());
        }
        try {
            directories.ensure(parent(target));
            try (DurableDirectories.Handle directory = directories.open(parent(target))) {
                sync(directory, key);
            }
            return Put.EXISTS;
        } catch (IOException e) {
            throw failures.put(e, key);
        }
    }

    private void sync(DurableDirectories.Handle directory, ObjectKey key) {
        try {
            directory.sync();
        } catch (IOException e) {
            GodwitException doubt = failures.inDoubt(e, key);
            poison = doubt.getMessage();
            throw doubt;
        }
    }

    private NameClaim nameClaim() throws IOException {
        NameClaim known = nameClaim;
        if (known == null) {
            known =
                    traits.singleHost()
                            ? NameClaim.forFileSystem(temporaries)
                            : new NameClaim.Link();
            nameClaim = known;
        }
        return known;
    }

    @Override
    public Optional<byte[]> get(ObjectKey key, int maxLength) {
        checkUsable("get " + key);
        try (FileChannel channel = FileChannel.open(path(key), FOR_READING)) {
            long length = channel.size();
            if (length > maxLength) {
                if (failures.absent(path(key))) {
                    return Optional.empty();
                }
                throw StoreFailures.tooLong(key, length, maxLength);
            }
            byte[] content = new byte[(int) length];
            int count = fill(channel, 0, ByteBuffer.wrap(content));
            if (count < length) {
                throw failures.shrank(key, count, length);
            }
            return Optional.of(content);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (failures.absent(path(key))) {
                return Optional.empty();
            }
            throw failures.read(e, key, 0);
        }
    }

    @Override
    public long read(ObjectKey key, long offset, MemorySegment target) {
        StoreFailures.checkOffset(offset);
        checkUsable("read " + key);
        try {
            OptionalLong direct =
                    directReads.fits(offset, target)
                            ? directReads.read(path(key), offset, target)
                            : OptionalLong.empty();
            return direct.isPresent() ? direct.getAsLong() : readBuffered(key, offset, target);
        } catch (NoSuchFileException e) {
            return -1;
        }
    }

    private long readBuffered(ObjectKey key, long offset, MemorySegment target) {
        try (FileChannel channel = FileChannel.open(path(key), FOR_READING)) {
            if (target.byteSize() == 0) {
                return failures.absent(path(key)) ? -1 : 0;
            }
            return fill(channel, offset, target);
        } catch (NoSuchFileException e) {
            return -1;
        } catch (IOException e) {
            if (failures.absent(path(key))) {
                return -1;
            }
            throw failures.read(e, key, offset);
        }
    }

    @Override
    public Optional<Tail> readTail(ObjectKey key, MemorySegment target) {
        checkUsable("read " + key);
        try (FileChannel channel = FileChannel.open(path(key), FOR_READING)) {
            long length = channel.size();
            int count = (int) Math.min(length, Math.min(target.byteSize(), Integer.MAX_VALUE));
            long read = fill(channel, length - count, target.asSlice(0, count));
            if (read < count) {
                throw failures.shrank(key, length - count + read, length);
            }
            if (count == 0 && failures.absent(path(key))) {
                return Optional.empty();
            }
            return Optional.of(new Tail(length, count));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (failures.absent(path(key))) {
                return Optional.empty();
            }
            throw failures.read(e, key, 0);
        }
    }

    private static long fill(FileChannel channel, long offset, MemorySegment target)
            throws IOException {
        long done = 0;
        while (done < target.byteSize()) {
            long piece = Math.min(target.byteSize() - done, Integer.MAX_VALUE);
            int count = fill(channel, offset + done, target.asSlice(done, piece).asByteBuffer());
            done += count;
            if (count < piece) {
                break;
            }
        }
        return done;
    }

    private static int fill(FileChannel channel, long offset, ByteBuffer target)
            throws IOException {
        while (target.hasRemaining()) {
            if (channel.read(target, offset + target.position()) < 0) {
                break;
            }
        }
        return target.position();
    }

    @Override
    public Page list(String prefix, String after, int limit) {
        StoreFailures.checkLimit(limit);
        checkUsable("list " + prefix);
        try {
            return new DirectoryListing(root, prefix, after, limit).read();
        } catch (IOException e) {
            throw failures.list(e, prefix);
        }
    }

    @Override
    public void delete(ObjectKey key) {
        checkUsable("delete " + key);
        Path target = path(key);
        try {
            if (!Files.isDirectory(target, NOFOLLOW_LINKS) && Files.deleteIfExists(target)) {
                try (DurableDirectories.Handle directory = directories.open(parent(target))) {
                    directory.sync();
                }
            }
        } catch (NoSuchFileException e) {
            // its directory went between the two calls, and the object before it
            return;
        } catch (IOException e) {
            if (!failures.absent(target)) {
                throw failures.delete(e, key);
            }
        }
    }

    @Override
    public StoreTraits traits() {
        return traits;
    }

    @Override
    public String describe() {
        return UNPRINTABLE.matcher(root.toString()).replaceAll("?");
    }

    @Override
    public void close() {}

    private void checkUsable(String doing) {
        if (Thread.currentThread().isInterrupted()) {
            throw StoreFailures.interrupted(doing);
        }
        String reason = poison;
        if (reason != null) {
            throw new GodwitException(
                    FailureKind.UNAVAILABLE,
                    "store failed before and is not used again: " + reason);
        }
    }

    private Path path(ObjectKey key) {
        return root.resolve(key.value());
    }

    private Path parent(Path target) {
        Path parent = target.getParent();
        return parent == null ? root : parent;
    }
}
