package pie.server;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Find the route of a request. HEAD is answered by GET routes. */
final class Router {
    /** Carry a route and the segments that its names stand for. */
    record Match(Route route, Map<String, String> path) {}

    /** End of a last name that stands for all segments that are left. */
    private static final String REST = "...}";

    private record Entry(Route route, String[] segments) {}

    private final List<Entry> entries = new ArrayList<>();

    Router(List<Route> routes) {
        for (Route r : routes) {
            entries.add(new Entry(r, r.pattern().split("/", -1)));
        }
    }

    List<Route> routes() {
        return entries.stream().map(Entry::route).toList();
    }

    /** @throws PieException NOT_FOUND, or METHOD_NOT_ALLOWED with {@code details.allow} */
    Match match(String method, String path) {
        String wanted = method.equals("HEAD") ? "GET" : method;
        String[] segments = path.split("/", -1);
        var allowed = new TreeSet<String>();
        Optional<Match> best = Optional.empty();
        for (Entry e : entries) {
            Optional<Map<String, String>> names = bind(e.segments, segments);
            if (names.isEmpty()) {
                continue;
            }
            if (e.route.method().equals(wanted)) {
                // a route without names wins: /v1/processes/batch over /v1/processes/{id}
                if (best.isEmpty() || names.get().isEmpty()) {
                    best = Optional.of(new Match(e.route, names.get()));
                }
            } else {
                allowed.add(e.route.method());
            }
        }
        if (best.isPresent()) {
            return best.get();
        }
        if (allowed.isEmpty()) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "no route for " + path + "; GET /openapi.json lists them",
                    Map.of("kind", "route"));
        }
        if (allowed.contains("GET")) {
            allowed.add("HEAD");
        }
        allowed.add("OPTIONS");
        throw new PieException(
                ErrorCode.METHOD_NOT_ALLOWED,
                method + " is not allowed for " + path + "; use " + String.join(", ", allowed),
                Map.of("allow", List.copyOf(allowed)));
    }

    private static Optional<Map<String, String>> bind(String[] pattern, String[] segments) {
        boolean rest = pattern[pattern.length - 1].endsWith(REST);
        if (rest ? segments.length < pattern.length : segments.length != pattern.length) {
            return Optional.empty();
        }
        var names = new HashMap<String, String>();
        for (int i = 0; i < pattern.length; i++) {
            String p = pattern[i];
            if (p.endsWith(REST)) {
                String value = String.join("/", List.of(segments).subList(i, segments.length));
                names.put(p.substring(1, p.length() - REST.length()), value);
                return value.isEmpty() ? Optional.empty() : Optional.of(names);
            }
            if (p.startsWith("{")) {
                if (segments[i].isEmpty()) {
                    return Optional.empty();
                }
                names.put(p.substring(1, p.length() - 1), segments[i]);
            } else if (!p.equals(segments[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(names);
    }
}
