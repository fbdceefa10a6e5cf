package io.godwit.nbd;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.store.PercentCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Where an export is: `nbd://host[:port]/[export]` or `nbd+unix:///[export]?socket=PATH`.
///
/// The form is that of <https://github.com/NetworkBlockDevice/nbd/blob/master/doc/uri.md>. What
/// stands in it is percent-encoded; an export may have an empty name, and any characters in it.
///
/// @param text as it was written, for messages; it holds no secret
/// @param export up to 4096 bytes of UTF-8
public record NbdUri(String text, Server server, String export) {
    private static final int DEFAULT_PORT = 10809;
    private static final int MAX_PORT = 65535;
    private static final Pattern SYNTAX =
            Pattern.compile("(nbds?)(\\+[a-z]+)?://([^/?#]*)(?:/([^?#]*))?(?:\\?([^#]*))?");
    private static final Pattern AUTHORITY =
            Pattern.compile("(\\[[^]]+]|[^:@\\[]*)(?::(\\d{1,5}))?");
    private static final Pattern SCHEME = Pattern.compile("nbds?(\\+[a-z]+)?://.*");
    private static final String SOCKET = "socket=";
    private static final String HOW =
            "write it as nbd://host:port/export or nbd+unix:///export?socket=PATH";

    /// Who is spoken to.
    public sealed interface Server {
        /// Over the network.
        ///
        /// @param host a name or an address, that of IPv6 without brackets
        record Tcp(String host, int port) implements Server {}

        /// On this machine.
        record Unix(Path socket) implements Server {}
    }

    public NbdUri {
        if (export.getBytes(StandardCharsets.UTF_8).length > NbdProtocol.MAX_STRING_BYTES) {
            throw invalid("the export's name is longer than 4096 bytes", text);
        }
    }

    /// Whether the text is meant as one, correct or not.
    public static boolean isOne(String text) {
        return SCHEME.matcher(text.toLowerCase(Locale.ROOT)).matches();
    }

    /// Reads the written form.
    ///
    /// @throws GodwitException `INVALID` when it is none, or asks for TLS
    public static NbdUri parse(String text) {
        int colon = Math.max(0, text.indexOf(':'));
        String lower = text.substring(0, colon).toLowerCase(Locale.ROOT) + text.substring(colon);
        Matcher parts = SYNTAX.matcher(lower);
        if (!parts.matches()) {
            throw invalid("not an NBD URI", text);
        }
        if (parts.group(1).equals("nbds")) {
            throw invalid("TLS is not offered for NBD yet", text)
                    .withHint(
                            "use nbd:// through a tunnel, or nbd+unix:// on the server's machine");
        }
        String export = decode(group(parts, 4), text);
        return switch (group(parts, 2)) {
            case "" -> new NbdUri(text, tcp(parts, text), export);
            case "+unix" -> new NbdUri(text, unix(parts, text), export);
            default -> throw invalid("not a transport of NBD that is offered", text);
        };
    }

    private static Server tcp(Matcher parts, String text) {
        Matcher authority = AUTHORITY.matcher(parts.group(3));
        if (!authority.matches() || !group(parts, 5).isEmpty()) {
            throw invalid("not an NBD URI", text);
        }
        String host = authority.group(1).replaceAll("^\\[|]$", "");
        String digits = group(authority, 2);
        int port = digits.isEmpty() ? DEFAULT_PORT : Integer.parseInt(digits);
        if (port < 1 || port > MAX_PORT) {
            throw invalid("no such port", text);
        }
        return new Server.Tcp(host.isEmpty() ? "localhost" : decode(host, text), port);
    }

    private static Server unix(Matcher parts, String text) {
        String query = group(parts, 5);
        if (!parts.group(3).isEmpty() || !query.startsWith(SOCKET) || query.contains("&")) {
            throw invalid("not an NBD URI", text);
        }
        try {
            Path socket = Path.of(decode(query.substring(SOCKET.length()), text));
            if (socket.toString().isEmpty()) {
                throw invalid("the socket has no path", text);
            }
            return new Server.Unix(socket);
        } catch (InvalidPathException noPath) {
            throw invalid("the socket has no path", text);
        }
    }

    private static String group(Matcher matcher, int number) {
        String found = matcher.group(number);
        return found == null ? "" : found;
    }

    private static String decode(String encoded, String text) {
        return PercentCode.decode(encoded)
                .orElseThrow(
                        () ->
                                invalid(
                                        "a percent sign in it is not followed by two digits of"
                                                + " UTF-8",
                                        text));
    }

    private static GodwitException invalid(String what, String text) {
        return new GodwitException(FailureKind.INVALID, what + ": source=" + text)
                .withObject(text)
                .withHint(HOW);
    }
}
