package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.chunk.ChunkHasher;
import io.godwit.chunk.ChunkId;
import io.godwit.chunk.ChunkType;
import io.godwit.cli.Cli.Answer;
import io.godwit.commit.HostIdentity;
import io.godwit.digest.Kernel;
import io.godwit.index.LocalCache;
import io.godwit.pack.ChunkGroup;
import io.godwit.pack.Codec;
import io.godwit.pack.PackFooter;
import io.godwit.pack.PackId;
import io.godwit.pack.PackLimits;
import io.godwit.pack.PackNames;
import io.godwit.pack.PackReader;
import io.godwit.pack.PackWriter;
import io.godwit.pack.RecordOpener;
import io.godwit.pack.RecordRef;
import io.godwit.pack.RecordSealer;
import io.godwit.pack.RecordType;
import io.godwit.repository.Repository;
import io.godwit.repository.Surroundings;
import io.godwit.seal.Unlock;
import io.godwit.store.DirectoryStore;
import io.godwit.store.ObjectKey;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// A data pack that somebody who holds the keys sealed anew: every checksum and every seal is
/// right, and it says that it holds the chunks it held. But one byte of its plain text is another.
final class ForgedPackTest {
    private static final int SIZE = 1_500_000;

    @TempDir Path directory;
    private Cli cli;
    private Path image;
    private String pack;

    @BeforeEach
    void backUpAndForge() throws IOException {
        cli = new Cli(directory);
        assertThat(cli.run("init").exitCode()).isZero();
        image = cli.image("image", SIZE, 0, 1);
        assertThat(cli.run("backup", "db", image.toString()).exitCode()).isZero();
        pack = DamagedRepository.objects(cli.repository, name -> name.startsWith("p/")).getFirst();
        assertThat(cli.run("verify", "--read-data").exitCode()).isZero();
        forge();
    }

    @Test
    void restoreSaysWhichExtentIsNotWhatWasStored() throws IOException {
        Path target = directory.resolve("copy");
        Answer answer =
                cli.run("restore", "latest:db", target.toString(), "--json", "--no-progress");

        assertThat(answer.exitCode()).isEqualTo(3);
        JsonNode bad = answer.last().get("badExtents");
        assertThat(bad).hasSize(1);
        assertThat(bad.get(0).get("offset").asLong()).isZero();
        assertThat(bad.get(0).get("length").asLong()).isBetween(1L, SIZE / 2L);
        assertThat(DamagedRepository.holds(target, Files.readAllBytes(image), bad)).isTrue();
    }

    @Test
    void onlyReadingTheDataFindsIt() {
        assertThat(cli.run("verify").exitCode()).isZero();
        Answer answer = cli.run("verify", "--read-data", "--json", "--no-progress");

        assertThat(answer.exitCode()).isEqualTo(5);
        JsonNode problem = answer.last().get("problems").get(0);
        assertThat(answer.last().get("problems")).hasSize(1);
        assertThat(problem.get("object").asString()).isEqualTo(pack);
        assertThat(problem.get("affected").get(0).get("volume").asString()).isEqualTo("db");
    }

    private void forge() throws IOException {
        Path file = cli.repository.resolve(pack);
        PackId id = PackNames.parse(new ObjectKey(pack)).orElseThrow().pack();
        byte[] forged;
        try (Repository repository = open();
                Arena arena = Arena.ofConfined()) {
            forged = forged(repository, id, arena);
        }
        assertThat(forged).hasSameSizeAs(Files.readAllBytes(file));
        Files.delete(file);
        Files.write(file, forged);
    }

    private static byte[] forged(Repository repository, PackId id, Arena arena) {
        PackReader reader = new PackReader(repository.store(), repository.keys());
        PackReader.Opened opened =
                reader.open(id, false, arena.allocate(PackReader.TAIL_BYTES)).orElseThrow();
        ChunkHasher hasher = repository.newHasher(Kernel.SCALAR);
        MemorySegment plain = arena.allocate(1 << 20);
        MemorySegment sealed = arena.allocate(1 << 20);
        MemorySegment digests = arena.allocate(1 << 16);
        try (RecordSealer sealer = new RecordSealer(Codec.parse("zstd:1"));
                RecordOpener opener = new RecordOpener()) {
            PackWriter writer =
                    new PackWriter(
                            repository.keys(),
                            id,
                            false,
                            arena.allocate(PackLimits.MAX_BYTES),
                            sealer);
            for (PackFooter.Entry entry : opened.footer().entries()) {
                if (entry.type() == RecordType.LEAF_LIST) {
                    continue;
                }
                RecordRef ref = opened.footer().record(entry);
                repository
                        .store()
                        .read(
                                PackNames.key(id, false),
                                ref.offset(),
                                sealed.asSlice(0, RecordOpener.storedLength(ref)));
                boolean one = entry.chunks().size() == 1;
                ChunkId chunk = one ? entry.chunks().getFirst().id() : ChunkId.NONE;
                opener.open(opened.keys(), ref, chunk, sealed, 0, plain, 0);
                ChunkGroup group = new ChunkGroup();
                long at = 0;
                for (PackFooter.Chunk part : entry.chunks()) {
                    group.add(part.id(), part.length());
                    hasher.hash(
                            ChunkType.DATA, plain, part.plainOffset(), part.length(), digests, at);
                    at += ChunkHasher.digestsBytes(part.length());
                }
                if (writer.isEmpty()) {
                    byte first = plain.get(ValueLayout.JAVA_BYTE, 100);
                    plain.set(ValueLayout.JAVA_BYTE, 100, (byte) (first + 1));
                }
                writer.append(ChunkType.DATA, group, plain, 0, digests, 0);
            }
            return writer.finish().toArray(ValueLayout.JAVA_BYTE);
        }
    }

    private Repository open() {
        return Repository.open(
                DirectoryStore.open(cli.repository, Clock.systemUTC(), new Random(1)),
                new Unlock.KeyFile(directory.resolve("key")),
                _ -> LocalCache.inMemory(),
                false,
                new Surroundings(
                        Clock.systemUTC(),
                        System::nanoTime,
                        new SecureRandom(),
                        _ -> {},
                        Thread.ofVirtual().factory(),
                        new HostIdentity("here", "boot", ProcessHandle.current().pid(), 1),
                        (_, message) -> {
                            throw new AssertionError(message);
                        }));
    }
}
