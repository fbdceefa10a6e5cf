package io.godwit.nbd;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Asks which bytes read as zeros. The answer may be about less than was asked for.
final class NbdBlockStatus extends NbdRequest {
    /// What the protocol permits in one answer.
    private static final int MAX_DESCRIPTORS = 1 << 20;

    /// Of an answer in more pieces the rest is dropped, and asked for again when it is needed.
    private static final int MAX_EXTENTS = 1 << 14;

    private static final int DESCRIPTOR_BYTES = 8;

    /// Descriptors are received in groups of so many.
    private static final int GROUP = 512;

    private final int context;
    private final List<NbdExtent> extents = new ArrayList<>();
    private boolean received;
    private boolean full;

    NbdBlockStatus(long offset, int length, int context) {
        super(NbdProtocol.BLOCK_STATUS, offset, length);
        this.context = context;
    }

    /// From the request's offset on without a gap; neighbours differ. Empty when it failed.
    List<NbdExtent> extents() {
        return error() == NbdErrors.NONE ? extents : List.of();
    }

    @Override
    void receiveSimple(NbdWire wire) {
        throw NbdConnectionLost.violation("a simple reply to block status");
    }

    @Override
    void receiveChunk(int chunk, int bytes, NbdWire wire) {
        int count = (bytes - 4) / DESCRIPTOR_BYTES;
        boolean sized =
                bytes == 4 + count * DESCRIPTOR_BYTES && count > 0 && count <= MAX_DESCRIPTORS;
        if (chunk != NbdProtocol.CHUNK_BLOCK_STATUS || !sized || received) {
            throw NbdConnectionLost.violation("a chunk that answers no block status");
        }
        received = true;
        if (wire.receive(4).getInt() != context) {
            throw NbdConnectionLost.violation("block status of a context that was not asked for");
        }
        for (int left = count; left > 0; left -= GROUP) {
            int group = Math.min(left, GROUP);
            ByteBuffer descriptors = wire.receive(group * DESCRIPTOR_BYTES);
            for (int i = 0; i < group; i++) {
                add(Integer.toUnsignedLong(descriptors.getInt()), descriptors.getInt());
            }
        }
    }

    private void add(long bytes, int state) {
        if (bytes == 0) {
            throw NbdConnectionLost.violation("block status of no bytes");
        }
        boolean zero = (state & NbdProtocol.STATE_ZERO) != 0;
        long start = extents.isEmpty() ? offset : extents.getLast().end();
        long end = Math.min(start + bytes, offset + Integer.toUnsignedLong(length));
        if (end <= start || full) {
            return;
        }
        if (!extents.isEmpty() && extents.getLast().zero() == zero) {
            start = extents.removeLast().offset();
        } else if (extents.size() == MAX_EXTENTS) {
            full = true;
            return;
        }
        extents.add(new NbdExtent(start, end - start, zero));
    }

    @Override
    void checkComplete() {
        if (!received) {
            throw NbdConnectionLost.violation("block status is not answered");
        }
    }
}
