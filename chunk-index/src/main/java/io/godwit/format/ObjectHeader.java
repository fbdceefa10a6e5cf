package io.godwit.format;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.util.List;

/// What stands at the start of every object, before anything that is sealed.
///
/// @param kind what the object is
/// @param version of the kind's content
/// @param incompatible feature bits: a reader that does not know one refuses the object
/// @param compatible feature bits: a reader that does not know one may ignore it
/// @param repository which the object belongs to
/// @param suite the algorithms; see [ObjectFormat#SUITE_1]
/// @param domain of dedup; 0 in version 1
/// @param generation of keys that sealed the content; 0 when none did
/// @param keyKind how the key is found
/// @param sections the rest, in the order written
public record ObjectHeader(
        ObjectKind kind,
        int version,
        long incompatible,
        long compatible,
        RepositoryId repository,
        int suite,
        int domain,
        int generation,
        KeyKind keyKind,
        List<Section> sections) {
    public ObjectHeader {
        if (version < 0 || version > 0xffff || suite < 0 || suite > 0xffff || generation < 0) {
            throw new IllegalArgumentException(
                    "header field out of range: version=%d suite=%d generation=%d"
                            .formatted(version, suite, generation));
        }
        sections = List.copyOf(sections);
    }

    /// Of an object sealed under a key generation.
    public static ObjectHeader sealed(
            ObjectKind kind, RepositoryId repository, int generation, Section... sections) {
        return new ObjectHeader(
                kind,
                kind.version(),
                0,
                0,
                repository,
                ObjectFormat.SUITE_1,
                0,
                generation,
                KeyKind.GENERATION,
                List.of(sections));
    }

    /// Of an object whose content stands for itself.
    public static ObjectHeader own(ObjectKind kind, RepositoryId repository, Section... sections) {
        return new ObjectHeader(
                kind,
                kind.version(),
                0,
                0,
                repository,
                ObjectFormat.SUITE_1,
                0,
                0,
                KeyKind.OWN,
                List.of(sections));
    }

    /// The section's bytes.
    ///
    /// @param name of the object, for the failure
    /// @throws GodwitException `CORRUPT` when there is none, several, or one of another length
    public byte[] section(int tag, int length, String name) {
        byte[] found = null;
        for (Section section : sections) {
            if (section.tag() == tag) {
                if (found != null || section.length() != length) {
                    throw bad(tag, name);
                }
                found = section.content();
            }
        }
        if (found == null) {
            throw bad(tag, name);
        }
        return found;
    }

    private static GodwitException bad(int tag, String name) {
        String message = "header section missing or malformed: object=" + name + " tag=" + tag;
        return new GodwitException(FailureKind.CORRUPT, message).withObject(name);
    }

    /// Its length when written, in bytes.
    public int length() {
        int length = ObjectFormat.FIXED_HEADER_BYTES + ObjectFormat.HEADER_CHECKSUM_BYTES;
        for (Section section : sections) {
            length += ObjectFormat.SECTION_HEAD_BYTES + section.length();
        }
        return length;
    }
}
