package pie.server;

import io.helidon.http.DirectHandler;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;

/** Give requests that Helidon refuses before routing the same error body as all others. */
final class DirectErrors implements DirectHandler {
    private DirectErrors() {}

    static final DirectErrors HANDLER = new DirectErrors();

    @Override
    public TransportResponse handle(
            TransportRequest request,
            EventType type,
            Status defaultStatus,
            ServerResponseHeaders headers,
            @Nullable String message) {
        int status = defaultStatus.code();
        String requestId = newRequestId();
        String said = message == null || message.isBlank() ? defaultStatus.reasonPhrase() : message;
        byte[] body = body(status, said, requestId);
        headers.set(HeaderNames.CONTENT_TYPE, Exchange.JSON);
        headers.set(Exchange.REQUEST_ID, requestId);
        return TransportResponse.builder()
                .status(defaultStatus)
                .headers(headers)
                .entity(body)
                .keepAlive(false)
                .build();
    }

    static String newRequestId() {
        return UUID.randomUUID().toString();
    }

    /** Return a whole response for a socket on which nothing else will be written. */
    static byte[] raw(int status, String message) {
        String requestId = newRequestId();
        byte[] body = body(status, message, requestId);
        String retry = status == 429 || status == 503 ? "Retry-After: " + ErrorBody.RETRY_AFTER + "\r\n" : "";
        String head = "HTTP/1.1 " + status + " " + Status.create(status).reasonPhrase() + "\r\n"
                + "Content-Type: " + Exchange.JSON + "\r\n"
                + "X-Request-Id: " + requestId + "\r\n"
                + retry
                + "Content-Length: " + body.length + "\r\n"
                + "Connection: close\r\n\r\n";
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        byte[] all = new byte[start.length + body.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }

    private static byte[] body(int status, String message, String requestId) {
        ErrorCode code = switch (status) {
            case 413 -> ErrorCode.PAYLOAD_TOO_LARGE;
            case 429, 503 -> ErrorCode.OVERLOADED;
            case 500 -> ErrorCode.INTERNAL;
            default -> ErrorCode.BAD_REQUEST;
        };
        return Json.bytes(ErrorBody.of(code, message, Map.of(), requestId));
    }
}
