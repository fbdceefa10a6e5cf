package io.godwit.volume;

import io.godwit.digest.KeyedHasher;
import io.godwit.pack.ChunkRef;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A node in memory: up to 128 children, pages at level 1 and nodes above. A child that is absent
/// is all hole.
///
/// The content digest is the keyed digest of this:
///
/// | input | bytes |
/// |---|---|
/// | 0x4e, level | 2 |
/// | then for each child that is there: its number, its content digest | 33 |
final class TreeNode {
    private static final int TAG = 0x4e;

    private final int level;
    private final @Nullable ChunkRef[] chunks = new @Nullable ChunkRef[Regions.FAN_OUT];
    private final @Nullable ContentDigest[] contents = new @Nullable ContentDigest[Regions.FAN_OUT];

    TreeNode(int level) {
        this.level = level;
    }

    TreeNode(TreeNode other) {
        this(other.level);
        System.arraycopy(other.chunks, 0, chunks, 0, chunks.length);
        System.arraycopy(other.contents, 0, contents, 0, contents.length);
    }

    int level() {
        return level;
    }

    boolean has(int child) {
        return chunks[child] != null;
    }

    boolean isEmpty() {
        return Arrays.stream(chunks).allMatch(chunk -> chunk == null);
    }

    void set(int child, ChunkRef chunk, ContentDigest content) {
        chunks[child] = chunk;
        contents[child] = content;
    }

    void remove(int child) {
        chunks[child] = null;
        contents[child] = null;
    }

    @Nullable ChunkRef chunk(int child) {
        return chunks[child];
    }

    @Nullable ContentDigest content(int child) {
        return contents[child];
    }

    @Nullable PageRef page(int child) {
        ChunkRef chunk = chunks[child];
        ContentDigest content = contents[child];
        return chunk == null || content == null ? null : new PageRef(chunk, content);
    }

    @Nullable NodeRef node(int child) {
        ChunkRef chunk = chunks[child];
        ContentDigest content = contents[child];
        return chunk == null || content == null ? null : new NodeRef(chunk, content);
    }

    boolean sameChildren(TreeNode other) {
        return Arrays.equals(chunks, other.chunks) && Arrays.equals(contents, other.contents);
    }

    ContentDigest contentDigest(KeyedHasher hasher) {
        MemorySegment digest = MemorySegment.ofArray(new byte[ContentDigest.BYTES]);
        hasher.reset();
        hasher.updateByte(TAG);
        hasher.updateByte(level);
        for (int child = 0; child < Regions.FAN_OUT; child++) {
            ContentDigest content = contents[child];
            if (content != null) {
                hasher.updateByte(child);
                content.write(digest, 0);
                hasher.update(digest, 0, ContentDigest.BYTES);
            }
        }
        hasher.finish(digest, 0);
        return ContentDigest.read(digest, 0);
    }
}
