package io.godwit.s3;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.TlsTrustManagersProvider;

/// Which certificates are trusted: those in a file, instead of the machine's own.
final class TrustedCertificates {
    private TrustedCertificates() {}

    static TlsTrustManagersProvider ofFile(Path file) {
        TrustManager[] managers = NamedTrust.named(managers(file));
        return managers::clone;
    }

    /// Of the machine, as the JVM knows them.
    static TlsTrustManagersProvider ofMachine() {
        try {
            TrustManager[] managers = NamedTrust.named(managers((KeyStore) null));
            return managers::clone;
        } catch (GeneralSecurityException e) {
            throw new GodwitException(
                            FailureKind.INVALID, "the machine's certificates cannot be read", e)
                    .withHint("name the certificates: ca=FILE");
        }
    }

    private static TrustManager[] managers(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (found.isEmpty()) {
                throw new GodwitException(
                        FailureKind.INVALID, "file holds no certificate: ca=" + file);
            }
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate certificate : found) {
                trusted.setCertificateEntry("ca-" + trusted.size(), certificate);
            }
            return managers(trusted);
        } catch (IOException e) {
            throw new GodwitException(
                    FailureKind.NOT_FOUND, "certificates cannot be read: ca=" + file, e);
        } catch (GeneralSecurityException e) {
            throw new GodwitException(
                    FailureKind.INVALID, "file holds no certificates in PEM: ca=" + file, e);
        }
    }

    private static TrustManager[] managers(@Nullable KeyStore trusted)
            throws GeneralSecurityException {
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        return factory.getTrustManagers();
    }
}
