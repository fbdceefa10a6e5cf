package io.godwit.commit;

import java.util.List;

/// Where a repacked pack's live chunks lie now. One row per pack: a chunk is found in the targets
/// by its id.
public record PackMove(PackName victim, List<PackName> targets) {
    static final int TARGETS_MAX = 1024;

    public PackMove {
        targets = List.copyOf(targets);
        if (targets.isEmpty() || targets.size() > TARGETS_MAX || targets.contains(victim)) {
            throw new IllegalArgumentException(
                    "not a move: victim=%s targets=%d".formatted(victim, targets.size()));
        }
    }
}
