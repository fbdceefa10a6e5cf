package io.godwit.volume;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// A snapshot's root: which volume, when, how it was cut, and its content.
///
/// @param key of the volume, as object names show it
/// @param name the volume's true name
/// @param tree size and content; the size is known at the end of a stream
/// @param blockBytes the source's logical block size
/// @param grain the bytes of a unit in the pages: 4096 or 1
/// @param gridPhase where the grid of leaves starts, in bytes; reserved, 0
/// @param chunker as a chunker's specification writes itself; chunks are shared within one
/// @param parent the snapshot that this one was compared with, 32 hexadecimal digits, or empty
/// @param tags of the user's, 16 KiB in all
/// @param attachments reserved
public record Root(
        VolumeKey key,
        VolumeName name,
        VolumeTree tree,
        int blockBytes,
        int grain,
        int gridPhase,
        String chunker,
        SourceOrigin origin,
        String parent,
        Instant created,
        RunStatistics statistics,
        SortedMap<String, String> tags,
        List<Attachment> attachments) {
    /// Of all tags together: keys and values in UTF-8.
    public static final int MAX_TAG_BYTES = 16 << 10;

    public static final int MAX_CHUNKER_BYTES = 64;
    public static final int MAX_ATTACHMENTS = 256;

    /// A block no larger than a region keeps every later computation in range.
    private static final int MAX_BLOCK_BYTES = Regions.REGION_BYTES;

    public Root {
        boolean blocks = blockBytes > 0 && blockBytes <= MAX_BLOCK_BYTES;
        boolean grid = gridPhase == 0 && (grain == 1 || grain == Regions.LEAF_BYTES);
        if (!blocks || !grid) {
            throw new IllegalArgumentException(
                    "grid out of range: block="
                            + blockBytes
                            + " grain="
                            + grain
                            + " phase="
                            + gridPhase);
        }
        if (chunker.isEmpty() || bytes(chunker) > MAX_CHUNKER_BYTES) {
            throw new IllegalArgumentException("chunker out of range: '" + chunker + "'");
        }
        if (!parent.isEmpty() && !parent.matches("[0-9a-f]{32}")) {
            throw new IllegalArgumentException("not a snapshot id: '" + parent + "'");
        }
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
        attachments = List.copyOf(attachments);
        if (tagBytes(tags) > MAX_TAG_BYTES || tags.containsKey("")) {
            throw new IllegalArgumentException("tags out of range: bytes=" + tagBytes(tags));
        }
        if (attachments.size() > MAX_ATTACHMENTS) {
            throw new IllegalArgumentException("too many attachments: " + attachments.size());
        }
    }

    /// The volume in bytes.
    public long volumeBytes() {
        return tree.volumeBytes();
    }

    /// What tags count against their limit.
    public static long tagBytes(Map<String, String> tags) {
        return tags.entrySet().stream()
                .mapToLong(tag -> bytes(tag.getKey()) + bytes(tag.getValue()))
                .sum();
    }

    private static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
