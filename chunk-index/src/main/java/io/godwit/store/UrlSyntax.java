package io.godwit.store;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.error.Nearest;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// How store URLs are read.
final class UrlSyntax {
    static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:");
    static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    static final Pattern REGION = Pattern.compile("[A-Za-z0-9-]{1,64}");
    static final Pattern PROFILE = Pattern.compile("[A-Za-z0-9_.@:/+-]{1,128}");
    static final Pattern STORAGE_CLASS = Pattern.compile("[A-Z0-9_]{1,64}");

    static final Pattern TAG =
            Pattern.compile("[A-Za-z0-9 +._:/@-]{1,128}=[A-Za-z0-9 +._:/@-]{0,256}");

    /// Amazon's limit.
    private static final int TAGS_MAX = 10;

    private static final Set<String> ARCHIVES = Set.of("GLACIER", "DEEP_ARCHIVE");

    private static final List<String> PARAMETERS =
            List.of(
                    "ca",
                    "endpoint",
                    "path-style",
                    "profile",
                    "proxy",
                    "region",
                    "retain",
                    "storage-class",
                    "tags");

    private UrlSyntax() {}

    static StoreUrl directory(String path, String text) {
        if (path.isEmpty()) {
            throw invalid("empty repository url");
        }
        try {
            return new StoreUrl.Directory(Path.of(path));
        } catch (InvalidPathException e) {
            throw invalid("not a path: url=" + text + " (" + e.getReason() + ")");
        }
    }

    static StoreUrl file(String text, String rest) {
        if (!rest.startsWith("//")) {
            throw invalid("a file url starts with file:/// : url=" + text);
        }
        String path = rest.substring(2);
        if (!path.startsWith("/")) {
            throw invalid("a file url has no host, its path starts with / : url=" + text);
        }
        return directory(decode(path, text), text);
    }

    static StoreUrl s3(String text, String rest) {
        if (!rest.startsWith("//")) {
            throw invalid("an s3 url starts with s3:// : url=" + shown(text));
        }
        int query = rest.indexOf('?');
        String place = query < 0 ? rest.substring(2) : rest.substring(2, query);
        if (place.contains("@")) {
            throw invalid("credentials do not belong into a url: use the AWS default chain");
        }
        int slash = place.indexOf('/');
        String bucket = slash < 0 ? place : place.substring(0, slash);
        String prefix = slash < 0 ? "" : decode(place.substring(slash + 1), text);
        Map<String, String> parameters =
                parameters(query < 0 ? "" : rest.substring(query + 1), text);
        for (String name : parameters.keySet()) {
            if (!PARAMETERS.contains(name)) {
                throw unknownParameter(name);
            }
        }
        String style = parameters.get("path-style");
        return new StoreUrl.S3(
                bucket,
                prefix.replaceAll("^/+|/+$", ""),
                Optional.ofNullable(parameters.get("endpoint")).map(t -> web("endpoint", t)),
                Optional.ofNullable(parameters.get("region")).map(UrlSyntax::region),
                style != null && truth(style),
                Optional.ofNullable(parameters.get("ca")).map(UrlSyntax::certificates),
                Optional.ofNullable(parameters.get("storage-class"))
                        .map(UrlSyntax::storageClasses)
                        .orElse(PrefixRules.NONE),
                Optional.ofNullable(parameters.get("tags"))
                        .map(UrlSyntax::tags)
                        .orElse(PrefixRules.NONE),
                Optional.ofNullable(parameters.get("proxy")).map(t -> web("proxy", t)),
                Optional.ofNullable(parameters.get("profile")).map(UrlSyntax::profile),
                Optional.ofNullable(parameters.get("retain")).map(UrlSyntax::retain));
    }

    private static GodwitException unknownParameter(String name) {
        String hint =
                Nearest.to(name, PARAMETERS)
                        .map(meant -> "did you mean " + meant + "?")
                        .orElse("known are " + String.join(", ", PARAMETERS));
        return invalid("unknown parameter in the url: parameter=" + name).withHint(hint);
    }

    private static Map<String, String> parameters(String query, String text) {
        Map<String, String> parameters = new TreeMap<>();
        for (String pair : query.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (pair.isEmpty() && query.isEmpty()) {
                continue;
            }
            if (equals < 1) {
                throw invalid("a parameter has the form name=value: url=" + shown(text));
            }
            String name = pair.substring(0, equals);
            String value = decode(pair.substring(equals + 1), text);
            if (parameters.put(name, value) != null) {
                throw invalid("parameter is given twice: parameter=" + name);
            }
        }
        return parameters;
    }

    /// A server, without path, credentials or anything else in it.
    private static URI web(String parameter, String text) {
        try {
            URI uri = new URI(text);
            boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            boolean bare = uri.getRawQuery() == null && uri.getRawFragment() == null;
            if (web && bare && uri.getHost() != null && uri.getRawUserInfo() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw invalid(
                    "not a server's url: parameter=%s reason=%s"
                            .formatted(parameter, e.getReason()));
        }
        throw invalid(parameter + " has the form http://host:port or https://host:port");
    }

    private static String region(String text) {
        if (!REGION.matcher(text).matches()) {
            throw invalid("not a region: region=" + text);
        }
        return text;
    }

    private static String profile(String text) {
        if (!PROFILE.matcher(text).matches()) {
            throw invalid("not a profile's name: profile=" + text);
        }
        return text;
    }

    private static ObjectLock retain(String text) {
        return ObjectLock.parse(text)
                .orElseThrow(
                        () ->
                                invalid("not a time of retention: retain=" + text)
                                        .withHint("write it as 30d, or compliance:30d"));
    }

    private static Path certificates(String text) {
        if (!text.isEmpty()) {
            try {
                return Path.of(text);
            } catch (InvalidPathException e) {
                throw invalid("not a path: parameter=ca reason=" + e.getReason());
            }
        }
        throw invalid("ca is a file of certificates");
    }

    /// What must be restored before it can be read is of no use: a backup reads old objects too.
    private static PrefixRules storageClasses(String text) {
        PrefixRules classes =
                PrefixRules.parse(
                                "storage-class",
                                text,
                                name -> STORAGE_CLASS.matcher(name).matches())
                        .distinct("storage-class", _ -> "");
        for (PrefixRules.Rule rule : classes.rules()) {
            if (ARCHIVES.contains(rule.value())) {
                throw invalid("objects of this class cannot be read: storage-class=" + rule)
                        .withHint("use GLACIER_IR or another class that is read at once");
            }
        }
        return classes;
    }

    private static PrefixRules tags(String text) {
        PrefixRules tags =
                PrefixRules.parse("tags", text, tag -> TAG.matcher(tag).matches())
                        .distinct("tags", tag -> tag.substring(0, tag.indexOf('=')));
        if (tags.rules().size() > TAGS_MAX) {
            throw invalid("an object has at most %d tags: tags=%s".formatted(TAGS_MAX, text));
        }
        return tags;
    }

    private static boolean truth(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid("path-style is true or false: path-style=" + text);
        };
    }

    private static String decode(String text, String url) {
        return PercentCode.decode(text)
                .orElseThrow(() -> invalid("malformed percent encoding: url=" + shown(url)));
    }

    static GodwitException invalid(String message) {
        return new GodwitException(FailureKind.INVALID, message);
    }

    /// Without what may be credentials, which somebody put where they do not belong.
    private static String shown(String text) {
        int query = text.indexOf('?');
        String place = query < 0 ? text : text.substring(0, query) + "?…";
        int credentials = place.lastIndexOf('@');
        return credentials < 0 ? place : "…" + place.substring(credentials);
    }

    static GodwitException unknownScheme(String text) {
        return invalid("unknown or unsupported scheme: url=" + shown(text))
                .withHint(
                        "use /path, file:///path or s3://bucket/prefix; write a relative path as"
                                + " ./path");
    }
}
