package io.godwit.store;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Where a repository is: `/path`, `file:///path`, a relative path, or `s3://bucket/prefix?…`.
///
/// A URL holds no secret; one that tries to is refused.
public sealed interface StoreUrl {
    /// The written form, which parses back to the same place.
    String text();

    /// A directory of a mounted file system.
    record Directory(Path path) implements StoreUrl {
        @Override
        public String text() {
            String text = path.toString();
            return UrlSyntax.SCHEME.matcher(text).lookingAt() ? "./" + text : text;
        }
    }

    /// A bucket, or the objects of one below a prefix.
    ///
    /// @param prefix without `/` at either end; empty for the whole bucket
    /// @param endpoint of a server other than Amazon's
    /// @param pathStyle whether the bucket stands in the path instead of the host name
    /// @param ca certificates (PEM) to trust instead of the machine's own
    /// @param storageClasses that new objects get
    /// @param tags that new objects get, each `key=value`
    /// @param proxy through which the server is reached
    /// @param profile whose credentials are used instead of the machine's default chain
    /// @param retain how long new objects are locked
    record S3(
            String bucket,
            String prefix,
            Optional<URI> endpoint,
            Optional<String> region,
            boolean pathStyle,
            Optional<Path> ca,
            PrefixRules storageClasses,
            PrefixRules tags,
            Optional<URI> proxy,
            Optional<String> profile,
            Optional<ObjectLock> retain)
            implements StoreUrl {
        public S3 {
            if (!UrlSyntax.BUCKET.matcher(bucket).matches()) {
                throw UrlSyntax.invalid("not a bucket name: bucket=" + bucket)
                        .withHint("it has 3 to 63 lower-case letters, digits, dots and hyphens");
            }
            if (prefix.startsWith("/") || prefix.endsWith("/") || prefix.contains("//")) {
                throw UrlSyntax.invalid("prefix has empty parts: prefix=" + prefix);
            }
        }

        @Override
        public String text() {
            StringBuilder text = new StringBuilder("s3://").append(bucket);
            if (!prefix.isEmpty()) {
                text.append('/').append(PercentCode.encode(prefix, "/"));
            }
            char separator = '?';
            for (Map.Entry<String, String> parameter : parameters().entrySet()) {
                String value = PercentCode.encode(parameter.getValue(), "/:,=");
                text.append(separator).append(parameter.getKey()).append('=').append(value);
                separator = '&';
            }
            return text.toString();
        }

        private Map<String, String> parameters() {
            Map<String, String> parameters = new TreeMap<>();
            endpoint.ifPresent(uri -> parameters.put("endpoint", uri.toString()));
            region.ifPresent(name -> parameters.put("region", name));
            if (pathStyle) {
                parameters.put("path-style", "true");
            }
            ca.ifPresent(file -> parameters.put("ca", file.toString()));
            if (!storageClasses.rules().isEmpty()) {
                parameters.put("storage-class", storageClasses.toString());
            }
            if (!tags.rules().isEmpty()) {
                parameters.put("tags", tags.toString());
            }
            proxy.ifPresent(uri -> parameters.put("proxy", uri.toString()));
            profile.ifPresent(name -> parameters.put("profile", name));
            retain.ifPresent(lock -> parameters.put("retain", lock.toString()));
            return parameters;
        }
    }

    /// Reads a URL.
    ///
    /// @throws io.godwit.error.GodwitException `INVALID` when it is none, or of a scheme that is
    ///     not known
    static StoreUrl parse(String text) {
        if (!UrlSyntax.SCHEME.matcher(text).lookingAt()) {
            return UrlSyntax.directory(text, text);
        }
        String scheme = text.substring(0, text.indexOf(':')).toLowerCase(Locale.ROOT);
        String rest = text.substring(scheme.length() + 1);
        return switch (scheme) {
            case "file" -> UrlSyntax.file(text, rest);
            case "s3" -> UrlSyntax.s3(text, rest);
            default -> throw UrlSyntax.unknownScheme(text);
        };
    }
}
