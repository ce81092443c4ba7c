package pie.inferlet;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Talk to the client of this process: module {@code session}. */
public final class Session {
    private Session() {}

    /** Send a message: a string as is, anything else as JSON. */
    public static void send(@Nullable Object value) {
        Host host = Host.current();
        host.checkLive();
        host.message(text(value));
    }

    /** Send a message without waiting for a client that lags; what the program says later comes after it. */
    public static CompletableFuture<@Nullable Void> sendAsync(@Nullable Object value) {
        Host host = Host.current();
        host.checkLive();
        return host.begun(host.messageAsync(text(value)), "output");
    }

    private static String text(@Nullable Object value) {
        return value instanceof CharSequence text ? text.toString() : Json.text(value);
    }

    /** Send a file: an event tells the client of it. */
    public static void sendFile(byte[] data) {
        sendFile(data, "");
    }

    /** Send a file under a name. @throws pie.engine.PieException PAYLOAD_TOO_LARGE, BUDGET_EXHAUSTED, STORAGE_FULL */
    public static void sendFile(byte[] data, String name) {
        Host host = Host.current();
        host.checkLive();
        host.sendFile(data.clone(), name);
    }

    public static CompletableFuture<@Nullable Void> sendFileAsync(byte[] data) {
        return sendFileAsync(data, "");
    }

    /** Send a file without waiting for a client that lags; what the program says later comes after it. */
    public static CompletableFuture<@Nullable Void> sendFileAsync(byte[] data, String name) {
        Host host = Host.current();
        host.checkLive();
        return host.begun(host.sendFileAsync(data.clone(), name), "output");
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

    /** Return the next file of the client. */
    public static byte[] receiveFile() {
        return Host.current().await(receiveFileAsync(), "file");
    }

    public static CompletableFuture<byte[]> receiveFileAsync() {
        Host host = Host.current();
        host.checkLive();
        return Futures.map(host.begun(host.receiveFile(), "file"), Host.ClientFile::content);
    }

    /** Set the result of a program whose entry returns nothing. */
    public static void setReturn(String text) {
        Host.current().returns(text);
    }
}
