package io.godwit.pipeline;

import java.util.concurrent.atomic.LongAdder;

/// What a run counts besides its progress; any thread adds.
final class RunCounters {
    final RunProgress progress;
    final LongAdder chunks = new LongAdder();
    final LongAdder newChunks = new LongAdder();
    final LongAdder holesBytes = new LongAdder();
    final LongAdder auditedBlocks = new LongAdder();

    RunCounters(RunProgress progress) {
        this.progress = progress;
    }
}
