package io.godwit.pack;

/// The sizes that packs keep to. Readers refuse more, so that no stored number makes them allocate
/// without limit.
public final class PackLimits {
    /// A writer closes a data pack that reached this. Large enough that requests do not count,
    /// small enough that a few in flight fit in memory.
    public static final int TARGET_BYTES = 16 << 20;

    /// The same for metadata packs: what one reads is spread over few of them.
    public static final int METADATA_TARGET_BYTES = 8 << 20;

    /// No pack is longer.
    public static final int MAX_BYTES = 64 << 20;

    /// No pack holds more plain bytes: 65536 leaves, of which the digests fit in
    /// [#LEAF_LIST_BYTES].
    public static final long PLAIN_BYTES = 256L << 20;

    /// No leaf list is longer. Well compressible packs close early because of it.
    public static final int LEAF_LIST_BYTES = 1 << 20;

    /// No record is longer when plain: the longest chunk that any chunker cuts.
    public static final int RECORD_PLAIN_BYTES = 16 << 20;

    /// Neighbouring chunks are grouped into one record up to this: larger records compress hardly
    /// better and make a random read of one chunk decrypt more.
    public static final int GROUP_PLAIN_BYTES = 512 << 10;

    /// No footer is longer: a pack of 2 KiB chunks stays below.
    public static final int FOOTER_BYTES = 8 << 20;

    private PackLimits() {}
}
