package pie.server.ws;

/** Carry one whole message or control frame of a client. */
sealed interface Incoming {
    record Binary(byte[] bytes) implements Incoming {}

    record Text(String text) implements Incoming {}

    record Ping(byte[] payload) implements Incoming {}

    record Pong() implements Incoming {}

    record Close(int code) implements Incoming {}
}
