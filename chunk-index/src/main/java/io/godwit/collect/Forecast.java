package io.godwit.collect;

import io.godwit.commit.CatalogueEntry;
import io.godwit.commit.PackName;
import io.godwit.commit.SessionRecords.Undecided;
import io.godwit.pack.SessionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What a collection would do, and why.
///
/// @param snapshots all that the catalogue shows, forgotten ones too
/// @param packs all that are listed, by what becomes of them
public record Forecast(List<Fate> snapshots, List<Group> packs) {
    /// What becomes of a snapshot.
    ///
    /// @param state `kept`; `pinned`: forgotten, and a session that is open needs it; `collected`:
    ///     forgotten, and gone afterwards
    /// @param why the sessions that hold it; "" for none
    public record Fate(CatalogueEntry entry, String state, String why) {}

    /// Packs that share a fate.
    ///
    /// @param fate `needed`; `condemned`: nothing needs them; `badly-used`, `small`: what is needed
    ///     of them is copied, and they go; `held`: nothing needs them but a session that is open
    /// @param usedBytes of those, sealed, what is needed; for `needed` it is not counted and 0
    /// @param heldBy the session, who runs it, and since when; "" for none
    public record Group(String fate, long packs, long bytes, long usedBytes, String heldBy) {}

    public Forecast {
        snapshots = List.copyOf(snapshots);
        packs = List.copyOf(packs);
    }

    static Forecast of(
            Roots roots,
            PackListing listing,
            Holdings held,
            Collection<PackName> condemned,
            Collection<Victim> victims) {
        return new Forecast(fates(roots), groups(roots, listing, held, condemned, victims));
    }

    private static List<Fate> fates(Roots roots) {
        List<Fate> fates = new ArrayList<>();
        Set<CatalogueEntry> live = new HashSet<>(roots.live());
        roots.live().forEach(entry -> fates.add(new Fate(entry, "kept", "")));
        for (CatalogueEntry entry : roots.view().forgotten()) {
            if (!live.contains(entry)) {
                List<String> holders =
                        roots.undecided().stream()
                                .filter(session -> pins(session, entry))
                                .map(Forecast::describe)
                                .toList();
                fates.add(
                        new Fate(
                                entry,
                                holders.isEmpty() ? "collected" : "pinned",
                                String.join("; ", holders)));
            }
        }
        return fates;
    }

    private static boolean pins(Undecided session, CatalogueEntry entry) {
        return session.open().pins().stream()
                .anyMatch(pin -> pin.snapshot().equals(entry.snapshot()));
    }

    private static List<Group> groups(
            Roots roots,
            PackListing listing,
            Holdings held,
            Collection<PackName> condemned,
            Collection<Victim> victims) {
        List<Group> groups = new ArrayList<>();
        Set<PackName> told = new HashSet<>(condemned);
        add(groups, new Group("condemned", condemned.size(), listing.bytes(condemned), 0, ""));
        for (Victim.Reason reason : Victim.Reason.values()) {
            List<Victim> alike =
                    victims.stream().filter(victim -> victim.reason() == reason).toList();
            alike.forEach(victim -> told.add(victim.name()));
            add(
                    groups,
                    new Group(
                            reason.text(),
                            alike.size(),
                            alike.stream().mapToLong(Victim::length).sum(),
                            alike.stream().mapToLong(Victim::usedBytes).sum(),
                            ""));
        }
        Map<SessionId, List<PackName>> owned = new TreeMap<>();
        for (PackName pack : listing.packs()) {
            if (!told.contains(pack) && !held.packs().contains(pack.id())) {
                owned.computeIfAbsent(pack.id().owner(), _ -> new ArrayList<>()).add(pack);
                told.add(pack);
            }
        }
        owned.forEach(
                (owner, packs) ->
                        add(
                                groups,
                                new Group(
                                        "held",
                                        packs.size(),
                                        listing.bytes(packs),
                                        0,
                                        holder(roots, owner))));
        List<PackName> needed =
                listing.packs().stream().filter(pack -> !told.contains(pack)).toList();
        add(groups, new Group("needed", needed.size(), listing.bytes(needed), 0, ""));
        return groups;
    }

    private static void add(List<Group> groups, Group group) {
        if (group.packs() > 0) {
            groups.add(group);
        }
    }

    /// By its own packs, or by those of a dead one that it has adopted.
    private static String holder(Roots roots, SessionId owner) {
        return roots.undecided().stream()
                .filter(
                        session ->
                                session.id().equals(owner)
                                        || session.open().adopts().contains(owner))
                .map(Forecast::describe)
                .findFirst()
                .orElse("");
    }

    private static String describe(Undecided session) {
        return "%s by pid %d on %s since %s: session=%s"
                .formatted(
                        session.open().purpose(),
                        session.open().host().pid(),
                        session.open().host().host(),
                        session.open().opened(),
                        session.id());
    }
}
