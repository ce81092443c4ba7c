package pie.server;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import tools.jackson.databind.JsonNode;

/** Write server-sent events to one client, each flushed. A client that has left shows as an {@link UncheckedIOException}. */
final class EventStream {
    private static final byte[] KEEP_ALIVE = ": ka\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Exchange exchange;
    private final OutputStream out;
    private final CompletableFuture<Void> gone;

    private EventStream(Exchange exchange, OutputStream out) {
        this.exchange = exchange;
        this.out = out;
        this.gone = exchange.clientGone();
    }

    /** Send the head; empty if that is all that was asked for. */
    static Optional<EventStream> open(Exchange exchange) {
        return exchange.stream().map(out -> new EventStream(exchange, out));
    }

    CompletableFuture<Void> gone() {
        return gone;
    }

    /** Write an event of the log. */
    void event(long id, String type, JsonNode data) {
        write("id: " + id + "\nevent: " + type + "\ndata: " + Json.text(data) + "\n\n");
    }

    /** Write a control event, which has no id. */
    void control(String type, JsonNode data) {
        write("event: " + type + "\ndata: " + Json.text(data) + "\n\n");
    }

    /** Write a record of data alone. */
    void data(String text) {
        write("data: " + text + "\n\n");
    }

    void keepAlive() {
        write(KEEP_ALIVE);
    }

    private void write(String text) {
        write(Json.utf8(text));
    }

    private void write(byte[] bytes) {
        exchange.write(() -> {
            try {
                out.write(bytes);
                out.flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    void close() {
        exchange.write(() -> {
            try {
                out.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
