package io.godwit.cli;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.SnapshotId;
import java.io.PrintWriter;
import java.util.List;
import java.util.stream.Collectors;

/// Snapshots as `snapshots` and `show` tell them.
record SnapshotRows(List<CatalogueEntry> entries) implements Result {
    /// As many digits as tell a few million snapshots apart.
    private static final int SHORT_ID = 12;

    @Override
    public void json(JsonLine json) {
        json.objects(
                "snapshots",
                entries.stream().<JsonLine.Fields>map(entry -> row -> fields(entry, row)).toList());
    }

    private static void fields(CatalogueEntry entry, JsonLine row) {
        row.text("id", entry.snapshot().toString())
                .text("volume", entry.volume().value())
                .time("time", entry.time())
                .number("sizeBytes", entry.sizeBytes())
                .number("changedBytes", entry.changedBytes())
                .number("storedBytes", entry.storedBytes())
                .text("parent", entry.parent().map(SnapshotId::toString))
                .texts("tags", entry.tags())
                .text("changeId", entry.changeId());
    }

    @Override
    public void people(PrintWriter out) {
        if (entries.isEmpty()) {
            out.println("No snapshots. Make one: godwit backup VOLUME SOURCE");
            return;
        }
        Table table =
                new Table("lllrrrl", "ID", "VOLUME", "TIME", "SIZE", "CHANGED", "STORED", "TAGS");
        for (CatalogueEntry entry : entries) {
            table.row(
                    shortId(entry.snapshot()),
                    entry.volume().value(),
                    Times.text(entry.time()),
                    ByteSize.text(entry.sizeBytes()),
                    ByteSize.text(entry.changedBytes()),
                    ByteSize.text(entry.storedBytes()),
                    tags(entry));
        }
        table.print(out);
    }

    @Override
    public void quiet(PrintWriter out) {
        entries.forEach(entry -> out.println(entry.snapshot()));
    }

    static String shortId(SnapshotId id) {
        return id.toString().substring(0, SHORT_ID);
    }

    static String tags(CatalogueEntry entry) {
        return entry.tags().entrySet().stream()
                .map(tag -> tag.getKey() + "=" + tag.getValue())
                .collect(Collectors.joining(" "));
    }
}
