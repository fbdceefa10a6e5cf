package io.godwit.pack;

import io.godwit.chunk.ChunkId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What a pack holds, in the order of its records: enough to rebuild an index from packs alone.
public record PackFooter(PackId pack, boolean metadata, List<Entry> entries) {
    public PackFooter {
        entries = List.copyOf(entries);
    }

    /// One record.
    ///
    /// @param codec 0 raw, 1 zstd, 2 lz4
    /// @param offset of the clear header in the pack
    /// @param chunks that tile the plain bytes; none for the leaf list
    public record Entry(
            int ordinal,
            RecordType type,
            int codec,
            int offset,
            int sealedLength,
            int plainLength,
            List<Chunk> chunks) {
        public Entry {
            chunks = List.copyOf(chunks);
        }
    }

    /// One chunk of a record.
    public record Chunk(ChunkId id, int plainOffset, int length) {}

    public RecordRef record(Entry entry) {
        return new RecordRef(
                pack,
                metadata,
                entry.ordinal(),
                entry.offset(),
                entry.sealedLength(),
                entry.plainLength());
    }

    public ChunkRef ref(Entry entry, Chunk chunk) {
        return new ChunkRef(chunk.id(), record(entry), chunk.plainOffset(), chunk.length());
    }

    /// Where its data chunks stand: what an index is made of.
    public List<ChunkRef> dataChunks() {
        List<ChunkRef> chunks = new ArrayList<>();
        for (Entry entry : entries) {
            if (entry.type() == RecordType.DATA || entry.type() == RecordType.DATA_GROUP) {
                entry.chunks().forEach(chunk -> chunks.add(ref(entry, chunk)));
            }
        }
        return chunks;
    }

    /// Where the pack's leaf list stands, if it has data chunks.
    public Optional<RecordRef> leafList() {
        return entries.stream()
                .filter(entry -> entry.type() == RecordType.LEAF_LIST)
                .findFirst()
                .map(this::record);
    }
}
