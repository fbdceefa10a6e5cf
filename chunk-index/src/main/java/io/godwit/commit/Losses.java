package io.godwit.commit;

import io.godwit.chunk.ChunkId;
import io.godwit.pack.BadPlaces;
import io.godwit.pack.ChunkRef;
import io.godwit.pack.PackId;
import io.godwit.volume.VolumeKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// `gc/lost/<number>`: what the repository is known to have lost, and where lost content stands
/// now. The newest one counts, and says all of it.
///
/// @param bad places that do not hold what was stored there: nobody refers to them anew
/// @param found lost content that stands somewhere else, sorted by lost chunk
/// @param again extents of volumes of which something is lost and not found: a run on a list of
///     changes reads them beside
/// @param unfit snapshots whose trees are damaged above their pages: no run builds on them
/// @param settled names of damaged objects whose content was put again under other names
public record Losses(
        long number,
        Nonce nonce,
        List<Bad> bad,
        List<Found> found,
        List<Again> again,
        List<SnapshotId> unfit,
        List<String> settled) {
    /// None are known.
    public static final Losses NONE =
            new Losses(0, new Nonce(0, 0), List.of(), List.of(), List.of(), List.of(), List.of());

    static final int PACKS_MAX = 1 << 24;
    static final int FOUND_MAX = 1 << 24;

    /// Extents of one volume at most.
    public static final int EXTENTS_MAX = 1 << 20;

    static final int VOLUMES_MAX = 1 << 20;

    /// A bad record of a pack.
    public record Place(int ordinal, long offset) implements Comparable<Place> {
        public Place {
            if (ordinal < 0 || offset < 0) {
                throw new IllegalArgumentException(
                        "not a place: ordinal=%d offset=%d".formatted(ordinal, offset));
            }
        }

        @Override
        public int compareTo(Place other) {
            return Integer.compare(ordinal, other.ordinal);
        }
    }

    /// A pack with bad records.
    ///
    /// @param places in order; none when the whole pack is bad
    public record Bad(PackName pack, List<Place> places) {
        public Bad {
            places = List.copyOf(places);
            requireOrder(places, "places");
        }
    }

    /// A lost chunk, and where its content stands.
    public record Found(ChunkId lost, ChunkRef now) implements Comparable<Found> {
        @Override
        public int compareTo(Found other) {
            return lost.compareTo(other.lost);
        }
    }

    /// An extent of a volume, in bytes.
    public record Span(long offset, long length) {
        public Span {
            if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length) {
                throw new IllegalArgumentException(
                        "not an extent: offset=%d length=%d".formatted(offset, length));
            }
        }
    }

    /// What of a volume is to be read at its source.
    ///
    /// @param spans in order, apart from each other
    public record Again(VolumeKey volume, List<Span> spans) {
        public Again {
            spans = List.copyOf(spans);
            for (int i = 1; i < spans.size(); i++) {
                if (spans.get(i).offset()
                        <= spans.get(i - 1).offset() + spans.get(i - 1).length()) {
                    throw new IllegalArgumentException("extents overlap: number=" + i);
                }
            }
        }
    }

    public Losses {
        bad = List.copyOf(bad);
        found = List.copyOf(found);
        again = List.copyOf(again);
        unfit = List.copyOf(unfit);
        settled = List.copyOf(settled);
        requireOrder(bad.stream().map(Bad::pack).toList(), "packs");
        requireOrder(found, "found chunks");
        requireOrder(again.stream().map(each -> each.volume().value()).toList(), "volumes");
        requireOrder(unfit.stream().map(SnapshotId::toString).toList(), "snapshots");
        requireOrder(settled, "settled objects");
        if (number < 0) {
            throw new IllegalArgumentException("not a number of losses: " + number);
        }
    }

    private static <T extends Comparable<T>> void requireOrder(List<T> list, String what) {
        for (int i = 1; i < list.size(); i++) {
            if (list.get(i - 1).compareTo(list.get(i)) >= 0) {
                throw new IllegalArgumentException(what + " out of order: number=" + i);
            }
        }
    }

    public BadPlaces badPlaces() {
        Map<PackId, Set<Integer>> places = new HashMap<>();
        for (Bad each : bad) {
            Set<Integer> ordinals = new TreeSet<>();
            each.places().forEach(place -> ordinals.add(place.ordinal()));
            places.put(each.pack().id(), ordinals);
        }
        return BadPlaces.of(places);
    }

    /// Packs that hold what was lost elsewhere: they are needed for that alone.
    public Set<PackId> targets() {
        Set<PackId> packs = new HashSet<>();
        found.forEach(each -> packs.add(each.now().record().pack()));
        return packs;
    }

    /// What a run on a list of changes of this volume reads beside.
    public List<Span> again(VolumeKey volume) {
        Optional<Again> spans =
                again.stream().filter(each -> each.volume().equals(volume)).findAny();
        return spans.map(Again::spans).orElse(List.of());
    }

    /// Whether both say the same.
    public boolean same(Losses other) {
        return bad.equals(other.bad)
                && found.equals(other.found)
                && again.equals(other.again)
                && unfit.equals(other.unfit)
                && settled.equals(other.settled);
    }
}
