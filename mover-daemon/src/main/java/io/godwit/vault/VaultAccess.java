package io.godwit.vault;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Who speaks to Vault, and whom it believes: from the surroundings that Vault's own tools read.
///
/// @param namespace `VAULT_NAMESPACE`
/// @param tls with the certificates of `VAULT_CACERT` instead of the machine's own
/// @param threads of the HTTP client, which ends with each request
public record VaultAccess(
        String token, Optional<String> namespace, Optional<SSLContext> tls, ThreadFactory threads) {
    private static final int MAX_TOKEN_BYTES = 4096;
    private static final Pattern TOKEN = Pattern.compile("[!-~]+");

    /// The token is that of the file, else `VAULT_TOKEN`, else `~/.vault-token`.
    public static VaultAccess of(
            Map<String, String> environment, @Nullable Path tokenFile, ThreadFactory threads) {
        return new VaultAccess(
                token(environment, tokenFile),
                Optional.ofNullable(environment.get("VAULT_NAMESPACE")),
                Optional.ofNullable(environment.get("VAULT_CACERT"))
                        .map(file -> trusting(Path.of(file))),
                threads);
    }

    private static String token(Map<String, String> environment, @Nullable Path tokenFile) {
        if (tokenFile != null) {
            return read(tokenFile);
        }
        String variable = environment.get("VAULT_TOKEN");
        if (variable != null && !variable.isBlank()) {
            return checked(variable, "from=VAULT_TOKEN");
        }
        Path kept = Path.of(environment.getOrDefault("HOME", "/")).resolve(".vault-token");
        if (Files.exists(kept)) {
            return read(kept);
        }
        throw new GodwitException(FailureKind.DENIED, "no token for the key service")
                .withHint("use VAULT_TOKEN or --service-token-file");
    }

    private static String read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_TOKEN_BYTES);
            return checked(new String(bytes, StandardCharsets.ISO_8859_1), "file=" + file);
        } catch (NoSuchFileException e) {
            throw failure(FailureKind.NOT_FOUND, "no such token file", file, e);
        } catch (AccessDeniedException e) {
            throw failure(FailureKind.DENIED, "token file may not be read", file, e);
        } catch (IOException e) {
            throw failure(FailureKind.INVALID, "token file cannot be read", file, e);
        }
    }

    private static String checked(String text, String where) {
        String token = text.strip();
        if (!TOKEN.matcher(token).matches()) {
            throw new GodwitException(
                            FailureKind.INVALID, "token for the key service is none: " + where)
                    .withHint("a token is one line of printable letters");
        }
        return token;
    }

    private static SSLContext trusting(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate one :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                trusted.setCertificateEntry("ca-" + trusted.size(), one);
            }
            if (trusted.size() == 0) {
                throw new GodwitException(
                        FailureKind.INVALID, "file holds no certificate: VAULT_CACERT=" + file);
            }
            TrustManagerFactory factory =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory.getTrustManagers(), null);
            return context;
        } catch (IOException e) {
            throw failure(FailureKind.NOT_FOUND, "certificates cannot be read", file, e);
        } catch (GeneralSecurityException e) {
            throw failure(FailureKind.INVALID, "file holds no certificates in PEM", file, e);
        }
    }

    private static GodwitException failure(
            FailureKind kind, String what, Path file, Exception cause) {
        return new GodwitException(kind, what + ": file=" + file, cause)
                .withObject(file.toString());
    }

    @Override
    public String toString() {
        return "VaultAccess[secret]";
    }
}
