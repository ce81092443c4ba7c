package pie.server;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import pie.engine.event.EventLog.Next;
import pie.engine.event.ProcessEvent;
import tools.jackson.databind.node.ObjectNode;

/** Shape events for the wire. */
final class EventJson {
    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private EventJson() {}

    static String time(Instant time) {
        return MILLIS.format(time);
    }

    static ObjectNode envelope(ProcessEvent event) {
        ObjectNode json = Json.object();
        json.put("id", event.id());
        json.put("type", event.type());
        json.put("time", time(event.time()));
        switch (event) {
            case ProcessEvent.Stdout e -> json.put("data", e.text());
            case ProcessEvent.Stderr e -> json.put("data", e.text());
            case ProcessEvent.Message e -> json.put("data", e.text());
            case ProcessEvent.File e -> json.set("data", file(e));
            case ProcessEvent.Returned e -> json.put("data", e.value());
            case ProcessEvent.Failed e -> json.set("data", ErrorBody.inner(e.code(), e.message(), e.details()));
        }
        return json;
    }

    private static ObjectNode file(ProcessEvent.File e) {
        ObjectNode json = Json.object();
        if (e.name().isEmpty()) {
            json.putNull("name");
        } else {
            json.put("name", e.name());
        }
        json.put("hash", e.hash());
        json.put("size", e.size());
        json.put("media_type", e.mediaType());
        return json;
    }

    static ObjectNode gap(Next.Gap gap) {
        ObjectNode json = Json.object();
        json.put("from", gap.from());
        json.put("to", gap.to());
        json.put("dropped", gap.dropped());
        return json;
    }
}
