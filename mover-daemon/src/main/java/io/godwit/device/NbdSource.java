package io.godwit.device;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.nbd.NbdClient;
import io.godwit.nbd.NbdErrors;
import io.godwit.nbd.NbdPatience;
import io.godwit.nbd.NbdUri;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.List;

/// An export of an NBD server, as a source of blocks. Safe for any number of threads.
///
/// What the server says of holes is believed, as it is of a file system. Whatever error it answers
/// a read with is about the blocks that were asked for: servers call many media errors `EINVAL`.
final class NbdSource implements BlockSource {
    private final NbdClient client;
    private final SourceFacts facts;
    private final NbdHoles holes;

    private NbdSource(NbdClient client, String uri) {
        this.client = client;
        this.facts =
                new SourceFacts(
                        SourceFacts.Kind.EXPORT,
                        uri,
                        client.export().sizeBytes(),
                        client.export().minBlockBytes(),
                        0,
                        0,
                        Instant.EPOCH);
        this.holes = new NbdHoles(client);
    }

    /// Connects; see [NbdClient#open].
    static NbdSource open(String uri, NbdPatience patience) {
        return new NbdSource(NbdClient.open(NbdUri.parse(uri), patience), uri);
    }

    @Override
    public SourceFacts facts() {
        return facts;
    }

    @Override
    public long size() {
        return facts.sizeBytes();
    }

    @Override
    public void read(long offset, MemorySegment target, long targetOffset, int length) {
        Bounds.check(offset, length, Bounds.roundUp(size()));
        int within = Math.clamp(size() - offset, 0, length);
        int error = within == 0 ? NbdErrors.NONE : fetch(offset, target, targetOffset, within);
        if (error == NbdErrors.EPERM) {
            throw new GodwitException(
                            FailureKind.DENIED,
                            "cannot read: " + NbdErrors.reason(error) + ": source=" + path())
                    .withObject(path())
                    .withOffset(offset);
        }
        if (error != NbdErrors.NONE) {
            List<Extent> all = List.of(new Extent(offset, within));
            throw new ReadFailure(path(), NbdErrors.reason(error), all);
        }
        target.asSlice(targetOffset + within, length - within).fill((byte) 0);
    }

    /// Servers may want whole blocks of theirs, which can be larger than ours.
    private int fetch(long offset, MemorySegment target, long targetOffset, int length) {
        int block = facts.blockBytes();
        long start = offset & -block;
        long end = Math.min(size(), (offset + length + block - 1) & -block);
        if (start == offset && end == offset + length) {
            return client.read(offset, target, targetOffset, length);
        }
        try (Arena arena = Arena.ofShared()) {
            MemorySegment blocks = arena.allocate(end - start);
            int error = client.read(start, blocks, 0, (int) (end - start));
            MemorySegment.copy(blocks, offset - start, target, targetOffset, length);
            return error;
        }
    }

    @Override
    public long nextData(long from) {
        return holes.nextData(from);
    }

    @Override
    public long nextHole(long from) {
        return holes.nextHole(from);
    }

    /// The protocol tells the size once, at the start; a server that comes back with another one is
    /// noticed by the client.
    @Override
    public void checkUnchanged() {}

    @Override
    public boolean modified() {
        return false;
    }

    @Override
    public void giveUp() {
        client.giveUp();
    }

    @Override
    public void close() {
        client.close();
    }
}
