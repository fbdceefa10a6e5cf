package io.godwit.repository;

import io.godwit.chunk.ChunkId;
import io.godwit.commit.LossRecords;
import io.godwit.commit.Losses;
import io.godwit.commit.RepositoryAccess;
import io.godwit.pack.ChunkRef;
import io.godwit.volume.Replacements;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What the repository is known to have lost, as far as this process has asked, and where lost
/// content stands. Nothing is asked before somebody needs it. Any thread.
final class LostChunks implements Replacements {
    private final LossRecords records;
    private boolean asked;
    private Losses losses = Losses.NONE;
    private Map<ChunkId, ChunkRef> found = Map.of();

    LostChunks(RepositoryAccess access) {
        this.records = new LossRecords(access);
    }

    /// What is lost, as it was when somebody asked first.
    synchronized Losses losses() {
        return asked ? losses : read();
    }

    /// What is lost now.
    synchronized Losses read() {
        take(records.newest());
        return losses;
    }

    /// The list with this number is the newest one; 0 for none.
    synchronized Losses upTo(long newest) {
        if (newest == 0) {
            take(Losses.NONE);
        } else if (!asked || losses.number() != newest) {
            take(records.at(newest));
        }
        return losses;
    }

    private void take(Losses newest) {
        asked = true;
        losses = newest;
        found = new HashMap<>();
        newest.found().forEach(each -> found.put(each.lost(), each.now()));
    }

    @Override
    public synchronized Optional<ChunkRef> of(ChunkRef lost) {
        losses();
        return Optional.ofNullable(found.get(lost.id())).filter(now -> !now.equals(lost));
    }
}
