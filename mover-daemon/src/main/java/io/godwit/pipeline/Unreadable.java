package io.godwit.pipeline;

import io.godwit.device.Extent;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.volume.Attachment;
import io.godwit.volume.MetaSink;
import io.godwit.volume.RecordSource;
import io.godwit.volume.Root;
import java.util.ArrayList;
import java.util.List;

/// What a backup could not read and holds zeros for, as an attachment of its root: the next run
/// reads these blocks whatever a list of changes says.
///
/// The attachment is `count varint, then offset and length of each extent as varints`.
final class Unreadable {
    /// The attachment's kind.
    static final int KIND = 1;

    /// More extents than this are remembered as one around all of them.
    private static final int MAX_EXTENTS = 10_000;

    private Unreadable() {}

    static List<Attachment> attach(List<Extent> extents, MetaSink sink) {
        if (extents.isEmpty()) {
            return List.of();
        }
        List<Extent> kept = extents;
        if (extents.size() > MAX_EXTENTS) {
            long from = extents.getFirst().offset();
            kept = List.of(new Extent(from, extents.getLast().end() - from));
        }
        ByteWriter out = new ByteWriter();
        out.varint(kept.size());
        for (Extent extent : kept) {
            out.varlong(extent.offset()).varlong(extent.length());
        }
        return List.of(new Attachment(KIND, sink.put(out.written(), (int) out.size())));
    }

    static List<Extent> of(Root root, RecordSource source) {
        List<Extent> extents = new ArrayList<>();
        for (Attachment attachment : root.attachments()) {
            if (attachment.kind() == KIND) {
                ByteReader in = new ByteReader(source.read(attachment.chunk()), "attachment");
                for (int left = in.varint(); left > 0; left--) {
                    extents.add(new Extent(in.varlong(), in.varlong()));
                }
            }
        }
        return extents;
    }
}
