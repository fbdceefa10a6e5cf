package io.godwit.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.function.IntConsumer;

/// A channel of a [RecordedFileSystem]: writes and syncs are written down.
final class RecordedChannel extends FileChannel {
    private final FileChannel real;
    private final DiskTrace trace;
    private final long inode;
    private final IntConsumer synced;

    /// @param synced is told of each sync, with the number of steps that there were when it began
    RecordedChannel(FileChannel real, DiskTrace trace, long inode, IntConsumer synced) {
        this.real = real;
        this.trace = trace;
        this.inode = inode;
        this.synced = synced;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        long offset = real.position();
        ByteBuffer view = source.duplicate();
        int count = real.write(source);
        record(offset, view, count);
        return count;
    }

    private void record(long offset, ByteBuffer view, int count) {
        byte[] bytes = new byte[count];
        view.get(bytes);
        trace.written(inode, offset, bytes);
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        ByteBuffer view = source.duplicate();
        int count = real.write(source, position);
        record(position, view, count);
        return count;
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void force(boolean metadata) throws IOException {
        int before = trace.size();
        real.force(metadata);
        synced.accept(before);
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return real.read(target);
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return real.read(target, position);
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return real.read(targets, offset, length);
    }

    @Override
    public long position() throws IOException {
        return real.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
        real.position(position);
        return this;
    }

    @Override
    public long size() throws IOException {
        return real.size();
    }

    @Override
    public FileChannel truncate(long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return real.lock(position, size, shared);
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        return real.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }
}
