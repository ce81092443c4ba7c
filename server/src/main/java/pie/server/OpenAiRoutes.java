package pie.server;

import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.server.openai.Call;
import pie.server.openai.OpenAi;
import pie.server.openai.OpenAiError;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answer the routes that clients of the OpenAI API know. */
final class OpenAiRoutes {
    private static final Set<String> PATHS = Set.of("/v1/chat/completions", "/v1/completions");

    private interface Start {
        Call start(List<Engine> engines, OwnerId owner, JsonNode body);
    }

    private final Service service;
    private final OpenAi openAi;

    OpenAiRoutes(Service service) {
        this.service = service;
        openAi = new OpenAi(service.plainRuns(), Version.number());
    }

    List<Route> routes() {
        return List.of(
                Route.post("/v1/chat/completions", x -> answer(x, openAi::chat)),
                Route.post("/v1/completions", x -> answer(x, openAi::completion)));
    }

    /** Say whether errors of a path take the form of the OpenAI API. */
    static boolean covers(String path) {
        return PATHS.contains(path);
    }

    private void answer(Exchange exchange, Start start) throws InterruptedException {
        exchange.checkJsonType();
        JsonNode body = service.json().parse(exchange.body(service.limits().httpBody(), "the body"), "the body");
        service.checkLaunching();
        Call call = start.start(service.launcher().engines(), exchange.owner(), body);
        exchange.clientGone().thenRun(() -> call.cancel("client_gone"));
        exchange.header(Exchange.PROCESS_ID, call.process().id().toString());
        try {
            if (call.streams()) {
                stream(exchange, call);
            } else {
                exchange.json(200, whole(exchange, call));
            }
        } finally {
            call.cancel("client_gone");
        }
    }

    private static ObjectNode whole(Exchange exchange, Call call) throws InterruptedException {
        try {
            return call.answer();
        } catch (PieException e) {
            throw gone(exchange, e) ? new ClientGone(e) : e;
        }
    }

    private static boolean gone(Exchange exchange, PieException e) {
        return e.code() == ErrorCode.CANCELLED && exchange.clientGone().isDone();
    }

    private void stream(Exchange exchange, Call call) throws InterruptedException {
        Streams.Place place = service.streams().enter(call.process().id(), () -> call.cancel("shutdown"));
        try (place) {
            Optional<EventStream> opened = EventStream.open(exchange);
            if (opened.isPresent()) {
                write(opened.get(), exchange, call);
            }
        } catch (UncheckedIOException | ServerConnectionException e) {
            throw new ClientGone(e);
        }
    }

    private void write(EventStream out, Exchange exchange, Call call) throws InterruptedException {
        try {
            call.stream(
                    new Call.Chunks() {
                        @Override
                        public void data(ObjectNode chunk) {
                            out.data(Json.text(chunk));
                        }

                        @Override
                        public void keepAlive() {
                            out.keepAlive();
                        }
                    },
                    service.limits().keepAlive());
        } catch (PieException e) {
            if (gone(exchange, e)) {
                throw new ClientGone(e);
            }
            out.data(Json.text(OpenAiError.body(e)));
        }
        out.data("[DONE]");
        out.close();
    }
}
