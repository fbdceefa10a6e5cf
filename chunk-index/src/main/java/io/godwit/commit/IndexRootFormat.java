package io.godwit.commit;

import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;

/// The bytes of `idx/root/<round>`; other fields are those of [Fields], moves those of
/// [CollectionFormat].
///
/// | bytes | field |
/// |---|---|
/// | varint | round, as in the name |
/// | 16 | nonce |
/// | varint | floor |
/// | list, at most 65536 | shards: varint round, nonce 16, varint number, first and last chunk id 32 each, varints rows, bytes |
/// | moves | by victim |
/// | | [Extensions], skipped |
final class IndexRootFormat {
    private IndexRootFormat() {}

    static byte[] encode(IndexRoot root) {
        ByteWriter writer = new ByteWriter();
        writer.varlong(root.round());
        Fields.nonce(writer, root.nonce());
        writer.varlong(root.floor());
        Fields.list(writer, root.shards(), IndexRootFormat::shard);
        CollectionFormat.moves(writer, root.moves());
        Extensions.NONE.write(writer);
        return writer.toByteArray();
    }

    static IndexRoot decode(byte[] plain, String object) {
        return Fields.decode(plain, object, IndexRootFormat::read);
    }

    private static IndexRoot read(ByteReader reader) {
        IndexRoot root =
                new IndexRoot(
                        reader.varlong(),
                        Fields.nonce(reader),
                        reader.varlong(),
                        Fields.list(reader, IndexRoot.SHARDS_MAX, IndexRootFormat::shard),
                        CollectionFormat.moves(reader));
        Extensions.read(reader);
        return root;
    }

    private static void shard(ByteWriter writer, IndexRoot.Shard shard) {
        writer.varlong(shard.round());
        Fields.nonce(writer, shard.nonce());
        writer.varint(shard.number()).chunkId(shard.first()).chunkId(shard.last());
        writer.varlong(shard.rows()).varlong(shard.bytes());
    }

    private static IndexRoot.Shard shard(ByteReader reader) {
        return new IndexRoot.Shard(
                reader.varlong(),
                Fields.nonce(reader),
                reader.varint(),
                reader.chunkId(),
                reader.chunkId(),
                reader.varlong(),
                reader.varlong());
    }
}
