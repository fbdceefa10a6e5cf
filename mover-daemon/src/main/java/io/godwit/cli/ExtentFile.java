package io.godwit.cli;

import io.godwit.error.FailureKind;
import io.godwit.error.GodwitException;
import io.godwit.pipeline.ExtentCollector;
import io.godwit.pipeline.ExtentSet;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/// A list of extents that somebody wrote down: `{"size": n, "base": "…", "extents": [{"offset": n,
/// "length": n}, …]}`, or the bare array.
///
/// Read as a stream: a file of any length takes bounded memory. What is wrong with it is said with
/// its place.
///
/// @param size of the volume; a bare array does not tell
record ExtentFile(OptionalLong size, Optional<String> base, ExtentSet extents) {

    /// @param option that named the file, for the refusal
    static ExtentFile read(String option, Path file) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return new Reading(option, file, in).document();
        } catch (NoSuchFileException e) {
            throw unreadable(FailureKind.NOT_FOUND, "no such file", option, file, e);
        } catch (AccessDeniedException e) {
            throw unreadable(FailureKind.DENIED, "file may not be read", option, file, e);
        } catch (JacksonIOException | IOException e) {
            throw unreadable(FailureKind.INVALID, "file cannot be read", option, file, e);
        } catch (JacksonException e) {
            throw notJson(option, file, e);
        }
    }

    private static GodwitException notJson(String option, Path file, JacksonException e) {
        TokenStreamLocation where = e.getLocation();
        String place = Reading.place(where == null ? TokenStreamLocation.NA : where);
        return new GodwitException(
                        FailureKind.INVALID,
                        "file is not JSON: %s=%s%s".formatted(option, file, place),
                        e)
                .withObject(file.toString())
                .withHint(Reading.FORM);
    }

    private static GodwitException unreadable(
            FailureKind kind, String what, String option, Path file, Exception cause) {
        return new GodwitException(kind, "%s: %s=%s".formatted(what, option, file), cause)
                .withObject(file.toString());
    }

    /// One pass over a file.
    private static final class Reading {
        private static final JsonFactory FACTORY = new JsonFactory();
        private static final String FORM =
                "write {\"size\": BYTES, \"extents\": [{\"offset\": BYTES, \"length\": BYTES}]}";

        private final String option;
        private final Path file;
        private final JsonParser parser;
        private final ExtentCollector extents = new ExtentCollector();
        private OptionalLong size = OptionalLong.empty();
        private Optional<String> base = Optional.empty();
        private boolean listed;
        private long index;
        private long lastEnd;
        private long lastIndex;

        Reading(String option, Path file, InputStream in) {
            this.option = option;
            this.file = file;
            this.parser = FACTORY.createParser(ObjectReadContext.empty(), in);
        }

        ExtentFile document() {
            try (parser) {
                JsonToken first = parser.nextToken();
                if (first == JsonToken.START_ARRAY) {
                    list();
                } else if (first == JsonToken.START_OBJECT) {
                    object();
                } else {
                    throw refusal(
                            first == null
                                    ? "file is empty"
                                    : "file is neither an object nor an array");
                }
                if (parser.nextToken() != null) {
                    throw refusal("something follows the end of the list");
                }
                return new ExtentFile(size, base, extents.build());
            }
        }

        private void object() {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (field) {
                    case "size" -> size = OptionalLong.of(number("size", value));
                    case "base" -> base = base(value);
                    case "extents" -> {
                        if (value != JsonToken.START_ARRAY) {
                            throw refusal("\"extents\" is not an array");
                        }
                        if (listed) {
                            throw refusal("\"extents\" is there twice");
                        }
                        list();
                    }
                    default -> parser.skipChildren();
                }
            }
            if (!listed) {
                throw refusal("\"extents\" is missing");
            }
            if (size.isEmpty()) {
                throw refusal("\"size\" is missing");
            }
            if (lastEnd > size.getAsLong()) {
                throw refusal(
                        "extent %d ends at %d, behind the volume's size of %d"
                                .formatted(lastIndex, lastEnd, size.getAsLong()));
            }
        }

        private Optional<String> base(JsonToken value) {
            return switch (value) {
                case VALUE_NULL -> Optional.empty();
                case VALUE_STRING -> {
                    if (parser.getString().isEmpty()) {
                        throw refusal("\"base\" is empty");
                    }
                    yield Optional.of(parser.getString());
                }
                default -> throw refusal("\"base\" is not a string");
            };
        }

        private void list() {
            listed = true;
            for (JsonToken token = parser.nextToken();
                    token != JsonToken.END_ARRAY;
                    token = parser.nextToken()) {
                if (token != JsonToken.START_OBJECT) {
                    throw refusal("extent %d is not an object".formatted(index));
                }
                extent();
                index++;
            }
        }

        private void extent() {
            long offset = -1;
            long length = -1;
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                switch (field) {
                    case "offset" -> offset = number("offset", value);
                    case "length" -> length = number("length", value);
                    default -> parser.skipChildren();
                }
            }
            if (offset < 0 || length < 0) {
                throw refusal(
                        "extent %d has no \"%s\""
                                .formatted(index, offset < 0 ? "offset" : "length"));
            }
            if (offset > Long.MAX_VALUE - ExtentSet.BLOCK_BYTES - length) {
                throw refusal("extent %d is out of range".formatted(index));
            }
            if (length > 0 && offset + length > lastEnd) {
                lastEnd = offset + length;
                lastIndex = index;
            }
            extents.add(offset, length);
        }

        private long number(String field, @Nullable JsonToken value) {
            if (value != JsonToken.VALUE_NUMBER_INT) {
                throw refusal("%s is not a whole number".formatted(where(field)));
            }
            if (parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                throw refusal("%s is out of range".formatted(where(field)));
            }
            long number = parser.getLongValue();
            if (number < 0) {
                throw refusal("%s is negative".formatted(where(field)));
            }
            return number;
        }

        private String where(String field) {
            return field.equals("size")
                    ? "\"size\""
                    : "\"%s\" of extent %d".formatted(field, index);
        }

        private GodwitException refusal(String what) {
            String place = place(parser.currentTokenLocation());
            return new GodwitException(
                            FailureKind.INVALID, "%s: %s=%s%s".formatted(what, option, file, place))
                    .withObject(file.toString())
                    .withHint(FORM);
        }

        static String place(TokenStreamLocation where) {
            return where.getLineNr() < 1
                    ? ""
                    : " line=%d column=%d".formatted(where.getLineNr(), where.getColumnNr());
        }
    }
}
