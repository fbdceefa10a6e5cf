package io.godwit.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StoreUrlTest {
    @Test
    void refusesClassesThatAreNotReadAtOnce() {
        assertThat(assertInvalid("s3://abc?storage-class=p/:GLACIER").hint().orElseThrow())
                .contains("GLACIER_IR");
        assertThat(StoreUrl.parse("s3://abc?storage-class=GLACIER_IR")).isNotNull();
        assertThat(assertInvalid("s3://abc?storage-class=STANDARD,ONEZONE_IA"))
                .hasMessageContaining("two rules for the same: parameter=storage-class");
        assertThat(assertInvalid("s3://abc?tags=a=1,a=2"))
                .hasMessageContaining("two rules for the same: parameter=tags");
        assertThat(assertInvalid("s3://abc?tags=P/:a"))
                .hasMessageContaining("not a value, or PREFIX/:VALUE, of tags: tags=P/:a");
        assertThat(assertInvalid("s3://abc?tags=a=1,b=,c=,d=,e=,f=,g=,h=,i=,j=,k="))
                .hasMessageContaining("an object has at most 10 tags");
    }

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
                                true,
                                Optional.empty(),
                                PrefixRules.NONE,
                                PrefixRules.NONE,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()));
        assertThat(url.text()).isEqualTo(text);
        StoreUrl plain =
                new StoreUrl.S3(
                        "abc",
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        Optional.empty(),
                        PrefixRules.NONE,
                        PrefixRules.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty());
        assertThat(StoreUrl.parse("s3://abc")).isEqualTo(plain);
        assertThat(StoreUrl.parse("s3://abc/")).isEqualTo(plain);
        assertThat(plain.text()).isEqualTo("s3://abc");
    }

    @ParameterizedTest
    @CsvSource({
        "30d, 2592000, false, 30d",
        "governance:36h, 129600, false, 36h",
        "compliance:90s, 90, true, compliance:90s",
        "compliance:48h, 172800, true, compliance:2d"
    })
    void readsHowLongObjectsAreKept(
            String text, long seconds, boolean compliance, String shortest) {
        StoreUrl url = StoreUrl.parse("s3://abc?retain=" + text);
        assertThat(url.text()).isEqualTo("s3://abc?retain=" + shortest);
        assertThat(((StoreUrl.S3) url).retain())
                .contains(new ObjectLock(Duration.ofSeconds(seconds), compliance));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0d", "-1d", "30", "30 d", "legal:30d", "99999d", "1w"})
    void refusesWhatIsNoTimeOfRetention(String text) {
        assertThatThrownBy(() -> StoreUrl.parse("s3://abc?retain=" + text))
                .isInstanceOf(GodwitException.class)
                .hasMessageContaining("retention");
    }

    @Test
    void readsEverythingThatABucketMayNeed() {
        String text =
                "s3://abc/x?ca=/etc/ca.pem&profile=vault&proxy=http://proxy:3128&region=eu-1"
                        + "&storage-class=p/:STANDARD_IA,STANDARD&tags=p/:tier=cold,team=db";
        StoreUrl url = StoreUrl.parse(text);
        assertThat(url.text()).isEqualTo(text);
        assertThat(url)
                .isInstanceOfSatisfying(
                        StoreUrl.S3.class,
                        s3 -> {
                            assertThat(s3.ca()).contains(Path.of("/etc/ca.pem"));
                            assertThat(s3.profile()).contains("vault");
                            assertThat(s3.proxy()).contains(URI.create("http://proxy:3128"));
                            ObjectKey pack = new ObjectKey("p/ab/x");
                            ObjectKey config = new ObjectKey("config");
                            assertThat(s3.storageClasses().of(pack)).contains("STANDARD_IA");
                            assertThat(s3.storageClasses().of(config)).contains("STANDARD");
                            assertThat(s3.tags().all(pack)).containsExactly("tier=cold", "team=db");
                            assertThat(s3.tags().all(config)).containsExactly("team=db");
                        });
    }

    @Test
    void namesTheParameterThatWasMeant() {
        assertThat(assertInvalid("s3://abc?endpont=http://host:1").hint())
                .contains("did you mean endpoint?");
        assertThat(assertInvalid("s3://abc?colour=red").hint().orElseThrow())
                .startsWith("known are ca, endpoint,");
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
                "s3://abc?ca=",
                "s3://abc?storage-class=a b",
                "s3://abc?proxy=http://u:p@host",
            })
    void refusesTheRest(String text) {
        assertInvalid(text);
    }

    @Test
    void neverRepeatsASecret() {
        for (String text :
                new String[] {
                    "s3://key:hidden@abc/x",
                    "sftp://me:hidden@host/x",
                    "s3:key:hidden@abc/x",
                    "s3://abc/x?secret-key=hidden&more",
                    "s3://abc/%zz?secret-key=hidden",
                }) {
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
        try (MeteredStore store = Stores.open(url, options(1 << 20, 1 << 20), StoreUrlTest::none)) {
            store.putIfAbsent(
                    new ObjectKey("config"), java.lang.foreign.MemorySegment.ofArray(new byte[7]));
            assertThat(store.metrics().putBytes()).isEqualTo(7);
            assertThat(directory.resolve("config")).hasSize(7);
        }
    }

    private static Store none(StoreUrl.S3 url) {
        throw new AssertionError("not a bucket: " + url);
    }

    @Test
    void opensBucketsByWhatKnowsThem() {
        StoreUrl url = StoreUrl.parse("s3://abc/x");
        try (MeteredStore store =
                Stores.open(
                        url,
                        options(0, 0),
                        s3 -> {
                            assertThat(s3).isEqualTo(url);
                            return new MemoryStore();
                        })) {
            store.putIfAbsent(
                    new ObjectKey("config"), java.lang.foreign.MemorySegment.ofArray(new byte[7]));
            assertThat(store.metrics().putBytes()).isEqualTo(7);
        }
    }
}
