package pie.cli.client;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import pie.cli.Json;
import pie.engine.PieException;
import pie.engine.event.ProcessEvent;
import tools.jackson.databind.JsonNode;

/** Turn envelopes of the wire back into events. */
final class ProcessEvents {
    private ProcessEvents() {}

    /** Return the event, empty for a type that this client does not know. */
    static Optional<ProcessEvent> parse(String envelope) {
        JsonNode json = Json.parse(envelope);
        long id = json.path("id").asLong();
        Instant time = time(json.path("time").asString(""));
        String text = json.path("data").asString("");
        return switch (json.path("type").asString("")) {
            case "stdout" -> Optional.of(new ProcessEvent.Stdout(id, time, text));
            case "stderr" -> Optional.of(new ProcessEvent.Stderr(id, time, text));
            case "message" -> Optional.of(new ProcessEvent.Message(id, time, text));
            case "file" -> {
                JsonNode file = json.path("data");
                yield Optional.of(new ProcessEvent.File(
                        id,
                        time,
                        file.path("name").asString(""),
                        file.path("hash").asString(""),
                        file.path("size").asLong(),
                        file.path("media_type").asString("")));
            }
            case "return" -> Optional.of(new ProcessEvent.Returned(id, time, text));
            case "error" -> {
                PieException e = PieClient.failure(json.path("data"));
                yield Optional.of(new ProcessEvent.Failed(id, time, e.code(), e.message(), e.details()));
            }
            default -> Optional.empty();
        };
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
