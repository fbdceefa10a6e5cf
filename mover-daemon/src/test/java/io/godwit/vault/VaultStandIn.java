package io.godwit.vault;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What Vault's transit engine does over HTTP, as far as a client can tell: keys with versions,
/// encrypt, decrypt and rewrap, tokens, the seal. It really encrypts, with AES-256-GCM as Vault
/// does by default.
public final class VaultStandIn implements AutoCloseable {
    public static final String TOKEN = "hvs.CAESIJ-stand-in-token-never-printed";

    /// For [#answer]: a page of another server, with status 200.
    public static final int SOMETHING_ELSE = 0;

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpServer server;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, List<byte[]>> keys = new TreeMap<>();
    private final List<String> asked = new ArrayList<>();
    private int oldest = 1;
    private boolean sealed;
    private int status = 200;
    private boolean closed;

    public VaultStandIn() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/transit/", this::serve);
        server.start();
        newKey("godwit");
    }

    public String url(String key) {
        return "vault-transit://127.0.0.1:" + server.getAddress().getPort() + "/transit/" + key;
    }

    public synchronized void newKey(String name) {
        byte[] key = new byte[32];
        random.nextBytes(key);
        keys.computeIfAbsent(name, _ -> new ArrayList<>()).add(key);
    }

    /// Another version of the key; the ones before still decrypt.
    public void rotate(String name) {
        newKey(name);
    }

    /// Vault's `min_decryption_version`.
    public synchronized void giveUpVersionsBefore(int version) {
        oldest = version;
    }

    public synchronized void seal(boolean shut) {
        sealed = shut;
    }

    /// Answers everything with this status from now on; 200 again for the truth.
    public synchronized void answer(int code) {
        status = code;
    }

    /// The operations that were asked for.
    public synchronized List<String> asked() {
        return List.copyOf(asked);
    }

    private synchronized void serve(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String[] path = exchange.getRequestURI().getPath().split("/", -1);
        asked.add(path[path.length - 2]);
        if (sealed) {
            send(exchange, 503, "{\"errors\":[\"Vault is sealed\"]}");
        } else if (status == SOMETHING_ELSE) {
            send(exchange, 200, "<html>Welcome to errors</html>");
        } else if (status != 200) {
            exchange.getResponseHeaders().add("Location", "http://127.0.0.1:1/elsewhere");
            send(exchange, status, "{\"errors\":[\"as told\"]}");
        } else if (!TOKEN.equals(exchange.getRequestHeaders().getFirst("X-Vault-Token"))) {
            send(exchange, 403, "{\"errors\":[\"permission denied\"]}");
        } else if (!exchange.getRequestMethod().equals("POST") || path.length != 5) {
            send(exchange, 405, "{\"errors\":[]}");
        } else {
            transit(exchange, path[3], path[4], JSON.readTree(body));
        }
    }

    private void transit(HttpExchange exchange, String operation, String key, JsonNode request)
            throws IOException {
        List<byte[]> versions = keys.get(key);
        if (versions == null) {
            send(exchange, 400, "{\"errors\":[\"encryption key not found\"]}");
            return;
        }
        try {
            Map<String, String> data =
                    switch (operation) {
                        case "encrypt" ->
                                Map.of(
                                        "ciphertext",
                                        encrypt(versions, base64(request, "plaintext")));
                        case "decrypt" ->
                                Map.of(
                                        "plaintext",
                                        Base64.getEncoder()
                                                .encodeToString(decrypt(versions, request)));
                        case "rewrap" ->
                                Map.of("ciphertext", encrypt(versions, decrypt(versions, request)));
                        default -> Map.of();
                    };
            send(
                    exchange,
                    data.isEmpty() ? 404 : 200,
                    JSON.writeValueAsString(Map.of("data", data)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            send(exchange, 400, "{\"errors\":[\"invalid ciphertext: unable to decrypt\"]}");
        }
    }

    private static byte[] base64(JsonNode request, String field) {
        return Base64.getDecoder().decode(request.get(field).asString());
    }

    private String encrypt(List<byte[]> versions, byte[] plain) throws GeneralSecurityException {
        byte[] nonce = new byte[12];
        random.nextBytes(nonce);
        byte[] sealedText = cipher(Cipher.ENCRYPT_MODE, versions.getLast(), nonce).doFinal(plain);
        byte[] all = new byte[nonce.length + sealedText.length];
        System.arraycopy(nonce, 0, all, 0, nonce.length);
        System.arraycopy(sealedText, 0, all, nonce.length, sealedText.length);
        return "vault:v" + versions.size() + ":" + Base64.getEncoder().encodeToString(all);
    }

    private byte[] decrypt(List<byte[]> versions, JsonNode request)
            throws GeneralSecurityException {
        String[] parts = request.get("ciphertext").asString().split(":", -1);
        if (parts.length != 3 || !parts[0].equals("vault") || !parts[1].matches("v[1-9][0-9]*")) {
            throw new IllegalArgumentException("no prefix");
        }
        int version = Integer.parseInt(parts[1].substring(1));
        if (version < oldest || version > versions.size()) {
            throw new IllegalArgumentException("version");
        }
        byte[] all = Base64.getDecoder().decode(parts[2]);
        byte[] nonce = Arrays.copyOf(all, 12);
        return cipher(Cipher.DECRYPT_MODE, versions.get(version - 1), nonce)
                .doFinal(all, 12, all.length - 12);
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        return cipher;
    }

    private static void send(HttpExchange exchange, int code, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.stop(0);
        }
    }
}
