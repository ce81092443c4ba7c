package pie.server;

import java.util.Set;

/**
 * Bind a method and a path to a handler.
 *
 * @param pattern path with names in braces, each standing for one segment, or, as {@code {name...}}, for all that
 *     are left: {@code /v1/processes/{id}/events}
 * @param query names of the parameters that it knows; others are refused
 * @param open whether it is answered without a token and before the instance is up
 */
record Route(String method, String pattern, Set<String> query, boolean open, Handler handler) {
    /** Answer one request; a thrown {@link pie.engine.PieException} becomes an error body. */
    interface Handler {
        void handle(Exchange exchange) throws Exception;
    }

    static Route get(String pattern, Handler handler, String... query) {
        return new Route("GET", pattern, Set.of(query), false, handler);
    }

    static Route post(String pattern, Handler handler, String... query) {
        return new Route("POST", pattern, Set.of(query), false, handler);
    }

    static Route put(String pattern, Handler handler, String... query) {
        return new Route("PUT", pattern, Set.of(query), false, handler);
    }

    static Route delete(String pattern, Handler handler, String... query) {
        return new Route("DELETE", pattern, Set.of(query), false, handler);
    }

    Route asOpen() {
        return new Route(method, pattern, query, true, handler);
    }
}
