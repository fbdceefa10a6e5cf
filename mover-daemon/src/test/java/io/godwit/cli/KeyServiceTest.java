package io.godwit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.godwit.cli.Cli.Answer;
import io.godwit.vault.VaultStandIn;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A repository that a key service opens.
final class KeyServiceTest {
    @TempDir Path directory;
    private Cli cli;
    private VaultStandIn vault;
    private String url = "";

    @BeforeEach
    void start() throws IOException {
        vault = new VaultStandIn();
        url = vault.url("godwit");
        cli = new Cli(directory);
        cli.environment.put("GODWIT_REPO", cli.repository.toString());
        cli.environment.put("VAULT_TOKEN", VaultStandIn.TOKEN);
        assertThat(cli.run("init").exitCode()).isZero();
    }

    @AfterEach
    void stop() {
        vault.close();
    }

    private Answer add() {
        return cli.run("key", "add", "--new-key-service", url);
    }

    private Answer open() {
        return cli.call("key", "list", "--key-service", url);
    }

    private static void refused(Answer answer, int exitCode, String sentence) {
        assertThat(answer.exitCode()).isEqualTo(exitCode);
        assertThat(answer.err()).startsWith("godwit: " + sentence).doesNotContain("hvs.");
        assertThat(answer.err().lines()).hasSize(1);
    }

    @Test
    void aRepositoryIsMadeAndOpenedWithAKeyService() {
        String other = cli.path("other");
        assertThat(cli.call("init", "-r", other, "--key-service", url).exitCode()).isZero();
        assertThat(cli.call("snapshots", "-r", other, "--key-service", url).exitCode()).isZero();
    }

    @Test
    void aKeyServiceIsAddedOpensAndIsRemoved() throws IOException {
        assertThat(add().exitCode()).isZero();
        assertThat(add().out()).startsWith("It opens already");
        assertThat(open().out()).contains("key-service");
        vault.rotate("godwit");
        assertThat(open().exitCode()).isZero();

        cli.environment.remove("VAULT_TOKEN");
        refused(open(), 7, "no token for the key service; use VAULT_TOKEN");
        cli.file("token", VaultStandIn.TOKEN + "\n");
        Answer quiet =
                cli.call(
                        "key",
                        "list",
                        "--quiet",
                        "--key-service",
                        url,
                        "--service-token-file",
                        cli.path("token"));
        assertThat(quiet.exitCode()).isZero();

        String id = quiet.out().lines().toList().getLast();
        assertThat(cli.run("key", "remove", id).exitCode()).isZero();
        cli.environment.put("VAULT_TOKEN", VaultStandIn.TOKEN);
        refused(open(), 7, "no key slot is of the key service vault-transit");
    }

    @Test
    void anotherRepositoryOfACopyHasATokenOfItsOwn() throws IOException {
        String other = cli.path("other");
        assertThat(cli.call("init", "-r", other, "--key-service", url).exitCode()).isZero();
        cli.environment.remove("VAULT_TOKEN");
        cli.file("token", VaultStandIn.TOKEN + "\n");

        Answer without = cli.run("copy", "--to", other, "--to-key-service", url);
        refused(without, 7, "no token for the key service");
        Answer with =
                cli.run(
                        "copy",
                        "--to",
                        other,
                        "--to-key-service",
                        url,
                        "--to-service-token-file",
                        cli.path("token"));
        assertThat(with.exitCode()).isZero();
    }

    @Test
    void failuresOfTheServiceAreOneSentenceAndChangeNothing() {
        vault.seal(true);
        refused(add(), 8, "key service is sealed or in maintenance");
        vault.seal(false);
        cli.environment.put("VAULT_TOKEN", "hvs.wrong");
        refused(add(), 7, "key service refused");
        cli.environment.put("VAULT_TOKEN", VaultStandIn.TOKEN);
        assertThat(cli.run("key", "list", "--quiet").out().lines()).hasSize(1);

        assertThat(add().exitCode()).isZero();
        vault.seal(true);
        refused(open(), 8, "key service is sealed or in maintenance");
        vault.seal(false);
        cli.environment.put("VAULT_TOKEN", "hvs.wrong");
        refused(open(), 7, "key service refused");
        cli.environment.put("VAULT_TOKEN", VaultStandIn.TOKEN);
        vault.newKey("other");
        refused(
                cli.call("snapshots", "--key-service", vault.url("other")),
                7,
                "no key slot is of the key service");
        vault.close();
        refused(open(), 8, "key service cannot be reached");
        assertThat(cli.run("snapshots").exitCode()).isZero();
    }

    @Test
    void urlsWithSecretsAreRefusedUnrepeated() {
        Answer answer =
                cli.call("snapshots", "--key-service", "vault-transit://hvs.tok@host/transit/k");

        refused(answer, 2, "a key service's url has neither credentials nor parameters");
    }
}
