package io.godwit.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The client of Vault, against what Vault answers.
final class VaultTransitTest {
    private static final byte[] SECRET =
            "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    @TempDir Path directory;
    private VaultStandIn vault;

    @BeforeEach
    void start() throws IOException {
        vault = new VaultStandIn();
    }

    @AfterEach
    void stop() {
        vault.close();
    }

    private VaultTransit transit(String key, String token) {
        return at(vault.url(key), token);
    }

    private static VaultTransit at(String url, String token) {
        return new VaultTransit(
                VaultUrl.parse(url),
                VaultAccess.of(Map.of("VAULT_TOKEN", token), null, Thread::new));
    }

    private VaultTransit transit() {
        return transit("godwit", VaultStandIn.TOKEN);
    }

    @Test
    void whatIsWrappedIsUnwrapped() {
        byte[] wrapped = transit().wrap(SECRET);

        assertThat(new String(wrapped, StandardCharsets.US_ASCII)).startsWith("vault:v1:");
        assertThat(transit().unwrap(wrapped).orElseThrow()).isEqualTo(SECRET);
        assertThat(vault.asked()).containsExactly("encrypt", "decrypt");
    }

    @Test
    void anotherKeyOrAnythingElseIsNotUnwrapped() {
        byte[] wrapped = transit().wrap(SECRET);
        vault.newKey("other");

        assertThat(transit("other", VaultStandIn.TOKEN).unwrap(wrapped)).isEmpty();
        assertThat(transit("none", VaultStandIn.TOKEN).unwrap(wrapped)).isEmpty();
        assertThat(transit().unwrap(new byte[] {1, 2, 3})).isEmpty();
    }

    @Test
    void versionsThatVaultRotatedAwayFromStillUnwrapUntilTheyAreGivenUp() {
        byte[] wrapped = transit().wrap(SECRET);
        vault.rotate("godwit");

        assertThat(transit().unwrap(wrapped).orElseThrow()).isEqualTo(SECRET);
        assertThat(new String(transit().wrap(SECRET), StandardCharsets.US_ASCII))
                .startsWith("vault:v2:");
        vault.giveUpVersionsBefore(2);
        assertThat(transit().unwrap(wrapped)).isEmpty();
    }

    @Test
    void aWrongTokenIsDenied() {
        refused(FailureKind.DENIED, () -> transit("godwit", "hvs.wrong").wrap(SECRET), "refused");
        byte[] wrapped = transit().wrap(SECRET);
        refused(
                FailureKind.DENIED,
                () -> transit("godwit", "hvs.wrong").unwrap(wrapped),
                "status=403");
        refused(
                FailureKind.DENIED,
                () -> transit("none", VaultStandIn.TOKEN).wrap(SECRET),
                "status=400");
    }

    @Test
    void aSealedVaultIsUnavailable() {
        vault.seal(true);
        refused(FailureKind.UNAVAILABLE, () -> transit().wrap(SECRET), "key service is sealed");
        vault.seal(false);
        assertThat(transit().wrap(SECRET)).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "500,UNAVAILABLE,does not serve",
        "502,UNAVAILABLE,does not serve",
        "429,UNAVAILABLE,does not serve",
        "473,UNAVAILABLE,does not serve",
        "307,UNAVAILABLE,sends elsewhere",
        "401,DENIED,refused",
        "404,DENIED,refused",
    })
    void everyStatusIsOneSentence(int status, FailureKind kind, String sentence) {
        vault.answer(status);
        refused(kind, () -> transit().wrap(SECRET), sentence);
        refused(kind, () -> transit().unwrap(SECRET), sentence);
    }

    @Test
    void whoeverIsNotThereIsUnavailable() {
        String url = vault.url("godwit");
        vault.close();
        refused(
                FailureKind.UNAVAILABLE,
                () -> at(url, VaultStandIn.TOKEN).wrap(SECRET),
                "cannot be reached");
    }

    @Test
    void anAnswerThatIsNotVaultsIsNotBelieved() {
        vault.answer(VaultStandIn.SOMETHING_ELSE);
        refused(FailureKind.UNAVAILABLE, () -> transit().wrap(SECRET), "none of Vault's");
        refused(FailureKind.UNAVAILABLE, () -> transit().unwrap(SECRET), "none of Vault's");
    }

    @ParameterizedTest
    @CsvSource({
        "vault-transit://vault.example:8200/transit/k, https://vault.example:8200, transit, k",
        "vault-transit://vault.example/transit/k, https://vault.example:8200, transit, k",
        "vault-transit://127.0.0.1:1234/a/b/k, http://127.0.0.1:1234, a/b, k",
        "vault-transit://[::1]:1234/transit/k, http://[::1]:1234, transit, k",
        "vault-transit://localhost/transit/k, http://localhost:8200, transit, k",
        "vault-transit+https://localhost/transit/k, https://localhost:8200, transit, k",
        "vault-transit+http://vault.example/transit/k, http://vault.example:8200, transit, k",
    })
    void urlsSayHowToSpeak(String text, String base, String mount, String key) {
        VaultUrl url = VaultUrl.parse(text);
        assertThat(url.base()).hasToString(base);
        assertThat(url.mount()).isEqualTo(mount);
        assertThat(url.key()).isEqualTo(key);
        assertThat(url.request("encrypt")).hasToString(base + "/v1/" + mount + "/encrypt/" + key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vault-transit://host/k",
                "vault-transit://host:8200",
                "vault-transit:///transit/k",
                "vault-transit://host/a/../k",
                "vault-transit://host/transit/k?token=hidden",
                "vault-transit://hidden@host/transit/k",
                "vault-transit://127.0.0.1.example.com:x/transit/k",
                "awskms://hidden",
                "hidden",
            })
    void whatIsNoUrlIsRefusedWithoutRepeatingIt(String text) {
        assertThatThrownBy(() -> VaultUrl.parse(text))
                .isInstanceOfSatisfying(
                        GodwitException.class,
                        e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID))
                .message()
                .doesNotContain("hidden");
    }

    @Test
    void aNameThatOnlyBeginsLikeThisMachineGetsTls() {
        assertThat(VaultUrl.parse("vault-transit://127.0.0.1.example.com/transit/k").base())
                .hasToString("https://127.0.0.1.example.com:8200");
    }

    @Test
    void theTokenComesFromFileVariableOrHome() throws IOException {
        Path file = Files.writeString(directory.resolve("token"), "from-file\n");
        Map<String, String> home = Map.of("HOME", directory.toString());
        Map<String, String> variable =
                Map.of("HOME", directory.toString(), "VAULT_TOKEN", "from-variable");

        refused(FailureKind.DENIED, () -> VaultAccess.of(home, null, Thread::new), "no token");
        assertThat(VaultAccess.of(variable, file, Thread::new).token()).isEqualTo("from-file");
        assertThat(VaultAccess.of(variable, null, Thread::new).token()).isEqualTo("from-variable");
        Files.writeString(directory.resolve(".vault-token"), "from-home");
        VaultAccess access = VaultAccess.of(home, null, Thread::new);
        assertThat(access.token()).isEqualTo("from-home");
        assertThat(access.toString()).isEqualTo("VaultAccess[secret]");
        assertThat(access.tls()).isEqualTo(Optional.empty());
        refused(
                FailureKind.NOT_FOUND,
                () -> VaultAccess.of(home, directory.resolve("none"), Thread::new),
                "no such token file");
        Files.writeString(file, "two\nlines");
        refused(FailureKind.INVALID, () -> VaultAccess.of(home, file, Thread::new), "is none");
    }

    private static void refused(FailureKind kind, ThrowingCallable call, String sentence) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GodwitException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .message()
                .contains(sentence)
                .doesNotContain("hvs.", "errors", "0123456789abcdef");
    }
}
