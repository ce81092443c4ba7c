package pie.inferlet;

import java.util.concurrent.CompletableFuture;

/** Talk to the client of this process: module {@code session}. */
public final class Session {
    private Session() {}

    /** Send a message: a string as is, anything else as JSON. */
    public static void send(Object value) {
        Host host = Host.current();
        host.checkLive();
        host.message(value instanceof CharSequence text ? text.toString() : Json.text(value));
    }

    /** Send a file. @throws pie.engine.PieException UNSUPPORTED on this server */
    public static void sendFile(byte[] data) {
        throw Unsupported.later("session.send_file: this server carries no files");
    }

    /** Return the next message of the client. */
    public static String receive() {
        return Host.current().await(receiveAsync(), "message");
    }

    public static CompletableFuture<String> receiveAsync() {
        Host host = Host.current();
        host.checkLive();
        return host.begun(host.receive(), "message");
    }

    /** Receive a file. @throws pie.engine.PieException UNSUPPORTED on this server */
    public static byte[] receiveFile() {
        throw Unsupported.later("session.receive_file: this server carries no files");
    }

    /** Set the result of a program whose entry returns nothing. */
    public static void setReturn(String text) {
        Host.current().returns(text);
    }
}
