package io.godwit.commit;

import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Where else a snapshot stands: those it is a copy of, as an extension of its [CatalogueEntry]. So
/// a repeated copy finds what is there already, also when it came by way of a third repository.
///
/// | bytes | field |
/// |---|---|
/// | varint | number of origins, at most 64; the one that was read from is the first |
/// | each: 16 + 16 | repository id, snapshot id |
public final class Origins {
    /// The extension's tag.
    static final int TAG = 1;

    /// A chain of copies is hardly longer; of a longer one the oldest are left out.
    static final int MAX = 64;

    private static final int REPOSITORY_BYTES = 16;

    private Origins() {}

    /// A snapshot in a repository.
    ///
    /// @param repository its id, 32 hexadecimal digits
    public record Origin(String repository, SnapshotId snapshot) {}

    /// The snapshot itself, and everything that it is a copy of.
    public static Set<Origin> family(byte[] repository, CatalogueEntry entry) {
        Set<Origin> family = new LinkedHashSet<>();
        family.add(new Origin(HexFormat.of().formatHex(repository), entry.snapshot()));
        family.addAll(of(entry));
        return family;
    }

    /// What the snapshot is a copy of; empty for one that was backed up.
    ///
    /// @throws io.godwit.error.GodwitException `CORRUPT` when that cannot be read
    public static List<Origin> of(CatalogueEntry entry) {
        List<Origin> origins = new ArrayList<>();
        for (Extensions.Extension extension : entry.extensions().list()) {
            if (extension.tag() == TAG) {
                ByteReader in = new ByteReader(extension.content(), "snapshot " + entry.snapshot());
                for (int left = in.varint(MAX); left > 0; left--) {
                    String repository = HexFormat.of().formatHex(in.bytes(REPOSITORY_BYTES));
                    origins.add(new Origin(repository, Fields.snapshot(in)));
                }
            }
        }
        return origins;
    }

    /// What the entry of a copy says, where `family` is that of the snapshot it is made from.
    /// Extensions that this program does not know are kept.
    public static Extensions ofCopy(Set<Origin> family, Extensions original) {
        List<Origin> kept = family.stream().limit(MAX).toList();
        ByteWriter out = new ByteWriter().varint(kept.size());
        for (Origin origin : kept) {
            out.bytes(HexFormat.of().parseHex(origin.repository()));
            Fields.snapshot(out, origin.snapshot());
        }
        List<Extensions.Extension> all = new ArrayList<>();
        all.add(new Extensions.Extension(TAG, out.toByteArray()));
        original.list().stream().filter(other -> other.tag() != TAG).forEach(all::add);
        all.sort((one, other) -> Integer.compare(one.tag(), other.tag()));
        return new Extensions(all);
    }
}
