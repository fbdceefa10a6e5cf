package io.godwit.pack;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.RepositoryId;
import io.godwit.seal.KeyRing;
import io.godwit.seal.PackKeys;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// What the start of a pack says: all that is needed, beside the ring, to open its records.
public final class PackHeader {
    /// A read of so many bytes from a pack's start has all of its header, with room for sections to
    /// come.
    public static final int BYTES = 512;

    private final RepositoryId repository;
    private final int generation;
    private final byte[] salt;
    private final byte[] commitment;
    private final int length;

    PackHeader(
            RepositoryId repository, int generation, byte[] salt, byte[] commitment, int length) {
        this.repository = repository;
        this.generation = generation;
        this.salt = salt;
        this.commitment = commitment;
        this.length = length;
    }

    /// Reads it from the first bytes of a pack.
    public static PackHeader read(PackId pack, boolean metadata, MemorySegment start) {
        return PackFormat.readHeader(pack, metadata, start);
    }

    /// The pack's keys, once the commitment agreed.
    ///
    /// @throws GodwitException `CORRUPT` when it does not: the header is of another repository, or
    ///     altered
    public PackKeys keys(KeyRing ring, PackId pack, boolean metadata) {
        String name = PackNames.key(pack, metadata).value();
        if (!repository.equals(ring.repository())) {
            throw PackFormat.corrupt(name, 32, "pack of another repository");
        }
        PackKeys keys = ring.packKeys(generation, salt);
        if (!keys.commits(commitment)) {
            throw new GodwitException(
                            FailureKind.CORRUPT,
                            "pack was sealed under another key: object=" + name)
                    .withObject(name);
        }
        return keys;
    }

    boolean saysTheSameAs(PackHeader other) {
        return repository.equals(other.repository)
                && generation == other.generation
                && Arrays.equals(salt, other.salt)
                && Arrays.equals(commitment, other.commitment);
    }

    /// How long the header is: where the first record stands.
    public int length() {
        return length;
    }
}
