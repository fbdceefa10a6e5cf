package io.godwit.device;

import static io.godwit.device.BlockReader.BLOCK_BYTES;

import io.godwit.nbd.NbdClient;
import io.godwit.nbd.NbdExtent;
import java.util.List;

/// What a server says about holes, asked for when it is needed, a window at a time.
///
/// A volume is walked from its start to its end, so the last answer is kept and no other.
final class NbdHoles {
    /// Asked for at once: a multiple of every block, and few enough extents to keep.
    private static final long WINDOW_BYTES = 1L << 31;

    private final NbdClient client;
    private final long size;
    private List<NbdExtent> window = List.of();
    private int last;

    NbdHoles(NbdClient client) {
        this.client = client;
        this.size = client.export().sizeBytes();
    }

    synchronized long nextData(long from) {
        long at = from;
        while (at < size) {
            NbdExtent run = runAt(at);
            if (!run.zero()) {
                return Math.max(from, at & -BLOCK_BYTES);
            }
            at = run.end();
        }
        return size;
    }

    synchronized long nextHole(long from) {
        long at = from;
        while (at < size) {
            NbdExtent run = runAt(at);
            if (run.zero()) {
                long hole = Math.min(size, Bounds.roundUp(at));
                boolean wholeBlock = hole < size && nextData(hole) > hole;
                if (wholeBlock) {
                    return hole;
                }
            }
            at = run.end();
        }
        return size;
    }

    /// The run that the byte is in. Where the server does not tell, everything is data.
    private NbdExtent runAt(long at) {
        if (window.isEmpty() || at < window.getFirst().offset() || at >= window.getLast().end()) {
            long start = at & -client.export().minBlockBytes();
            window = client.blockStatus(start, Math.min(WINDOW_BYTES, size - start));
            last = 0;
        }
        if (window.isEmpty() || at >= window.getLast().end()) {
            // Not told, or about less than one of its own blocks.
            long end = Math.min(size, (at & -WINDOW_BYTES) + WINDOW_BYTES);
            window = List.of(new NbdExtent(at, end - at, false));
        }
        if (at < window.get(last).offset()) {
            last = 0;
        }
        while (at >= window.get(last).end()) {
            last++;
        }
        return window.get(last);
    }
}
