package io.godwit.cli;

import io.godwit.device.Extent;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/// One JSON object on one line, written field by field. What is unknown is null, never left out.
final class JsonLine implements AutoCloseable {
    private static final JsonFactory FACTORY =
            JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

    private final JsonGenerator generator;

    /// @param out stays open
    JsonLine(OutputStream out) {
        generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8);
        generator.writeStartObject();
    }

    /// The object that `fields` write, without an end of line.
    static byte[] bytes(Fields fields) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(256);
        try (JsonLine line = new JsonLine(out)) {
            fields.write(line);
        }
        return out.toByteArray();
    }

    /// Writes the fields of one object.
    @FunctionalInterface
    interface Fields {
        void write(JsonLine json);
    }

    JsonLine text(String name, String value) {
        generator.writeStringProperty(name, value);
        return this;
    }

    JsonLine text(String name, Optional<String> value) {
        if (value.isEmpty()) {
            generator.writeNullProperty(name);
            return this;
        }
        return text(name, value.get());
    }

    JsonLine time(String name, Instant value) {
        return text(name, value.toString());
    }

    JsonLine number(String name, long value) {
        generator.writeNumberProperty(name, value);
        return this;
    }

    JsonLine number(String name, OptionalLong value) {
        if (value.isEmpty()) {
            generator.writeNullProperty(name);
            return this;
        }
        return number(name, value.getAsLong());
    }

    /// Rounded to milliseconds, or thousandths of whatever it counts.
    JsonLine decimal(String name, double value) {
        generator.writeNumberProperty(name, Math.round(value * 1000) / 1000.0);
        return this;
    }

    JsonLine flag(String name, boolean value) {
        generator.writeBooleanProperty(name, value);
        return this;
    }

    JsonLine object(String name, Fields fields) {
        generator.writeName(name);
        generator.writeStartObject();
        fields.write(this);
        generator.writeEndObject();
        return this;
    }

    JsonLine texts(String name, Map<String, String> values) {
        return object(name, json -> values.forEach(json::text));
    }

    JsonLine texts(String name, Iterable<String> values) {
        generator.writeName(name);
        generator.writeStartArray();
        values.forEach(generator::writeString);
        generator.writeEndArray();
        return this;
    }

    /// An array of objects.
    JsonLine objects(String name, Iterable<? extends Fields> values) {
        generator.writeName(name);
        generator.writeStartArray();
        for (Fields value : values) {
            item(value);
        }
        generator.writeEndArray();
        return this;
    }

    JsonLine extents(String name, Iterable<Extent> extents) {
        generator.writeName(name);
        generator.writeStartArray();
        for (Extent extent : extents) {
            item(json -> json.number("offset", extent.offset()).number("length", extent.length()));
        }
        generator.writeEndArray();
        return this;
    }

    JsonLine extents(String name, ExtentLog extents) {
        generator.writeName(name);
        generator.writeStartArray();
        extents.forEach(
                (offset, length) ->
                        item(json -> json.number("offset", offset).number("length", length)));
        generator.writeEndArray();
        return this;
    }

    private void item(Fields fields) {
        generator.writeStartObject();
        fields.write(this);
        generator.writeEndObject();
    }

    @Override
    public void close() {
        generator.writeEndObject();
        generator.close();
    }
}
