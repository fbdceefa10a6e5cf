package io.godwit.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ObjectFormatTest {
    private static final RepositoryId REPOSITORY = new RepositoryId(1, 2);
    private static final MemorySegment BODY =
            MemorySegment.ofArray("a body".getBytes(StandardCharsets.UTF_8));
    private static final ObjectHeader HEADER =
            ObjectHeader.sealed(
                    ObjectKind.PLAN,
                    REPOSITORY,
                    3,
                    new Section(Section.SALT, new byte[32]),
                    new Section(900, new byte[] {1}));

    @Test
    void readsBackWhatWasWritten() {
        byte[] object = ObjectFormat.write(HEADER, BODY);
        ObjectFormat.Opened opened = open(object);
        assertThat(opened.body().mismatch(BODY)).isEqualTo(-1);
        assertThat(opened.headerBytes().byteSize()).isEqualTo(HEADER.length());
        assertThat(opened.header())
                .usingRecursiveComparison()
                .ignoringFields("sections")
                .isEqualTo(HEADER);
        assertThat(opened.header().sections()).extracting(Section::tag).containsExactly(1, 900);
    }

    @Test
    void noticesEveryFlippedBit() {
        byte[] object = ObjectFormat.write(HEADER, BODY);
        for (int bit = 0; bit < object.length * 8; bit++) {
            byte[] damaged = object.clone();
            damaged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertRefused(FailureKind.CORRUPT, () -> open(damaged), "");
        }
    }

    @Test
    void noticesEveryTruncation() {
        byte[] object = ObjectFormat.write(HEADER, BODY);
        for (int length = 0; length < object.length; length++) {
            byte[] cut = Arrays.copyOf(object, length);
            assertRefused(FailureKind.CORRUPT, () -> open(cut), "");
        }
        byte[] longer = Arrays.copyOf(object, object.length + 1);
        assertRefused(FailureKind.CORRUPT, () -> open(longer), "length mismatch");
    }

    @Test
    void refusesWhatIsTooNewAndSaysSo() {
        assertTooNew(b -> b.putShort(8, (short) 4000), "kind=4000");
        assertTooNew(b -> b.putShort(10, (short) 2), "version=2 known=1");
        assertTooNew(b -> b.putLong(16, 8), "features=8");
        assertTooNew(b -> b.putShort(48, (short) 2), "suite=2");
        assertTooNew(b -> b.put(50, (byte) 1), "keyKind=1");
    }

    @Test
    void refusesWhatIsTooOld() {
        byte[] object = patched(b -> b.putShort(10, (short) 0));
        assertRefused(FailureKind.INVALID, () -> open(object), "too old");
    }

    @Test
    void ignoresCompatibleFeaturesItDoesNotKnow() {
        assertThat(open(patched(b -> b.putLong(24, -1))).header().compatible()).isEqualTo(-1);
    }

    @Test
    void refusesAnotherKind() {
        MemorySegment object = MemorySegment.ofArray(ObjectFormat.write(HEADER, BODY));
        assertRefused(
                FailureKind.CORRUPT,
                () -> ObjectFormat.open(ObjectKind.SWEEP, "obj", object),
                "plan is not sweep");
    }

    @Test
    void kindsHaveCodesOfTheirOwn() {
        assertThat(List.of(ObjectKind.values()))
                .extracting(ObjectKind::code)
                .doesNotHaveDuplicates()
                .allMatch(code -> code > 0 && code <= 0xffff);
    }

    private static void assertTooNew(Consumer<ByteBuffer> patch, String facts) {
        byte[] object = patched(patch);
        assertRefused(FailureKind.INVALID, () -> open(object), facts);
        assertThatThrownBy(() -> open(object))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.hint()).hasValue("use a newer godwit"));
    }

    /// A good object with other header fields: both checksums are made to fit.
    private static byte[] patched(Consumer<ByteBuffer> patch) {
        byte[] object = ObjectFormat.write(HEADER, BODY);
        MemorySegment segment = MemorySegment.ofArray(object);
        ByteBuffer buffer = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN);
        patch.accept(buffer);
        int end = HEADER.length() - 4;
        buffer.putInt(end, Checksum.crc32c(segment, 0, end));
        buffer.putLong(object.length - 8, Checksum.xxh3(segment, 0, object.length - 8));
        return object;
    }

    private static ObjectFormat.Opened open(byte[] object) {
        return ObjectFormat.open(ObjectKind.PLAN, "obj", MemorySegment.ofArray(object));
    }

    private static void assertRefused(FailureKind kind, ThrowingCallable call, String facts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(kind);
                            assertThat(e.object()).hasValue("obj");
                            assertThat(e).hasMessageContaining(facts);
                        });
    }
}
