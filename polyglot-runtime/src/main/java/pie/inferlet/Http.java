package pie.inferlet;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Ask other hosts, and answer requests: module {@code http}. What may be asked is a permission; private addresses may not, whatever leads to them. */
public final class Http {
    private Http() {}

    /** Return the body of an answer with a status of 2xx. @throws PieException UPSTREAM_FAILURE for any other, PERMISSION_DENIED */
    public static byte[] get(String url) {
        return get(url, FetchOptions.of());
    }

    public static byte[] get(String url, FetchOptions options) {
        return Host.current().await(getAsync(url, options), "host");
    }

    public static CompletableFuture<byte[]> getAsync(String url) {
        return getAsync(url, FetchOptions.of());
    }

    public static CompletableFuture<byte[]> getAsync(String url, FetchOptions options) {
        return Futures.then(fetchAsync(url, options), response -> {
            if (!response.ok()) {
                response.close();
                throw new PieException(
                        ErrorCode.UPSTREAM_FAILURE,
                        "http.get: " + response.url() + " answers with status " + response.status(),
                        Map.of("peer", response.url(), "status", response.status()));
            }
            return response.bytesAsync();
        });
    }

    /**
     * Answer a request with server-sent events, each sent at once.
     *
     * @param events iterator, iterable or stream of texts, of maps with {@code event data id retry}, or of any JSON values
     */
    public static Response sse(Object events) {
        return Response.of(ServerEvents.framed(events))
                .header("content-type", "text/event-stream; charset=utf-8")
                .header("cache-control", "no-cache");
    }

    /** Send a request; returns an answer of any status. @throws PieException UPSTREAM_FAILURE, PERMISSION_DENIED */
    public static Response fetch(String url) {
        return fetch(url, FetchOptions.of());
    }

    public static Response fetch(String url, FetchOptions options) {
        return Host.current().await(fetchAsync(url, options), "host");
    }

    public static CompletableFuture<Response> fetchAsync(String url) {
        return fetchAsync(url, FetchOptions.of());
    }

    public static CompletableFuture<Response> fetchAsync(String url, FetchOptions options) {
        Host host = Host.current();
        host.checkLive();
        return Futures.map(
                host.begun(host.web().send(options.request(url)), "host"), answer -> new Response(host, answer));
    }
}
