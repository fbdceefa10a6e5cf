package io.godwit.check;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ObjectFormat;
import io.godwit.format.ObjectHeader;
import io.godwit.format.ObjectKind;
import io.godwit.format.RepositoryId;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackScanner;
import io.godwit.pack.RecordType;
import io.godwit.pipeline.MoverSettings;
import io.godwit.pipeline.RunListener;
import io.godwit.pipeline.WorkerCrew;
import io.godwit.seal.RepositoryConfig;
import io.godwit.store.ObjectKey;
import io.godwit.store.Store;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/// Reads every object of a repository and compares it with its own checksums. Needs no key, so that
/// a machine without one can do it; what only a key can tell, [VerifyEngine] does.
///
/// Finds what disks and networks do to bytes: every bit of every object is covered. It does not
/// find an object that is missing, nor one that somebody forged with its checksums. Used once, by
/// one thread, which may be interrupted.
public final class ScrubEngine {
    private static final int LIST_PAGE = 10_000;

    /// Which kind lies below which prefix; sessions have several.
    private static final Map<String, ObjectKind> KINDS =
            Map.of(
                    RepositoryConfig.KEY.value(),
                    ObjectKind.CONFIG,
                    "keys/",
                    ObjectKind.KEY_SLOT,
                    "ring/",
                    ObjectKind.KEY_RING,
                    PackNames.DATA_PREFIX,
                    ObjectKind.PACK,
                    PackNames.METADATA_PREFIX,
                    ObjectKind.PACK,
                    "idx/l0/",
                    ObjectKind.INDEX_SEGMENT,
                    "idx/l1/",
                    ObjectKind.INDEX_SEGMENT,
                    "snap/",
                    ObjectKind.SNAPSHOT,
                    "snap-del/",
                    ObjectKind.TOMBSTONE,
                    "gc/lost/",
                    ObjectKind.LOSSES);

    /// No object of the format is longer, and what is none may have any length.
    private static final long OBJECT_BYTES_MAX = 512 << 20;

    /// What is not an object of the format: left by the probe of a store.
    private static final String PROBE = "probe/";

    private final Store store;
    private final MoverSettings settings;
    private final RunListener listener;
    private final Damage damage = new Damage();
    private final LongAdder doneBytes = new LongAdder();

    public ScrubEngine(Store store, MoverSettings settings, RunListener listener) {
        this.store = store;
        this.settings = settings;
        this.listener = listener;
    }

    /// Bytes read so far; the phase `reading` says how many there will be.
    public long doneBytes() {
        return doneBytes.sum();
    }

    /// Reads everything.
    ///
    /// @throws GodwitException `NOT_FOUND` when there is no repository; `CORRUPT` when its config
    ///     is damaged
    public ScrubResult run() throws InterruptedException {
        RepositoryId repository = repository();
        List<Store.Listed> objects = list();
        listener.phase("reading", objects.stream().mapToLong(Store.Listed::length).sum());
        AtomicInteger next = new AtomicInteger();
        new WorkerCrew(settings.threadFactory(), () -> {})
                .run(settings.threads(), () -> work(repository, objects, next));
        return new ScrubResult(objects.size(), doneBytes.sum(), damage.problems());
    }

    private RepositoryId repository() {
        byte[] config =
                store.get(RepositoryConfig.KEY, RepositoryConfig.MAX_BYTES)
                        .orElseThrow(
                                () ->
                                        new GodwitException(
                                                        FailureKind.NOT_FOUND,
                                                        "no such repository: " + store.describe())
                                                .withObject(RepositoryConfig.KEY.value()));
        String name = RepositoryConfig.KEY.value();
        return ObjectFormat.open(ObjectKind.CONFIG, name, MemorySegment.ofArray(config))
                .header()
                .repository();
    }

    private List<Store.Listed> list() throws InterruptedException {
        List<Store.Listed> objects = new ArrayList<>();
        String after = "";
        boolean more = true;
        while (more) {
            stopWhenInterrupted();
            Store.Page page = store.list("", after, LIST_PAGE);
            for (Store.Listed object : page.objects()) {
                after = object.key().value();
                if (!after.startsWith(PROBE)) {
                    objects.add(object);
                }
            }
            more = page.more();
        }
        return objects;
    }

    private static void stopWhenInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private void work(RepositoryId repository, List<Store.Listed> objects, AtomicInteger next)
            throws InterruptedException {
        Memory memory = new Memory();
        int i = next.getAndIncrement();
        while (i < objects.size()) {
            stopWhenInterrupted();
            Store.Listed object = objects.get(i);
            scrub(repository, object, memory);
            doneBytes.add(object.length());
            i = next.getAndIncrement();
        }
    }

    /// Room for the largest object that a worker has met.
    private static final class Memory {
        private MemorySegment room = MemorySegment.NULL;

        MemorySegment of(long bytes) {
            if (room.byteSize() < bytes) {
                room = Arena.ofAuto().allocate(bytes, Long.BYTES);
            }
            return room.asSlice(0, bytes);
        }
    }

    private void scrub(RepositoryId repository, Store.Listed object, Memory memory) {
        String name = object.key().value();
        try {
            Optional<MemorySegment> read = read(object, memory);
            if (read.isEmpty()) {
                return;
            }
            MemorySegment bytes = read.get();
            if (PackNames.parse(object.key()).isPresent()) {
                PackScanner.scan(name, bytes, new Report(name));
            } else {
                ObjectFormat.checkFooter(name, bytes);
            }
            checkHeader(repository, object.key(), ObjectFormat.readHeader(name, bytes));
        } catch (GodwitException e) {
            if (e.kind() != FailureKind.CORRUPT) {
                throw e;
            }
            damage.add("object", name, e.offset().orElse(0), String.valueOf(e.getMessage()));
        }
    }

    /// The whole object; empty when it has gone since it was listed.
    private Optional<MemorySegment> read(Store.Listed object, Memory memory) {
        if (object.length() > OBJECT_BYTES_MAX) {
            throw new GodwitException(
                    FailureKind.CORRUPT,
                    "it is longer than any object: length=%d limit=%d"
                            .formatted(object.length(), OBJECT_BYTES_MAX));
        }
        MemorySegment room = memory.of(object.length());
        long done = 0;
        while (done < object.length()) {
            long count = store.read(object.key(), done, room.asSlice(done));
            if (count < 0) {
                return Optional.empty();
            }
            if (count == 0) {
                throw new GodwitException(
                        FailureKind.CORRUPT,
                        "object is shorter than listed: object=%s listed=%d found=%d"
                                .formatted(object.key(), object.length(), done));
            }
            done += count;
        }
        return Optional.of(room);
    }

    /// An object of another repository, or of another kind, is whole and yet not what belongs
    /// there.
    private void checkHeader(RepositoryId repository, ObjectKey key, ObjectHeader header) {
        String name = key.value();
        if (!header.repository().equals(repository)) {
            damage.add("object", name, 0, "it belongs to another repository");
        }
        for (Map.Entry<String, ObjectKind> kind : KINDS.entrySet()) {
            if (name.startsWith(kind.getKey()) && header.kind() != kind.getValue()) {
                String detail = "it is of another kind: found=" + header.kind();
                damage.add("object", name, 0, detail);
            }
        }
    }

    /// Notes damaged places of a pack.
    private final class Report implements PackScanner.Visitor {
        private final String name;

        Report(String name) {
            this.name = name;
        }

        @Override
        public void record(long offset, int sealedLength, int codec, RecordType type) {}

        @Override
        public void damaged(long offset, long length, String what) {
            damage.add("pack", name, offset, what + ": length=" + length);
        }
    }
}
