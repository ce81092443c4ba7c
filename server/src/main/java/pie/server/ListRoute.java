package pie.server;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import pie.engine.PieException;
import pie.engine.process.InferletProcess;
import pie.engine.process.ProcessState;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** List processes, filtered, sorted and in pages; the newest first unless sorted. */
final class ListRoute {
    private static final int LIMIT = 100;
    private static final int LIMIT_MAX = 1000;
    private static final List<String> KINDS = List.of("process", "openai", "app");
    private static final Map<String, Comparator<InferletProcess>> SORTS = Map.of(
            "elapsed", Comparator.comparing(ProcessJson::elapsed),
            "tokens",
                    Comparator.comparingLong(
                            p -> p.glance().tokensIn() + p.glance().tokensOut()),
            "pages", Comparator.comparingDouble(p -> p.glance().pagesHeld()));

    private final Service service;
    private final Processes processes;

    ListRoute(Service service, Processes processes) {
        this.service = service;
        this.processes = processes;
    }

    Route route() {
        return Route.get(
                "/v1/processes",
                this::list,
                "state",
                "program",
                "label",
                "since",
                "kind",
                "q",
                "sort",
                "limit",
                "cursor",
                "all");
    }

    private void list(Exchange exchange) {
        List<InferletProcess> found =
                new ArrayList<>(service.launcher().processes().reversed());
        found.removeIf(filter(exchange).negate());
        exchange.query("sort").ifPresent(key -> found.sort(order(key)));
        int limit = exchange.number("limit", 1, LIMIT_MAX).orElse((long) LIMIT).intValue();
        int from = exchange.query("cursor").map(c -> after(found, c)).orElse(0);
        int to = Math.min(found.size(), from + limit);
        ObjectNode json = Json.object();
        ArrayNode items = json.putArray("items");
        found.subList(from, to).forEach(p -> items.add(processes.row(p)));
        if (to < found.size()) {
            json.put("next", found.get(to - 1).id().toString());
        } else {
            json.putNull("next");
        }
        exchange.json(200, json);
    }

    private static int after(List<InferletProcess> found, String cursor) {
        for (int i = 0; i < found.size(); i++) {
            if (found.get(i).id().toString().equals(cursor)) {
                return i + 1;
            }
        }
        throw PieException.invalid("cursor \"" + cursor + "\" is no longer in the list; start again without it");
    }

    private static Comparator<InferletProcess> order(String key) {
        boolean down = key.startsWith("-");
        Comparator<InferletProcess> order = SORTS.get(down ? key.substring(1) : key);
        if (order == null) {
            throw PieException.invalid("query parameter \"sort\" knows "
                    + SORTS.keySet().stream().sorted().toList() + ", each with an optional -, got \"" + key + "\"");
        }
        return down ? order.reversed() : order;
    }

    private static Predicate<InferletProcess> filter(Exchange exchange) {
        Predicate<InferletProcess> all = p -> true;
        Optional<String> state = exchange.query("state");
        if (state.isPresent()) {
            Set<ProcessState> states = states(state.get());
            all = all.and(p -> states.contains(p.state()));
        }
        Optional<String> program = exchange.query("program");
        if (program.isPresent()) {
            String name = program.get();
            all = all.and(p -> p.program().equals(name) || p.program().startsWith(name + "@"));
        }
        for (String label : exchange.queryAll("label")) {
            int colon = label.indexOf(':');
            if (colon < 1) {
                throw PieException.invalid("query parameter \"label\" must be name:value, got \"" + label + "\"");
            }
            String name = label.substring(0, colon);
            String value = label.substring(colon + 1);
            all = all.and(p -> value.equals(p.labels().get(name)));
        }
        Optional<Instant> since = exchange.query("since").map(ListRoute::instant);
        if (since.isPresent()) {
            Instant from = since.get();
            all = all.and(p -> !p.created().isBefore(from));
        }
        Optional<String> kind = exchange.query("kind");
        if (kind.isPresent()) {
            List<String> kinds = kinds(kind.get());
            all = all.and(p -> kinds.contains(p.kind()));
        }
        Optional<String> text = exchange.query("q").map(q -> q.toLowerCase(Locale.ROOT));
        return text.isEmpty() ? all : all.and(p -> mentions(p, text.get()));
    }

    private static boolean mentions(InferletProcess p, String text) {
        return (p.id() + " " + p.program() + " " + p.labels())
                .toLowerCase(Locale.ROOT)
                .contains(text);
    }

    private static Set<ProcessState> states(String text) {
        var states = new java.util.HashSet<ProcessState>();
        for (String word : text.split(",")) {
            states.add(Arrays.stream(ProcessState.values())
                    .filter(s -> s.word().equals(word.strip()))
                    .findFirst()
                    .orElseThrow(() -> PieException.invalid("query parameter \"state\" knows "
                            + Arrays.stream(ProcessState.values())
                                    .map(ProcessState::word)
                                    .toList()
                            + ", got \"" + word + "\"")));
        }
        return states;
    }

    private static List<String> kinds(String text) {
        List<String> kinds = List.of(text.split(","));
        for (String kind : kinds) {
            if (!KINDS.contains(kind)) {
                throw PieException.invalid("query parameter \"kind\" knows " + KINDS + ", got \"" + kind + "\"");
            }
        }
        return kinds;
    }

    private static Instant instant(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw PieException.invalid(
                    "query parameter \"since\" must be a time like 2026-01-31T12:00:00Z, got \"" + text + "\"");
        }
    }
}
