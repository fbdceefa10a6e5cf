package io.godwit.s3;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Trusts as another does, and says of which certificate it is when it does not.
///
/// It remembers whether it trusted one before: a server that changes its certificate is another
/// trouble than one that never was trusted. Any number of threads.
final class NamedTrust extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager trust;
    private volatile boolean before;

    private NamedTrust(X509ExtendedTrustManager trust) {
        this.trust = trust;
    }

    static TrustManager[] named(TrustManager[] managers) {
        TrustManager[] named = managers.clone();
        for (int i = 0; i < named.length; i++) {
            if (named[i] instanceof X509ExtendedTrustManager trust) {
                named[i] = new NamedTrust(trust);
            }
        }
        return named;
    }

    /// A certificate that is not trusted, by name.
    static final class Untrusted extends CertificateException {
        private static final long serialVersionUID = 1;

        /// Whether another one of the same server was trusted before.
        private final boolean changed;

        Untrusted(X509Certificate certificate, boolean changed, CertificateException cause) {
            super(
                    "subject=%s issuer=%s until=%s"
                            .formatted(
                                    certificate.getSubjectX500Principal(),
                                    certificate.getIssuerX500Principal(),
                                    certificate.getNotAfter().toInstant()),
                    cause);
            this.changed = changed;
        }

        boolean changed() {
            return changed;
        }
    }

    private interface Check {
        void run() throws CertificateException;
    }

    private void server(X509Certificate @Nullable [] chain, Check check)
            throws CertificateException {
        try {
            check.run();
        } catch (CertificateException e) {
            throw chain == null || chain.length == 0 ? e : new Untrusted(chain[0], before, e);
        }
        before = true;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        server(chain, () -> trust.checkServerTrusted(chain, type, socket));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        server(chain, () -> trust.checkServerTrusted(chain, type, engine));
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        server(chain, () -> trust.checkServerTrusted(chain, type));
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
            throws CertificateException {
        trust.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
            throws CertificateException {
        trust.checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
            throws CertificateException {
        trust.checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.getAcceptedIssuers();
    }
}
