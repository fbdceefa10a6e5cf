package io.godwit.pipeline;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.Extensions;
import io.godwit.commit.Origins;
import io.godwit.device.BlockSource;
import io.godwit.repository.Repository;
import io.godwit.volume.Attachment;
import io.godwit.volume.MetaSink;
import io.godwit.volume.RecordSource;
import io.godwit.volume.Root;
import io.godwit.volume.SourceOrigin;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// A snapshot of another repository that a backup reads, and what the copy takes over from it
/// beside the volume's bytes.
///
/// @param source opens what delivers the bytes; the backup closes it
/// @param origin where the original's bytes came from
/// @param extensions of the copy's entry: those of the original, and where it stands
public record Original(
        Supplier<BlockSource> source,
        SourceOrigin origin,
        List<Attached> attachments,
        Optional<Instant> retainUntil,
        Extensions extensions) {
    /// An attachment's content, wherever it is stored.
    record Attached(int kind, MemorySegment content) {}

    public Original {
        attachments = List.copyOf(attachments);
    }

    /// What a snapshot has to hand on.
    ///
    /// @param repository that the original is in
    /// @param source opens what delivers its bytes
    public static Original of(
            Repository repository, CatalogueEntry entry, Root root, Supplier<BlockSource> source) {
        return new Original(
                source,
                root.origin(),
                repository.withMetadata(reader -> read(root, reader)),
                entry.retainUntil(),
                Origins.ofCopy(
                        Origins.family(repository.keys().repositoryId(), entry),
                        entry.extensions()));
    }

    private static List<Attached> read(Root root, RecordSource reader) {
        List<Attached> attached = new ArrayList<>();
        for (Attachment attachment : root.attachments()) {
            MemorySegment content = reader.read(attachment.chunk());
            MemorySegment kept = Arena.ofAuto().allocate(content.byteSize());
            attached.add(new Attached(attachment.kind(), kept.copyFrom(content)));
        }
        return attached;
    }

    /// Stores the attachments for the copy.
    List<Attachment> attach(MetaSink sink) {
        return attachments.stream()
                .map(
                        attached ->
                                new Attachment(
                                        attached.kind(),
                                        sink.put(
                                                attached.content(),
                                                (int) attached.content().byteSize())))
                .toList();
    }
}
