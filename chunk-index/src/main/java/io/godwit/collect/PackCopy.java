package io.godwit.collect;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.commit.PackMove;
import io.godwit.commit.PackName;
import io.godwit.commit.Session;
import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pack.ChunkGroup;
import io.godwit.pack.PackFooter;
import io.godwit.pack.PackLimits;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.pack.RecordOpener;
import io.godwit.pack.RecordRef;
import io.godwit.store.ObjectKey;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Copies the needed chunks of victims into packs of a session. Used once, by one thread.
///
/// Every chunk is decrypted, decompressed and hashed against its id before it is copied, and what
/// the writer made of it is opened again before it leaves. A victim of which something needed
/// cannot be read stays as it is.
final class PackCopy implements AutoCloseable {
    /// One request brings at most this much of a victim, and more only for a record that is longer.
    private static final int SPAN_BYTES = 4 << 20;

    /// Bytes fetched in vain are cheaper than another request, up to about this many.
    private static final int GAP_BYTES = 128 << 10;

    private final Repacking with;
    private final Runnable beat;
    private final PackReader reader;
    private final ChunkHasher hasher;
    private final RecordOpener opener = new RecordOpener();
    private final CopyTargets targets;
    private final Map<ChunkId, PackName> copied = new HashMap<>();
    private final ChunkGroup group = new ChunkGroup();
    private final MemorySegment tail = Arena.ofAuto().allocate(PackReader.TAIL_BYTES);
    private MemorySegment span = Arena.ofAuto().allocate(SPAN_BYTES);
    private long spanStart;
    private long spanEnd;
    private MemorySegment plain = Arena.ofAuto().allocate(PackLimits.GROUP_PLAIN_BYTES);
    private MemorySegment digests =
            Arena.ofAuto().allocate(ChunkHasher.digestsBytes(PackLimits.GROUP_PLAIN_BYTES) + 4096);

    /// @param beat called between requests
    PackCopy(Repacking with, Session session, Runnable beat) {
        this.with = with;
        this.beat = beat;
        this.reader = new PackReader(with.store(), with.keys());
        this.hasher = with.hashers().get();
        this.targets = new CopyTargets(with, session);
    }

    /// What came of copying.
    ///
    /// @param moves of the victims that were copied
    /// @param storedBytes of packs that were put
    /// @param failures of victims that stay
    record Result(List<PackMove> moves, long storedBytes, List<GodwitException> failures) {}

    /// Copies all of them; when it returns, the copies are durable.
    Result copy(List<Victim> victims) {
        targets.expect(victims.stream().mapToLong(Victim::usedBytes).sum());
        List<PackMove> moves = new ArrayList<>();
        List<GodwitException> failures = new ArrayList<>();
        for (Victim victim : victims) {
            beat.run();
            try {
                moves.add(new PackMove(victim.name(), List.copyOf(copy(victim))));
            } catch (GodwitException e) {
                if (e.kind() != FailureKind.CORRUPT && e.kind() != FailureKind.NOT_FOUND) {
                    throw e;
                }
                failures.add(e);
            }
        }
        targets.finish();
        return new Result(moves, targets.storedBytes(), failures);
    }

    private Set<PackName> copy(Victim victim) {
        PackName name = victim.name();
        ObjectKey key = PackNames.key(name.id(), name.metadata());
        PackReader.Opened opened =
                reader.open(name.id(), name.metadata(), tail).orElseThrow(() -> gone(key));
        List<PackFooter.Entry> needed =
                opened.footer().entries().stream()
                        .filter(entry -> isNeeded(victim, entry))
                        .toList();
        spanStart = 0;
        spanEnd = 0;
        Set<PackName> went = new LinkedHashSet<>();
        for (int i = 0; i < needed.size(); i++) {
            PackFooter.Entry entry = needed.get(i);
            RecordRef record = opened.footer().record(entry);
            if (record.offset() + RecordOpener.storedLength(record) > spanEnd) {
                beat.run();
                fetch(key, opened.footer(), needed.subList(i, needed.size()));
            }
            open(opened, entry, record);
            copy(victim, entry, went);
        }
        if (went.isEmpty()) {
            throw new GodwitException(
                            FailureKind.CORRUPT, "pack does not hold what is needed: object=" + key)
                    .withObject(key.value());
        }
        return went;
    }

    private static GodwitException gone(ObjectKey key) {
        return new GodwitException(FailureKind.NOT_FOUND, "no such pack: object=" + key)
                .withObject(key.value());
    }

    private static boolean isNeeded(Victim victim, PackFooter.Entry entry) {
        return entry.chunks().stream().anyMatch(chunk -> isNeeded(victim, entry, chunk));
    }

    private static boolean isNeeded(Victim victim, PackFooter.Entry entry, PackFooter.Chunk chunk) {
        return victim.chunks()
                .get(Victim.bit(entry.ordinal(), chunk.plainOffset(), entry.plainLength()));
    }

    /// Fetches the first of these records, and those behind it that are near.
    private void fetch(ObjectKey key, PackFooter footer, List<PackFooter.Entry> ahead) {
        RecordRef first = footer.record(ahead.getFirst());
        long end = (long) first.offset() + RecordOpener.storedLength(first);
        for (PackFooter.Entry entry : ahead) {
            RecordRef next = footer.record(entry);
            long behind = (long) next.offset() + RecordOpener.storedLength(next);
            if (next.offset() - end > GAP_BYTES || behind - first.offset() > SPAN_BYTES) {
                break;
            }
            end = Math.max(end, behind);
        }
        long length = end - first.offset();
        if (span.byteSize() < length) {
            span = Arena.ofAuto().allocate(length);
        }
        long read = with.store().read(key, first.offset(), span.asSlice(0, length));
        if (read < 0) {
            throw gone(key);
        }
        if (read < length) {
            throw new GodwitException(FailureKind.CORRUPT, "pack is cut off: object=" + key)
                    .withObject(key.value())
                    .withOffset(first.offset() + read);
        }
        spanStart = first.offset();
        spanEnd = end;
    }

    private void open(PackReader.Opened opened, PackFooter.Entry entry, RecordRef record) {
        plain = atLeast(plain, record.plainLength());
        ChunkId id = entry.type().single() ? entry.chunks().getFirst().id() : ChunkId.NONE;
        opener.open(opened.keys(), record, id, span, record.offset() - spanStart, plain, 0);
    }

    /// Copies runs of needed neighbours: they stay one record.
    private void copy(Victim victim, PackFooter.Entry entry, Set<PackName> went) {
        ChunkType type = typeOf(entry);
        group.clear();
        int start = 0;
        long digestsEnd = 0;
        for (PackFooter.Chunk chunk : entry.chunks()) {
            PackName there = isNeeded(victim, entry, chunk) ? copied.get(chunk.id()) : null;
            if (there != null) {
                went.add(there);
            }
            if (there != null || !isNeeded(victim, entry, chunk)) {
                append(type, start, went);
                digestsEnd = 0;
                continue;
            }
            if (group.count() == 0) {
                start = chunk.plainOffset();
            }
            long room = ChunkHasher.digestsBytes(chunk.length());
            growDigests(digestsEnd, digestsEnd + room);
            prove(type, entry, chunk, victim.name(), digestsEnd);
            digestsEnd += room;
            group.add(chunk.id(), chunk.length());
        }
        append(type, start, went);
    }

    private static ChunkType typeOf(PackFooter.Entry entry) {
        ChunkType type = entry.type().chunks();
        if (type == null) {
            throw new IllegalStateException("record without chunks: " + entry.type());
        }
        return type;
    }

    private void growDigests(long used, long room) {
        if (digests.byteSize() < room) {
            MemorySegment grown = Arena.ofAuto().allocate(2 * room);
            MemorySegment.copy(digests, 0, grown, 0, used);
            digests = grown;
        }
    }

    private void prove(
            ChunkType type,
            PackFooter.Entry entry,
            PackFooter.Chunk chunk,
            PackName pack,
            long digestsAt) {
        ChunkId found =
                hasher.hash(type, plain, chunk.plainOffset(), chunk.length(), digests, digestsAt);
        if (!found.equals(chunk.id())) {
            throw new GodwitException(
                            FailureKind.CORRUPT,
                            "chunk is not what was stored: pack=%s offset=%d expected=%s found=%s"
                                    .formatted(pack, entry.offset(), chunk.id(), found))
                    .withObject(PackNames.key(pack.id(), pack.metadata()).value())
                    .withOffset(entry.offset());
        }
    }

    private void append(ChunkType type, int start, Set<PackName> went) {
        if (group.count() == 0) {
            return;
        }
        PackName target = targets.append(type, group, plain, start, digests);
        for (int i = 0; i < group.count(); i++) {
            copied.put(group.id(i), target);
        }
        went.add(target);
        group.clear();
    }

    private static MemorySegment atLeast(MemorySegment buffer, long length) {
        return buffer.byteSize() >= length ? buffer : Arena.ofAuto().allocate(length);
    }

    @Override
    public void close() {
        opener.close();
        targets.close();
    }
}
