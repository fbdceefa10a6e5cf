package io.godwit.device;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The C library's file calls, and nothing else: all foreign functions of this program are here.
///
/// Every method returns what the call returned, or the negative error number ([Errno]); none throws
/// for an error of the system, none allocates per call, and all but `read` and `write` may be used
/// by any number of threads on one descriptor. An interrupted call is repeated. Segments must be
/// native; they are kept alive by the runtime while a call uses them.
///
/// **One shape.** Making the first call handle of a shape costs 25-90 ms at start-up and each
/// further shape 8-20 ms, but another function of a known shape 0.1 ms. So every function is called
/// through one shape of six integer registers, the second of which may hold a native segment. Both
/// Linux ABIs that are supported (x86-64 and AArch64) pass the first six integer arguments,
/// variadic or not, in registers of their own, and a callee ignores the ones it has no parameter
/// for. Functions that return an `int` define only the low half of the result.
final class NativeFiles {
    static final int O_RDONLY = 0;
    static final int O_RDWR = 2;
    static final int O_CREAT = 0x40;
    static final int O_EXCL = 0x80;
    static final int O_NONBLOCK = 0x800;
    static final int O_DIRECT = aarch64() ? 0x10000 : 0x4000;
    static final int O_CLOEXEC = 0x80000;

    static final int SEEK_DATA = 3;
    static final int SEEK_HOLE = 4;

    static final int FALLOC_KEEP_SIZE = 1;
    static final int FALLOC_PUNCH_HOLE = 2;

    static final int FADV_SEQUENTIAL = 2;

    private static final short POLLIN = 1;

    private static final int AT_FDCWD = -100;
    private static final long BLKSSZGET = 0x1268;
    private static final long BLKGETSIZE64 = 0x80081272L;
    private static final long BLKZEROOUT = 0x127f;

    private static final int PROT_READ_WRITE = 3;
    private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
    private static final int MADV_HUGEPAGE = 14;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final FunctionDescriptor SHAPE =
            FunctionDescriptor.of(
                    JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> CAPTURED =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

    private static final MethodHandle OPENAT = function("openat");
    private static final MethodHandle CLOSE = function("close");
    private static final MethodHandle PREAD = function("pread");
    private static final MethodHandle PWRITE = function("pwrite");
    private static final MethodHandle READ = function("read");
    private static final MethodHandle WRITE = function("write");
    private static final MethodHandle POLL = function("poll");
    private static final MethodHandle LSEEK = function("lseek");
    private static final MethodHandle IOCTL = function("ioctl");
    private static final MethodHandle FALLOCATE = function("fallocate");
    private static final MethodHandle FTRUNCATE = function("ftruncate");
    private static final MethodHandle UNLINKAT = function("unlinkat");
    private static final MethodHandle FSYNC = function("fsync");
    private static final MethodHandle POSIX_FADVISE = function("posix_fadvise");
    private static final MethodHandle DUP = function("dup");
    private static final MethodHandle DUP2 = function("dup2");
    private static final MethodHandle MMAP = function("mmap");
    private static final MethodHandle MUNMAP = function("munmap");
    private static final MethodHandle MADVISE = function("madvise");

    private NativeFiles() {}

    static int open(String path, int flags, int mode) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            return half(OPENAT, AT_FDCWD, name, flags | O_CLOEXEC, mode);
        }
    }

    static int close(int descriptor) {
        // Never repeated: Linux frees the descriptor even when it reports EINTR.
        long result = invoke(CLOSE, descriptor, MemorySegment.NULL, 0, 0, 0, 0);
        return (int) result == -1 ? -errno() : 0;
    }

    /// Reads at a position; 0 at the end of the file, and fewer bytes than asked for is no error.
    static long pread(int descriptor, MemorySegment target, long from, int length, long position) {
        return whole(PREAD, descriptor, target.asSlice(from, length), length, position);
    }

    /// Writes at a position; fewer bytes than asked for is no error.
    static long pwrite(int descriptor, MemorySegment source, long from, int length, long position) {
        return whole(PWRITE, descriptor, source.asSlice(from, length), length, position);
    }

    static long read(int descriptor, MemorySegment target, long from, int length) {
        return whole(READ, descriptor, target.asSlice(from, length), length, 0);
    }

    /// Waits until a read would not wait, at most so long; 0 when that time has passed.
    static int awaitReadable(int descriptor, int millis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment asked = arena.allocate(JAVA_LONG);
            asked.set(JAVA_INT, 0, descriptor);
            asked.set(JAVA_SHORT, JAVA_INT.byteSize(), POLLIN);
            return half(POLL, asked.address(), value(1), millis, 0);
        }
    }

    static long write(int descriptor, MemorySegment source, long from, int length) {
        return whole(WRITE, descriptor, source.asSlice(from, length), length, 0);
    }

    /// Finds the next data or hole at or behind `offset`; `-ENXIO` when there is none before the
    /// end.
    static long seek(int descriptor, long offset, int whence) {
        return whole(LSEEK, descriptor, value(offset), whence, 0);
    }

    static int truncate(int descriptor, long size) {
        return half(FTRUNCATE, descriptor, value(size), 0, 0);
    }

    static int allocate(int descriptor, int mode, long offset, long length) {
        return half(FALLOCATE, descriptor, value(mode), offset, length);
    }

    static int unlink(String path) {
        try (Arena arena = Arena.ofConfined()) {
            return half(UNLINKAT, AT_FDCWD, arena.allocateFrom(path), 0, 0);
        }
    }

    static int sync(int descriptor) {
        return half(FSYNC, descriptor, MemorySegment.NULL, 0, 0);
    }

    /// Tells the kernel what to expect. Unlike the others posix_fadvise returns its error number.
    static int advise(int descriptor, long offset, long length, int advice) {
        return -(int) invoke(POSIX_FADVISE, descriptor, value(offset), length, advice, 0, 0);
    }

    static int duplicate(int descriptor) {
        return half(DUP, descriptor, MemorySegment.NULL, 0, 0);
    }

    static int duplicateOver(int descriptor, int replaced) {
        return half(DUP2, descriptor, value(replaced), 0, 0);
    }

    /// The size of a block device in bytes.
    static long deviceSize(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_LONG);
            int result = half(IOCTL, descriptor, value(BLKGETSIZE64), size.address(), 0);
            return result < 0 ? result : size.get(JAVA_LONG, 0);
        }
    }

    /// The logical block of a block device in bytes: what direct I/O must be aligned to.
    static int deviceBlock(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment block = arena.allocate(JAVA_INT);
            int result = half(IOCTL, descriptor, value(BLKSSZGET), block.address(), 0);
            return result < 0 ? result : block.get(JAVA_INT, 0);
        }
    }

    /// Has the kernel write zeros to a block device; they need not free space.
    static int zeroOut(int descriptor, long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment range = arena.allocate(JAVA_LONG, 2);
            range.setAtIndex(JAVA_LONG, 0, offset);
            range.setAtIndex(JAVA_LONG, 1, length);
            return half(IOCTL, descriptor, value(BLKZEROOUT), range.address(), 0);
        }
    }

    /// Maps zeroed memory that takes no page before it is touched; unmapped when `arena` is closed.
    static MemorySegment map(long bytes, Arena arena) {
        long address = whole(MMAP, 0, value(bytes), PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
        if (address < 0 && address > -Errno.LIMIT) {
            throw new OutOfMemoryError("cannot map memory: bytes=" + bytes);
        }
        invoke(MADVISE, address, value(bytes), MADV_HUGEPAGE, 0, 0, 0);
        return MemorySegment.ofAddress(address)
                .reinterpret(bytes, arena, _ -> invoke(MUNMAP, address, value(bytes), 0, 0, 0, 0));
    }

    private static MethodHandle function(String name) {
        MemorySegment address = LINKER.defaultLookup().findOrThrow(name);
        return LINKER.downcallHandle(address, SHAPE, Linker.Option.captureCallState("errno"));
    }

    private static MemorySegment value(long integer) {
        return MemorySegment.ofAddress(integer);
    }

    private static int half(MethodHandle function, long a, MemorySegment b, long c, long d) {
        int result;
        do {
            result = (int) invoke(function, a, b, c, d, 0, 0);
        } while (result == -1 && errno() == Errno.EINTR);
        return result == -1 ? -errno() : result;
    }

    private static long whole(MethodHandle function, long a, MemorySegment b, long c, long d) {
        return whole(function, a, b, c, d, 0, 0);
    }

    private static long whole(
            MethodHandle function, long a, MemorySegment b, long c, long d, long e, long f) {
        long result;
        do {
            result = invoke(function, a, b, c, d, e, f);
        } while (result == -1 && errno() == Errno.EINTR);
        return result == -1 ? -errno() : result;
    }

    private static long invoke(
            MethodHandle function, long a, MemorySegment b, long c, long d, long e, long f) {
        try {
            return (long) function.invokeExact(CAPTURED.get(), a, b, c, d, e, f);
        } catch (RuntimeException | Error failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static int errno() {
        return (int) ERRNO.get(CAPTURED.get(), 0L);
    }

    private static boolean aarch64() {
        return System.getProperty("os.arch").equals("aarch64");
    }
}
