import java.time.Duration;
import java.util.*;
import java.util.stream.*;
import pie.inferlet.*;

// Answer HTTP requests: an echo, headers, a delayed answer, events, and an endpoint that answers questions.
//
// Start it on a server:  pie app start web examples/java/WebServer.java
// Then:                  curl http://127.0.0.1:8080/apps/web/echo?a=1

int requests = 0;

Object handle(Request request) {
    requests++;
    Map<String, String> query = request.query();
    return switch (request.path()) {
        case "/echo" -> Map.of("method", request.method(), "query", query, "body", request.text());
        case "/headers" -> {
            var headers = request.headers();
            var answer = Map.of("agent", headers.getOrDefault("user-agent", ""), "user", headers.get("x-pie-user"));
            yield Response.of(answer).header("X-Requests", String.valueOf(requests));
        }
        case "/late" -> {
            Timers.sleep(Duration.ofMillis((long) (1000 * Double.parseDouble(query.getOrDefault("seconds", "0.1")))));
            yield "late, as asked for";
        }
        case "/events" -> Http.sse(countdown(Integer.parseInt(query.getOrDefault("from", "3"))));
        case "/responses" -> respond((Map<?, ?>) request.json());
        default -> Response.of("no such page", 404);
    };
}

Stream<Object> countdown(int n) {
    Stream<Object> counts = IntStream.range(0, n).mapToObj(i -> {
        Timers.sleep(Duration.ofMillis(10));
        return Map.of("event", "count", "data", n - i);
    });
    return Stream.concat(counts, Stream.of("lift off"));
}

// A small endpoint in the style of /v1/responses: the answer at once, or as events.
Response respond(Map<?, ?> asked) {
    Model model = Model.load(PieRuntime.models().getFirst());
    Context ctx = new Context(model);
    ctx.user((String) asked.get("input"));
    int most = asked.get("max_output_tokens") instanceof Number n ? n.intValue() : 32;
    Generator generation = ctx.generate(Sampler.argmax(), GenerateOptions.of().maxTokens(most));
    if (Boolean.TRUE.equals(asked.get("stream"))) {
        return Http.sse(new Deltas(ctx, generation));
    }
    String text = generation.collectText();
    ctx.close();
    return Response.of(Map.of("object", "response", "model", model.name(), "output_text", text,
            "usage", Map.of("output_tokens", generation.tokensGenerated())));
}

/** Events of a generation: each asks for the next step when it is wanted. */
class Deltas implements Iterator<Object> {
    private final Context ctx;
    private final Generator generation;
    private boolean completed;

    Deltas(Context ctx, Generator generation) {
        this.ctx = ctx;
        this.generation = generation;
    }

    public boolean hasNext() {
        return !completed;
    }

    public Object next() {
        for (var step = generation.next(); step.isPresent(); step = generation.next()) {
            Output out = step.get().execute();
            if (!out.text().isEmpty()) {
                return Map.of("event", "response.output_text.delta", "data", Map.of("delta", out.text()));
            }
        }
        completed = true;
        ctx.close();
        return Map.of("event", "response.completed", "data", Map.of("output_tokens", generation.tokensGenerated()));
    }
}
