package pie.server.ws;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessagePacker;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Turn messages into MessagePack or JSON and back: maps of strings, whole numbers, floats, booleans, bytes and lists. */
final class Wire {
    private static final int DEPTH_MAX = 32;

    private Wire() {}

    /** Read one map. @throws Fields.Refused saying what is wrong with it */
    static Map<String, @Nullable Object> decode(byte[] bytes) {
        try (MessageUnpacker in = MessagePack.newDefaultUnpacker(bytes)) {
            Value value = in.unpackValue();
            if (in.hasNext()) {
                throw new Fields.Refused("Malformed message: bytes behind its end");
            }
            if (value(value, 0) instanceof Map<?, ?> map) {
                return strings(map);
            }
            throw new Fields.Refused("Malformed message: it must be a map");
        } catch (MessagePackException | IOException e) {
            throw new Fields.Refused("Malformed message: " + e.getMessage());
        }
    }

    /** Read the JSON form; {@code chunk_data} is base64. @throws Fields.Refused saying what is wrong with it */
    static Map<String, @Nullable Object> parse(String text) {
        JsonNode node;
        try {
            node = JsonMapper.shared().readTree(text);
        } catch (JacksonException e) {
            throw new Fields.Refused("Malformed message: " + e.getOriginalMessage());
        }
        if (!(value(node, 0) instanceof Map<?, ?> map)) {
            throw new Fields.Refused("Malformed message: it must be an object");
        }
        Map<String, @Nullable Object> message = strings(map);
        if (message.get("chunk_data") instanceof String base64) {
            try {
                message.put("chunk_data", Base64.getDecoder().decode(base64));
            } catch (IllegalArgumentException e) {
                throw new Fields.Refused("Malformed message: chunk_data is not base64");
            }
        }
        return message;
    }

    private static Map<String, @Nullable Object> strings(Map<?, ?> map) {
        var all = new LinkedHashMap<String, @Nullable Object>();
        map.forEach((key, value) -> all.put(String.valueOf(key), value));
        return all;
    }

    private static @Nullable Object value(Value value, int depth) {
        if (depth > DEPTH_MAX) {
            throw new Fields.Refused("Malformed message: it is nested too deeply");
        }
        return switch (value.getValueType()) {
            case NIL -> null;
            case BOOLEAN -> value.asBooleanValue().getBoolean();
            case INTEGER ->
                value.asIntegerValue().isInLongRange()
                        ? (Object) value.asIntegerValue().asLong()
                        : (Object) value.asIntegerValue().toDouble();
            case FLOAT -> value.asFloatValue().toDouble();
            case STRING -> value.asStringValue().asString();
            case BINARY -> value.asBinaryValue().asByteArray();
            case EXTENSION -> value.asExtensionValue().getData();
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (Value each : value.asArrayValue()) {
                    list.add(value(each, depth + 1));
                }
                yield list;
            }
            case MAP -> {
                Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                value.asMapValue().entrySet().forEach(e -> {
                    Object key = value(e.getKey(), depth + 1);
                    map.put(key == null ? "" : key, value(e.getValue(), depth + 1));
                });
                yield map;
            }
        };
    }

    private static @Nullable Object value(JsonNode node, int depth) {
        if (depth > DEPTH_MAX) {
            throw new Fields.Refused("Malformed message: it is nested too deeply");
        }
        return switch (node.getNodeType()) {
            case STRING -> node.asString();
            case BOOLEAN -> node.asBoolean();
            case NUMBER ->
                node.isIntegralNumber() && node.canConvertToLong() ? (Object) node.asLong() : (Object) node.asDouble();
            case ARRAY -> {
                List<@Nullable Object> list = new ArrayList<>();
                node.forEach(each -> list.add(value(each, depth + 1)));
                yield list;
            }
            case OBJECT -> {
                Map<Object, @Nullable Object> map = new LinkedHashMap<>();
                node.properties().forEach(e -> map.put(e.getKey(), value(e.getValue(), depth + 1)));
                yield map;
            }
            default -> null;
        };
    }

    static byte[] encode(Map<String, ?> message) {
        try (MessageBufferPacker out = MessagePack.newDefaultBufferPacker()) {
            out.packMapHeader(message.size());
            for (Map.Entry<String, ?> each : message.entrySet()) {
                out.packString(each.getKey());
                pack(out, each.getValue());
            }
            return out.toByteArray();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void pack(MessagePacker out, Object value) throws IOException {
        switch (value) {
            case String s -> out.packString(s);
            case Boolean b -> out.packBoolean(b);
            case Long n -> out.packLong(n);
            case Integer n -> out.packInt(n);
            case byte[] bytes -> {
                out.packBinaryHeader(bytes.length);
                out.writePayload(bytes);
            }
            default -> throw new IllegalArgumentException("no form for " + value.getClass());
        }
    }

    static String json(Map<String, ?> message) {
        return JsonMapper.shared().writeValueAsString(message);
    }
}
