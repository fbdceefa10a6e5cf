package io.godwit.commit;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.pack.RecordRef;
import io.godwit.pack.SessionId;
import io.godwit.store.MemoryStore;
import io.godwit.store.Store;
import io.godwit.volume.VolumeKey;
import io.godwit.volume.VolumeName;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// A repository without keys, over any store, with time that passes only by pauses.
public final class TestRepository implements RepositoryAccess {
    public static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

    private final Store store;
    private final Sealing sealing = new PlainSealing();
    private final RandomGenerator random;
    private final AtomicLong millis = new AtomicLong(START.toEpochMilli());
    private final List<String> warnings = Collections.synchronizedList(new ArrayList<>());
    private HostIdentity host = new HostIdentity("host-1", "boot-1", 100, 1000);
    private FanOut fanOut = FanOut.oneByOne();
    private boolean writable = true;

    public TestRepository(Store store, long seed) {
        this.store = store;
        this.random = new Locked(seed);
    }

    public TestRepository() {
        this(new MemoryStore(), 1);
    }

    /// Another process on the same store.
    public TestRepository other(Store through, long seed) {
        TestRepository other = new TestRepository(through, seed);
        other.millis.set(millis.get());
        return other;
    }

    public TestRepository withHost(HostIdentity identity) {
        host = identity;
        return this;
    }

    public TestRepository withFanOut(FanOut fan) {
        fanOut = fan;
        return this;
    }

    public TestRepository readOnly() {
        writable = false;
        return this;
    }

    public List<String> warned() {
        return List.copyOf(warnings);
    }

    public void advance(Duration duration) {
        millis.addAndGet(duration.toMillis());
    }

    // ---- what a pipeline does

    public Session open() {
        return Session.open(this, SessionRequest.of("test"));
    }

    public ChunkRef chunk(PackId pack) {
        RecordRef record = new RecordRef(pack, false, 0, 64, 1000, 4096);
        ChunkId id = new ChunkId(pack.owner().randomHigh(), pack.counter(), 3, 4);
        return new ChunkRef(id, record, 0, 4096);
    }

    /// Stores a pack of the session and returns its only chunk.
    public ChunkRef upload(Session session) {
        PackId pack = session.nextPackId();
        session.putPack(
                pack,
                false,
                MemorySegment.ofArray(pack.toString().getBytes(StandardCharsets.UTF_8)));
        return chunk(pack);
    }

    public CatalogueEntry entry(String volume, SessionId session, ChunkRef root) {
        return entry(
                volume, session, root, Optional.empty(), OptionalLong.empty(), clock().instant());
    }

    public CatalogueEntry entry(
            String volume,
            SessionId session,
            ChunkRef root,
            Optional<CatalogueEntry> parent,
            OptionalLong newest,
            Instant time) {
        return new CatalogueEntry(
                SnapshotId.of(session, 1, random).getFirst(),
                new VolumeName(volume),
                time,
                1 << 30,
                root,
                Lineage.after(parent, newest),
                Optional.empty(),
                new TreeMap<>(),
                4096,
                1000,
                Optional.empty(),
                "leaf",
                session,
                Optional.empty(),
                1,
                Extensions.NONE);
    }

    /// A whole run that stores one snapshot.
    public CatalogueEntry backup(String volume) {
        return backup(volume, Optional.empty());
    }

    public CatalogueEntry backup(String volume, Optional<CatalogueEntry> parent) {
        Session session = open();
        ChunkRef root = upload(session);
        session.freeze();
        OptionalLong counter =
                parent.map(p -> OptionalLong.of(p.counter())).orElse(OptionalLong.empty());
        CatalogueEntry entry =
                entry(volume, session.id(), root, parent, counter, clock().instant());
        advance(Duration.ofSeconds(1));
        return session.commit(List.of(entry)).entries().getFirst();
    }

    // ---- the port

    @Override
    public Store store() {
        return store;
    }

    @Override
    public Sealing sealing() {
        return sealing;
    }

    @Override
    public VolumeKey keyOf(VolumeName volume) {
        String letters =
                volume.value()
                        .chars()
                        .mapToObj(c -> "%c%c".formatted('a' + (c >> 4 & 15), 'a' + (c & 15)))
                        .reduce("", String::concat);
        return new VolumeKey((letters + "a".repeat(26)).substring(0, 26));
    }

    @Override
    public HostIdentity host() {
        return host;
    }

    @Override
    public InstantSource clock() {
        return () -> Instant.ofEpochMilli(millis.get());
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Pause pause() {
        return this::advance;
    }

    @Override
    public FanOut fanOut() {
        return fanOut;
    }

    @Override
    public CommitWarnings warnings() {
        return (kind, message) -> warnings.add(kind + ": " + message);
    }

    @Override
    public boolean writable() {
        return writable;
    }

    /// One seed, any number of threads.
    private static final class Locked implements RandomGenerator {
        private final java.util.SplittableRandom random;

        Locked(long seed) {
            this.random = new java.util.SplittableRandom(seed);
        }

        @Override
        public synchronized long nextLong() {
            return random.nextLong();
        }
    }
}
