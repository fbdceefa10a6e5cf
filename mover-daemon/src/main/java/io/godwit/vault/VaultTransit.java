package io.godwit.vault;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.seal.KeyService;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The transit engine of HashiCorp Vault: `encrypt` and `decrypt` of its HTTP API, version 1.
///
/// One request a call, in the caller's thread, tried once: whoever opens a repository can try
/// again. Redirects are not followed, as the token would go with them. What Vault answers is taken
/// for words of a stranger: of it, only the status and the fields that are asked for count, and
/// none of its text is repeated.
public final class VaultTransit implements KeyService {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    /// A wrapped secret has some hundred bytes.
    private static final int MAX_ANSWER_BYTES = 64 << 10;

    private static final JsonMapper JSON = new JsonMapper();

    private final VaultUrl url;
    private final VaultAccess access;

    public VaultTransit(VaultUrl url, VaultAccess access) {
        this.url = url;
        this.access = access;
    }

    @Override
    public byte[] wrap(byte[] secret) {
        String plain = Base64.getEncoder().encodeToString(secret);
        Answer answer = post("encrypt", Map.of("plaintext", plain));
        if (answer.status() != 200) {
            throw refused(answer.status());
        }
        return field(answer, "ciphertext").getBytes(StandardCharsets.US_ASCII);
    }

    /// Vault answers 400 for what another key has wrapped, and for versions of the key that were
    /// given up.
    @Override
    public Optional<byte[]> unwrap(byte[] wrapped) {
        String text = new String(wrapped, StandardCharsets.US_ASCII);
        Answer answer = post("decrypt", Map.of("ciphertext", text));
        if (answer.status() == 400) {
            return Optional.empty();
        }
        if (answer.status() != 200) {
            throw refused(answer.status());
        }
        try {
            return Optional.of(Base64.getDecoder().decode(field(answer, "plaintext")));
        } catch (IllegalArgumentException e) {
            throw strange();
        }
    }

    @Override
    public String describe() {
        return url.toString();
    }

    /// @param body empty when it is not JSON
    private record Answer(int status, Optional<JsonNode> body) {
        @Override
        public String toString() {
            return "Answer[status=" + status + "]";
        }
    }

    private Answer post(String operation, Map<String, String> fields) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(url.request(operation))
                        .timeout(ANSWER)
                        .header("X-Vault-Token", access.token())
                        .header("X-Vault-Request", "true")
                        .POST(BodyPublishers.ofByteArray(JSON.writeValueAsBytes(fields)));
        access.namespace().ifPresent(name -> request.header("X-Vault-Namespace", name));
        HttpClient.Builder builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT)
                        .followRedirects(Redirect.NEVER)
                        .executor(work -> access.threads().newThread(work).start());
        access.tls().ifPresent(builder::sslContext);
        try (HttpClient client = builder.build()) {
            HttpResponse<InputStream> response =
                    client.send(request.build(), BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                return served(response.statusCode(), body.readNBytes(MAX_ANSWER_BYTES));
            }
        } catch (IOException e) {
            throw unavailable("key service cannot be reached: service=" + url, e)
                    .withHint("look whether it runs and this machine may reach it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new GodwitException(FailureKind.INTERRUPTED, "interrupted", e);
        }
    }

    /// 503 is what a sealed Vault answers, 472 and 473 what a standby does; 429 asks to come later.
    private Answer served(int status, byte[] body) {
        if (status == 503) {
            throw new GodwitException(
                            FailureKind.UNAVAILABLE,
                            "key service is sealed or in maintenance: service=" + url)
                    .withHint("unseal it, then run it again");
        }
        if (status >= 500 || status == 429 || status == 472 || status == 473) {
            throw new GodwitException(
                            FailureKind.UNAVAILABLE,
                            "key service does not serve: service=%s status=%d"
                                    .formatted(url, status))
                    .withHint("try again later");
        }
        if (status >= 300 && status < 400) {
            throw new GodwitException(
                            FailureKind.UNAVAILABLE,
                            "key service sends elsewhere: service=%s status=%d"
                                    .formatted(url, status))
                    .withHint("give the URL of the active node; the token is not sent after it");
        }
        return new Answer(status, json(body));
    }

    /// What is not JSON may hold anything, so it is not told.
    private static Optional<JsonNode> json(byte[] body) {
        try {
            return Optional.of(JSON.readTree(body));
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    private String field(Answer answer, String name) {
        return answer.body()
                .map(body -> body.path("data").path(name))
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .filter(value -> !value.isEmpty())
                .orElseThrow(this::strange);
    }

    private GodwitException strange() {
        return unavailable(
                        "key service gave an answer that is none of Vault's: service=" + url, null)
                .withHint("look whether the URL leads to Vault");
    }

    private static GodwitException unavailable(String message, @Nullable Throwable cause) {
        GodwitException failure = new GodwitException(FailureKind.UNAVAILABLE, message);
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }

    private GodwitException refused(int status) {
        String hint =
                switch (status) {
                    case 401, 403 -> "bring a token that may encrypt and decrypt with this key";
                    case 404 -> "look at mount and key in the URL";
                    default -> "look whether the key exists and may encrypt";
                };
        return new GodwitException(
                        FailureKind.DENIED,
                        "key service refused: service=%s status=%d".formatted(url, status))
                .withHint(hint);
    }
}
