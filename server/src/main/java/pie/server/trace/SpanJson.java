package pie.server.trace;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shape spans as OTLP has them in JSON: ids in hex, times as strings, every value with its type. */
final class SpanJson {
    private static final int KIND_INTERNAL = 1;
    private static final int KIND_SERVER = 2;
    private static final int STATUS_ERROR = 2;

    private SpanJson() {}

    static byte[] request(List<Span> spans, String service, String version) {
        ObjectNode root = JsonMapper.shared().createObjectNode();
        ObjectNode resource = root.putArray("resourceSpans").addObject();
        attributes(
                resource.putObject("resource").putArray("attributes"),
                Map.of("service.name", service, "service.version", version));
        ObjectNode scope = resource.putArray("scopeSpans").addObject();
        scope.putObject("scope").put("name", "pie").put("version", version);
        ArrayNode all = scope.putArray("spans");
        spans.forEach(span -> span(all.addObject(), span));
        return JsonMapper.shared().writeValueAsBytes(root);
    }

    private static void span(ObjectNode json, Span span) {
        json.put("traceId", span.trace());
        json.put("spanId", span.id());
        if (!span.parent().isEmpty()) {
            json.put("parentSpanId", span.parent());
        }
        json.put("name", span.name());
        json.put("kind", span.server() ? KIND_SERVER : KIND_INTERNAL);
        json.put("startTimeUnixNano", String.valueOf(span.start()));
        json.put("endTimeUnixNano", String.valueOf(span.end()));
        attributes(json.putArray("attributes"), span.attributes());
        if (!span.error().isEmpty()) {
            json.putObject("status").put("code", STATUS_ERROR).put("message", span.error());
        }
    }

    private static void attributes(ArrayNode array, Map<String, ?> attributes) {
        attributes.forEach((key, value) -> {
            ObjectNode one = array.addObject();
            one.put("key", key);
            ObjectNode typed = one.putObject("value");
            switch (value) {
                case Boolean b -> typed.put("boolValue", b);
                case Integer n -> typed.put("intValue", String.valueOf(n));
                case Long n -> typed.put("intValue", String.valueOf(n));
                default -> typed.put("stringValue", String.valueOf(value));
            }
        });
    }
}
