package io.godwit.volume;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Encodes a worker's finished map, as a patch on its parent page where that is smaller by enough.
///
/// A patch absorbs the patches under it that are at most twice its own size, so that sizes at least
/// double from page to page down a chain and a chain stays short. Where the patches of a chain
/// would together exceed half of the full page, the full page is written. What was encoded is
/// decoded and compared before it leaves.
///
/// Reused by one thread.
public final class PageWriter {
    /// What became of a map.
    public enum Outcome {
        /// The parent page says the same: keep its reference.
        UNCHANGED,
        PATCH,
        FULL
    }

    private static final int ABSORBED_RATIO = 2;
    private static final int FULL_RATIO = 2;

    private final PageFormat format = new PageFormat();
    private final ByteWriter full = new ByteWriter();
    private final ByteWriter patch = new ByteWriter();
    private final RegionMap base = new RegionMap();
    private Outcome outcome = Outcome.UNCHANGED;

    /// The page's bytes, valid until the next call; empty when the parent page says the same
    /// already. The parent chain, if any, is that of a page which the session may take over.
    public MemorySegment encode(RegionMap now, @Nullable PageChain parent) {
        outcome = parent == null ? Outcome.FULL : encodePatch(now, parent);
        return switch (outcome) {
            case UNCHANGED -> MemorySegment.NULL;
            case PATCH -> verified(now, patch);
            case FULL -> {
                writeFull(now);
                yield verified(now, full);
            }
        };
    }

    /// What the last call to [#encode] decided.
    public Outcome outcome() {
        return outcome;
    }

    private Outcome encodePatch(RegionMap now, PageChain parent) {
        int depth = parent.depth();
        if (!patchOn(now, parent, depth)) {
            return now.grain() == base.grain() ? Outcome.UNCHANGED : Outcome.FULL;
        }
        while (depth > 0 && parent.length(depth) <= ABSORBED_RATIO * patch.size()) {
            depth--;
            patchOn(now, parent, depth);
        }
        writeFull(now);
        long patches = patch.size();
        for (int below = 1; below <= depth; below++) {
            patches += parent.length(below);
        }
        boolean small = patches <= full.size() / FULL_RATIO && depth < PageFormat.MAX_DEPTH;
        return small ? Outcome.PATCH : Outcome.FULL;
    }

    /// Encodes the map as a patch on the page at a depth of the chain; false when that page says
    /// the same.
    private boolean patchOn(RegionMap now, PageChain parent, int depth) {
        PageLoader.effective(format, parent, depth, base);
        patch.reset();
        if (now.grain() != base.grain()) {
            return false;
        }
        boolean sameLength = now.regionLength() == base.regionLength();
        if (!sameLength) {
            base.resize(now.regionLength());
        }
        int patchDepth = Math.min(depth + 1, PageFormat.MAX_DEPTH);
        boolean differs = format.writePatch(now, base, parent.page(depth), patchDepth, patch);
        return differs || !sameLength;
    }

    private void writeFull(RegionMap now) {
        full.reset();
        format.writeFull(now, full);
    }

    private MemorySegment verified(RegionMap now, ByteWriter page) {
        MemorySegment content = page.written();
        ByteReader in = new ByteReader(content, "page just written");
        format.readBody(format.readHeader(in), in, base);
        if (!base.sameReferences(now)) {
            throw new GodwitException(
                    FailureKind.INTERNAL,
                    "page does not decode to its map: bytes=" + content.byteSize());
        }
        return content;
    }
}
