package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.repository.Repository;
import io.godwit.seal.KeyAdministration;
import io.godwit.seal.SlotId;
import io.godwit.seal.SlotInfo;
import io.godwit.seal.Unlock;
import io.godwit.store.MeteredStore;
import java.util.List;

/// From the options of a call to the keys of a repository, and to their end.
final class OpenKeys implements AutoCloseable {
    private final MeteredStore store;
    private final KeyAdministration keys;

    private OpenKeys(MeteredStore store, KeyAdministration keys) {
        this.store = store;
        this.keys = keys;
    }

    static OpenKeys open(Task task, Output output) {
        return open(task, output, new Unlocking(task.outside(), task.options()).existing());
    }

    static OpenKeys open(Task task, Output output, Unlock unlock) {
        MeteredStore store = OpenRepository.store(task);
        try {
            return new OpenKeys(
                    store,
                    Repository.openKeys(
                            store, unlock, OpenRepository.surroundings(task.outside(), output)));
        } catch (RuntimeException | Error failure) {
            store.close();
            throw failure;
        }
    }

    KeyAdministration keys() {
        return keys;
    }

    /// The one slot whose id begins like this.
    SlotId slot(String prefix) {
        List<SlotId> found = prefix.isEmpty() ? List.of() : keys.named(prefix);
        if (found.isEmpty()) {
            throw new GodwitException(FailureKind.NOT_FOUND, "no such key: " + prefix)
                    .withHint("see godwit key list");
        }
        if (found.size() > 1) {
            throw new GodwitException(
                            FailureKind.INVALID,
                            "several keys begin like this: id=%s keys=%d"
                                    .formatted(prefix, found.size()))
                    .withHint("give more digits; see godwit key list");
        }
        return found.getFirst();
    }

    static void json(SlotInfo slot, SlotId opened, JsonLine row) {
        row.text("id", slot.id().toString())
                .text("kind", slot.kind())
                .time("createdTime", slot.created())
                .flag("current", slot.id().equals(opened));
    }

    @Override
    public void close() {
        try {
            keys.wipe();
        } finally {
            store.close();
        }
    }
}
