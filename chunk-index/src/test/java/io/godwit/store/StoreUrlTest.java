package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StoreUrlTest {
    @ParameterizedTest
    @CsvSource({
        "/backup/main, /backup/main",
        "backup, backup",
        "./a:b, ./a:b",
        ". , .",
        "../x, ../x",
        "/with space/100%, /with space/100%",
        "file:///backup/main, /backup/main",
        "file:///with%20space/%C3%A4, /with space/ä",
        "file:///100%25?#, /100%?#",
        "FILE:///x, /x",
        "/a:b, /a:b",
    })
    void readsPlaces(String text, String path) {
        StoreUrl url = StoreUrl.parse(text);
        assertThat(url).isEqualTo(new StoreUrl.Directory(Path.of(path)));
        assertThat(StoreUrl.parse(url.text())).isEqualTo(url);
    }

    @Test
    void keepsARelativePathApartFromASchemeInItsText() {
        assertThat(new StoreUrl.Directory(Path.of("s3:x")).text()).isEqualTo("./s3:x");
    }

    @Test
    void readsBuckets() {
        String text =
                "s3://backup/cluster%201/a?endpoint=http://host:9000&path-style=true&region=eu-1";
        StoreUrl url = StoreUrl.parse(text);
        assertThat(url)
                .isEqualTo(
                        new StoreUrl.S3(
                                "backup",
                                "cluster 1/a",
                                Optional.of(URI.create("http://host:9000")),
                                Optional.of("eu-1"),
                                true));
        assertThat(url.text()).isEqualTo(text);
        StoreUrl plain = new StoreUrl.S3("abc", "", Optional.empty(), Optional.empty(), false);
        assertThat(StoreUrl.parse("s3://abc")).isEqualTo(plain);
        assertThat(StoreUrl.parse("s3://abc/")).isEqualTo(plain);
        assertThat(plain.text()).isEqualTo("s3://abc");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\0",
                "file:",
                "file:/x",
                "file://host/x",
                "file://",
                "file:///%2",
                "file:///%zz",
                "file:///%ff",
                "http://x",
                "host:/backup",
                "sftp://me@host/x",
                "s3:bucket",
                "s3://",
                "s3://A",
                "s3://ab/a//b",
                "s3://abc?endpoint=host:1",
                "s3://abc?endpoint=ftp://host",
                "s3://abc?endpoint=http://u:p@host",
                "s3://abc?region=",
                "s3://abc?region=a&region=b",
                "s3://abc?path-style=yes",
                "s3://abc?colour=red",
                "s3://abc?endpoint",
                "s3://abc?region=a&",
            })
    void refusesTheRest(String text) {
        assertInvalid(text);
    }

    @Test
    void neverRepeatsASecret() {
        for (String text : new String[] {"s3://key:hidden@abc/x", "sftp://me:hidden@host/x"}) {
            assertThat(assertInvalid(text).getMessage()).doesNotContain("hidden");
        }
    }

    private static GodwitException assertInvalid(String text) {
        try {
            StoreUrl url = StoreUrl.parse(text);
            throw new AssertionError("not refused: " + url);
        } catch (GodwitException e) {
            assertThat(e.kind()).isEqualTo(FailureKind.INVALID);
            return e;
        }
    }

    @TempDir Path directory;

    private static StoreOptions options(long up, long down) {
        ManualTime time = new ManualTime();
        return new StoreOptions(up, down, RetryPolicy.DEFAULT, time, time, time, new Random(1));
    }

    @Test
    void opensDirectories() {
        StoreUrl url = StoreUrl.parse("file://" + directory);
        try (MeteredStore store = Stores.open(url, options(1 << 20, 1 << 20))) {
            store.putIfAbsent(
                    new ObjectKey("config"), java.lang.foreign.MemorySegment.ofArray(new byte[7]));
            assertThat(store.metrics().putBytes()).isEqualTo(7);
            assertThat(directory.resolve("config")).hasSize(7);
        }
    }

    @Test
    void doesNotOfferBucketsYet() {
        assertThatThrownBy(() -> Stores.open(StoreUrl.parse("s3://abc"), options(0, 0)))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID))
                .hasMessageContaining("unknown or unsupported scheme");
    }
}
