package io.godwit.seal;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.format.ByteReader;
import io.godwit.format.ByteWriter;
import io.godwit.format.ObjectFormat;
import io.godwit.format.ObjectHeader;
import io.godwit.format.ObjectKind;
import io.godwit.format.RepositoryId;
import io.godwit.store.ObjectKey;
import java.lang.foreign.MemorySegment;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/// The object `config`: what a repository is, readable before any key is at hand.
///
/// It is not sealed. Every key slot authenticates the digest of its bytes, so a changed one is
/// refused. Repository id, format version, suite and feature bits stand in the common header.
/// Content:
///
/// | bytes | field |
/// |---|---|
/// | 1 | capability tier of the store |
/// | 8 | time of creation, milliseconds since 1970 |
/// | n | chunker, string |
/// | n | compression, string |
/// | n | id of the single host that may use it, string; empty: any host |
///
/// @param capabilityTier what the store's probe found, 0 to 255
/// @param chunker canonical text of the default chunker
/// @param compression canonical text of the default codec
/// @param singleHost the only host that may open it, where the store cannot serve several
public record RepositoryConfig(
        RepositoryId repository,
        int capabilityTier,
        Instant created,
        String chunker,
        String compression,
        Optional<String> singleHost) {
    public static final ObjectKey KEY = new ObjectKey("config");
    public static final int MAX_BYTES = 1 << 16;

    private static final int MAX_TEXT = 255;

    public RepositoryConfig {
        if (capabilityTier < 0
                || capabilityTier > 255
                || chunker.length() > MAX_TEXT
                || compression.length() > MAX_TEXT
                || singleHost
                        .map(host -> host.isEmpty() || host.length() > MAX_TEXT)
                        .orElse(false)) {
            throw new IllegalArgumentException("configuration out of range");
        }
        created = Instant.ofEpochMilli(created.toEpochMilli());
    }

    /// The whole object.
    public byte[] encode() {
        ByteWriter body = new ByteWriter();
        body.u8(capabilityTier).u64(created.toEpochMilli()).string(chunker).string(compression);
        body.string(singleHost.orElse(""));
        ObjectHeader header = ObjectHeader.own(ObjectKind.CONFIG, repository);
        return ObjectFormat.write(header, body.written());
    }

    /// Reads the whole object. It may still have been exchanged: opening a key slot tells.
    public static RepositoryConfig decode(byte[] object) {
        ObjectFormat.Opened opened =
                ObjectFormat.open(ObjectKind.CONFIG, KEY.value(), MemorySegment.ofArray(object));
        ByteReader reader = new ByteReader(opened.body(), KEY.value());
        int tier = reader.u8();
        Instant created = time(reader);
        String chunker = reader.string(MAX_TEXT);
        String compression = reader.string(MAX_TEXT);
        String host = reader.string(MAX_TEXT);
        reader.end();
        return new RepositoryConfig(
                opened.header().repository(),
                tier,
                created,
                chunker,
                compression,
                host.isEmpty() ? Optional.empty() : Optional.of(host));
    }

    private static Instant time(ByteReader reader) {
        try {
            return Instant.ofEpochMilli(reader.u64());
        } catch (DateTimeException e) {
            throw new GodwitException(FailureKind.CORRUPT, "time out of range: object=config", e);
        }
    }
}
