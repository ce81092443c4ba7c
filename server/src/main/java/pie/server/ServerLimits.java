package pie.server;

import java.time.Duration;
import java.util.List;

/**
 * Bound what clients can make the server hold. Sizes in bytes.
 *
 * @param connections open sockets; more are answered OVERLOADED and closed
 * @param httpBody of one request
 * @param headers of one request, all names and values
 * @param url of one request
 * @param headerTimeout from the first byte of a request head to its last
 * @param bodyIdle longest silence within a request body
 * @param writeStall longest time that one write to a stream may take before its socket is closed
 * @param keepAlive silence on a stream after which a comment line is written
 * @param source text of one inline program
 * @param sourceFiles texts of all further files of one inline program
 * @param upload of one stored program, as it is sent
 * @param appBody of one request to a program that answers them
 * @param message one message to a program
 * @param batch launches of one batch request
 * @param labels of one process
 * @param label characters of a label's name and of its value
 * @param streams open event and stats streams
 * @param watchersPerProcess open event streams of one process
 * @param jsonDepth nesting of a JSON body
 * @param jsonString characters of one string of a JSON body
 * @param waitMax longest {@code wait} of a request
 * @param idempotencyKeys remembered answers
 */
public record ServerLimits(
        int connections,
        int httpBody,
        int headers,
        int url,
        Duration headerTimeout,
        Duration bodyIdle,
        Duration writeStall,
        Duration keepAlive,
        int source,
        int sourceFiles,
        int upload,
        int appBody,
        int message,
        int batch,
        int labels,
        int label,
        int streams,
        int watchersPerProcess,
        int jsonDepth,
        int jsonString,
        Duration waitMax,
        int idempotencyKeys) {
    private static final int MIB = 1 << 20;

    public static final ServerLimits DEFAULT = new ServerLimits(
            4096,
            16 * MIB,
            16 << 10,
            8 << 10,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(15),
            MIB,
            4 * MIB,
            64 * MIB,
            32 * MIB,
            16 * MIB,
            256,
            16,
            128,
            2048,
            64,
            128,
            16 * MIB,
            Duration.ofSeconds(300),
            4096);

    /** State one limit for the guide and for {@code /v1/info}; a duration is given in seconds. */
    public record Row(String key, Number value, String over) {}

    /** List the limits in the order of the guide. */
    public List<Row> rows() {
        return List.of(
                new Row("connections", connections, "429 `OVERLOADED`, then closed"),
                new Row("http_body", httpBody, "413 `PAYLOAD_TOO_LARGE`"),
                new Row("headers", headers, "400 `BAD_REQUEST`"),
                new Row("url", url, "414 `BAD_REQUEST`"),
                new Row("header_timeout", seconds(headerTimeout), "408 `BAD_REQUEST`, then closed"),
                new Row("body_idle", seconds(bodyIdle), "408 `BAD_REQUEST`, then closed"),
                new Row("write_stall", seconds(writeStall), "closed"),
                new Row("keep_alive", seconds(keepAlive), "a comment line `: ka`"),
                new Row("source", source, "413 `PAYLOAD_TOO_LARGE`"),
                new Row("source_files", sourceFiles, "413 `PAYLOAD_TOO_LARGE`"),
                new Row("upload", upload, "413 `PAYLOAD_TOO_LARGE`"),
                new Row("app_body", appBody, "`PAYLOAD_TOO_LARGE` in the program"),
                new Row("message", message, "413 `PAYLOAD_TOO_LARGE`"),
                new Row("batch", batch, "400 `INVALID_ARGUMENT`"),
                new Row("labels", labels, "400 `INVALID_ARGUMENT`"),
                new Row("label", label, "400 `INVALID_ARGUMENT`"),
                new Row("streams", streams, "429 `RATE_LIMITED`"),
                new Row("watchers_per_process", watchersPerProcess, "429 `RATE_LIMITED`"),
                new Row("json_depth", jsonDepth, "400 `BAD_REQUEST`"),
                new Row("json_string", jsonString, "400 `BAD_REQUEST`"),
                new Row("wait", seconds(waitMax), "400 `INVALID_ARGUMENT`"),
                new Row("idempotency_keys", idempotencyKeys, "the oldest is forgotten"));
    }

    private static Number seconds(Duration d) {
        return d.toMillis() % 1000 == 0 ? (Number) d.toSeconds() : (Number) (d.toMillis() / 1000.0);
    }

    public ServerLimits withHttpBody(int bytes) {
        return new ServerLimits(
                connections,
                bytes,
                headers,
                url,
                headerTimeout,
                bodyIdle,
                writeStall,
                keepAlive,
                source,
                sourceFiles,
                upload,
                appBody,
                message,
                batch,
                labels,
                label,
                streams,
                watchersPerProcess,
                jsonDepth,
                jsonString,
                waitMax,
                idempotencyKeys);
    }

    public ServerLimits withTimes(Duration head, Duration body, Duration stall, Duration silence) {
        return new ServerLimits(
                connections,
                httpBody,
                headers,
                url,
                head,
                body,
                stall,
                silence,
                source,
                sourceFiles,
                upload,
                appBody,
                message,
                batch,
                labels,
                label,
                streams,
                watchersPerProcess,
                jsonDepth,
                jsonString,
                waitMax,
                idempotencyKeys);
    }

    public ServerLimits withStreams(int all, int perProcess) {
        return new ServerLimits(
                connections,
                httpBody,
                headers,
                url,
                headerTimeout,
                bodyIdle,
                writeStall,
                keepAlive,
                source,
                sourceFiles,
                upload,
                appBody,
                message,
                batch,
                labels,
                label,
                all,
                perProcess,
                jsonDepth,
                jsonString,
                waitMax,
                idempotencyKeys);
    }

    public ServerLimits withConnections(int count) {
        return new ServerLimits(
                count,
                httpBody,
                headers,
                url,
                headerTimeout,
                bodyIdle,
                writeStall,
                keepAlive,
                source,
                sourceFiles,
                upload,
                appBody,
                message,
                batch,
                labels,
                label,
                streams,
                watchersPerProcess,
                jsonDepth,
                jsonString,
                waitMax,
                idempotencyKeys);
    }
}
