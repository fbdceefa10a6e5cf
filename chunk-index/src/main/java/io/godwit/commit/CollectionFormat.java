package io.godwit.commit;

import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.pack.PackId;
import io.godwit.pack.SessionId;
import java.util.ArrayList;
import java.util.List;

/// The bytes of `gc/<n>/plan`, `sweep` and `done`; other fields are those of [Fields].
///
/// | plan and sweep | |
/// |---|---|
/// | varint | round, as in the name |
/// | 16 | nonce |
/// | host | leader |
/// | packs | condemned (plan), deleted (sweep) |
/// | moves | of victims; in a sweep only of those that are deleted |
/// | | [Extensions], skipped |
///
/// | packs | grouped by owner, for a session writes many |
/// |---|---|
/// | varint | groups |
/// | each: session id | owner, strictly increasing |
/// | varint | packs of it, at least 1 |
/// | each: varint | 2 x (counter - the one before, the first - 0) + 1 when under `m/`; counters strictly increasing |
///
/// | moves | |
/// |---|---|
/// | varint | moves |
/// | each: pack name | victim, strictly increasing |
/// | list, 1 to 1024 | pack names of targets |
///
/// | done | |
/// |---|---|
/// | varint, 16, host | round, nonce, leader |
/// | 3 varints | packs listed, packs deleted, bytes freed |
/// | | [Extensions], skipped |
final class CollectionFormat {
    private CollectionFormat() {}

    static byte[] encode(CollectionPlan plan) {
        ByteWriter writer = head(plan.round(), plan.nonce(), plan.leader());
        packs(writer, plan.condemned());
        moves(writer, plan.moves());
        return ended(writer);
    }

    static CollectionPlan plan(byte[] plain, String object) {
        return Fields.decode(plain, object, CollectionFormat::readPlan);
    }

    private static CollectionPlan readPlan(ByteReader reader) {
        CollectionPlan plan =
                new CollectionPlan(
                        reader.varlong(),
                        Fields.nonce(reader),
                        Fields.host(reader),
                        packs(reader),
                        moves(reader));
        Extensions.read(reader);
        return plan;
    }

    static byte[] encode(CollectionSweep sweep) {
        ByteWriter writer = head(sweep.round(), sweep.nonce(), sweep.leader());
        packs(writer, sweep.deleted());
        moves(writer, sweep.moves());
        return ended(writer);
    }

    static CollectionSweep sweep(byte[] plain, String object) {
        return Fields.decode(plain, object, CollectionFormat::readSweep);
    }

    private static CollectionSweep readSweep(ByteReader reader) {
        CollectionSweep sweep =
                new CollectionSweep(
                        reader.varlong(),
                        Fields.nonce(reader),
                        Fields.host(reader),
                        packs(reader),
                        moves(reader));
        Extensions.read(reader);
        return sweep;
    }

    static byte[] encode(CollectionDone done) {
        ByteWriter writer = head(done.round(), done.nonce(), done.leader());
        writer.varlong(done.listedPacks()).varlong(done.deletedPacks()).varlong(done.freedBytes());
        return ended(writer);
    }

    static CollectionDone done(byte[] plain, String object) {
        return Fields.decode(plain, object, CollectionFormat::readDone);
    }

    private static CollectionDone readDone(ByteReader reader) {
        CollectionDone done =
                new CollectionDone(
                        reader.varlong(),
                        Fields.nonce(reader),
                        Fields.host(reader),
                        reader.varlong(),
                        reader.varlong(),
                        reader.varlong());
        Extensions.read(reader);
        return done;
    }

    private static ByteWriter head(long round, Nonce nonce, HostIdentity leader) {
        ByteWriter writer = new ByteWriter();
        writer.varlong(round);
        Fields.nonce(writer, nonce);
        Fields.host(writer, leader);
        return writer;
    }

    private static void packs(ByteWriter writer, List<PackName> sorted) {
        List<List<PackName>> groups = byOwner(sorted);
        writer.varint(groups.size());
        for (List<PackName> group : groups) {
            Fields.session(writer, group.getFirst().id().owner());
            writer.varint(group.size());
            long before = 0;
            for (PackName pack : group) {
                long counter = Integer.toUnsignedLong(pack.id().counter());
                writer.varlong((counter - before) << 1 | (pack.metadata() ? 1 : 0));
                before = counter;
            }
        }
    }

    private static List<List<PackName>> byOwner(List<PackName> sorted) {
        List<List<PackName>> groups = new ArrayList<>();
        for (PackName pack : sorted) {
            if (groups.isEmpty()
                    || !groups.getLast().getFirst().id().owner().equals(pack.id().owner())) {
                groups.add(new ArrayList<>());
            }
            groups.getLast().add(pack);
        }
        return groups;
    }

    private static List<PackName> packs(ByteReader reader) {
        int groups = reader.varint();
        List<PackName> packs = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            SessionId owner = Fields.session(reader);
            if (!packs.isEmpty() && packs.getLast().id().owner().compareTo(owner) >= 0) {
                throw reader.corrupt("owners out of order");
            }
            readGroup(reader, owner, packs);
        }
        return packs;
    }

    private static void readGroup(ByteReader reader, SessionId owner, List<PackName> packs) {
        int count = reader.varint();
        if (count == 0) {
            throw reader.corrupt("owner without packs");
        }
        long counter = 0;
        for (int i = 0; i < count; i++) {
            long word = reader.varlong();
            long step = word >>> 1;
            counter += step;
            if ((i > 0 && step == 0) || step > 0xffff_ffffL || counter > 0xffff_ffffL) {
                throw reader.corrupt("pack counters out of order");
            }
            packs.add(new PackName(new PackId(owner, (int) counter), (word & 1) == 1));
        }
    }

    static void moves(ByteWriter writer, List<PackMove> moves) {
        Fields.list(writer, moves, CollectionFormat::move);
    }

    private static void move(ByteWriter writer, PackMove move) {
        Fields.pack(writer, move.victim());
        Fields.list(writer, move.targets(), Fields::pack);
    }

    static List<PackMove> moves(ByteReader reader) {
        List<PackMove> moves = Fields.list(reader, Integer.MAX_VALUE, CollectionFormat::move);
        for (int i = 1; i < moves.size(); i++) {
            if (moves.get(i - 1).victim().compareTo(moves.get(i).victim()) >= 0) {
                throw reader.corrupt("moves out of order");
            }
        }
        return moves;
    }

    private static PackMove move(ByteReader reader) {
        return new PackMove(
                Fields.pack(reader), Fields.list(reader, PackMove.TARGETS_MAX, Fields::pack));
    }

    private static byte[] ended(ByteWriter writer) {
        Extensions.NONE.write(writer);
        return writer.toByteArray();
    }
}
