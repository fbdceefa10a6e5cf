package io.godwit.vault;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where a transit key is: `vault-transit://host:port/mount/key`.
///
/// It speaks TLS, except to this machine itself (`localhost`, `127.…`, `[::1]`), where an agent
/// listens; `vault-transit+https://` and `vault-transit+http://` say which. Without a port it is
/// 8200. The last part is the key, everything before it the mount. It holds no secret; one that
///       tries to is refused without being repeated.
///
/// @param base `http://host:port` or `https://host:port`
public record VaultUrl(URI base, String mount, String key) {
    private static final Pattern FORM =
            Pattern.compile("vault-transit(?:\\+(https?))?://([^/]*)/(.+)/([^/]+)");
    private static final Pattern PLACE =
            Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(?::([0-9]{1,5}))?");
    private static final Pattern NAMES = Pattern.compile("[A-Za-z0-9._/-]{1,256}");
    private static final int PORT = 8200;
    private static final List<String> DOTS = List.of(".", "..", "");

    /// Reads a URL.
    ///
    /// @throws GodwitException `INVALID` when it is none
    public static VaultUrl parse(String text) {
        if (!text.startsWith("vault-transit")) {
            int end = text.indexOf(':');
            throw invalid("unknown key service" + (end < 0 ? "" : ": " + text.substring(0, end)));
        }
        if (text.contains("@") || text.contains("?") || text.contains("#")) {
            throw invalid("a key service's url has neither credentials nor parameters");
        }
        Matcher form = FORM.matcher(text);
        Matcher place = PLACE.matcher(form.matches() ? form.group(2) : "");
        if (!place.matches() || !sound(form.group(3) + "/" + form.group(4))) {
            throw invalid("not a key service's url");
        }
        String host = place.group(1);
        String scheme =
                Optional.ofNullable(form.group(1)).orElse(isThisMachine(host) ? "http" : "https");
        String port = Optional.ofNullable(place.group(2)).orElse(Integer.toString(PORT));
        try {
            return new VaultUrl(
                    new URI(scheme + "://" + host + ":" + port), form.group(3), form.group(4));
        } catch (URISyntaxException e) {
            throw invalid("not a key service's url");
        }
    }

    private static boolean sound(String path) {
        return NAMES.matcher(path).matches()
                && List.of(path.split("/", -1)).stream().noneMatch(DOTS::contains);
    }

    private static boolean isThisMachine(String host) {
        return host.equals("localhost")
                || host.equals("[::1]")
                || host.matches("127\\.[0-9]+\\.[0-9]+\\.[0-9]+");
    }

    private static GodwitException invalid(String what) {
        return new GodwitException(FailureKind.INVALID, what)
                .withHint(
                        "write it as vault-transit://host:port/mount/key; the token comes from"
                                + " VAULT_TOKEN or a file");
    }

    URI request(String operation) {
        return base.resolve("/v1/" + mount + "/" + operation + "/" + key);
    }

    @Override
    public String toString() {
        return "vault-transit+" + base + "/" + mount + "/" + key;
    }
}
