package pie.bench.grammar;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.grammar.Grammar;
import pie.engine.grammar.GrammarCompiler;
import pie.engine.grammar.GrammarLimits;
import pie.engine.grammar.GrammarSource;
import pie.engine.grammar.Matcher;
import pie.engine.grammar.TokenIndex;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Run the groups of the public JSON Schema test suite: a schema, and instances that are valid or not. A schema is taken or refused. Of
 * a schema taken, every invalid instance must be refused in any order of keys; a valid one should be accepted in some order.
 */
final class SchemaSuite {
    private static final Set<String> IGNORED_FORMATS = Set.of(
            "idn-email",
            "idn-hostname",
            "iri",
            "iri-reference",
            "regex",
            "uri-template",
            "color",
            "host-name",
            "ip-address");
    private static final int MOST_ORDERS = 24;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    private final GrammarCompiler compiler = new GrammarCompiler(
            new TokenIndex(new ByteTokenizer(), new int[] {ByteTokenizer.STOP}),
            GrammarLimits.DEFAULT,
            System::nanoTime);

    int taken;
    int refused;
    int unsatisfiable;
    int validAccepted;
    int invalidRefused;
    int formatIgnored;
    final List<String> narrowed = new ArrayList<>();
    final List<String> wrong = new ArrayList<>();
    final Map<String, Integer> reasons = new TreeMap<>();

    void run(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(directory)) {
            files = all.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
        for (Path file : files) {
            for (JsonNode group : MAPPER.readTree(file)) {
                group(directory.relativize(file).toString(), group);
            }
        }
    }

    /** Return the counts in one line. */
    String summary(String draft) {
        return String.format(
                Locale.ROOT,
                "%s: schemas %d taken, %d refused, %d without any text; valid instances %d accepted, %d narrowed away;"
                        + " invalid ones %d refused, %d WRONG, %d by formats that are not enforced",
                draft,
                taken,
                refused,
                unsatisfiable,
                validAccepted,
                narrowed.size(),
                invalidRefused,
                wrong.size(),
                formatIgnored);
    }

    private void group(String file, JsonNode group) {
        String name = file + ": " + group.path("description").asString("");
        Grammar grammar;
        try {
            grammar = compiler.compile(
                    new GrammarSource.JsonSchema(MAPPER.writeValueAsString(group.get("schema")), false, false));
        } catch (PieException e) {
            if (e.code() == ErrorCode.UNSUPPORTED) {
                refused++;
                reasons.merge(reason(e), 1, Integer::sum);
            } else {
                unsatisfiable++;
                boolean anyValid = group.get("tests")
                        .valueStream()
                        .anyMatch(test -> test.get("valid").asBoolean());
                if (anyValid) {
                    narrowed.add(name + " [" + e.message() + "]");
                }
            }
            return;
        }
        taken++;
        for (JsonNode test : group.get("tests")) {
            boolean accepted = orders(test.get("data")).stream().anyMatch(text -> accepts(grammar, text));
            boolean valid = test.get("valid").asBoolean();
            if (valid && !accepted) {
                narrowed.add(name + ": " + test.get("description").asString() + " " + test.get("data"));
            } else if (!valid && accepted && isFormatIgnored(group.get("schema"))) {
                formatIgnored++;
            } else if (!valid && accepted) {
                wrong.add(name + ": " + test.get("description").asString() + " " + test.get("data"));
            } else if (valid) {
                validAccepted++;
            } else {
                invalidRefused++;
            }
        }
    }

    /** Whether the schema is of a format that is an annotation to pie. */
    private static boolean isFormatIgnored(JsonNode schema) {
        return IGNORED_FORMATS.contains(schema.path("format").asString(""));
    }

    static String reason(PieException e) {
        String pointer = String.valueOf(e.details().getOrDefault("pointer", ""));
        String last = pointer.substring(pointer.lastIndexOf('/') + 1);
        return last.isEmpty() ? e.message() : last;
    }

    private static boolean accepts(Grammar grammar, String text) {
        Matcher matcher = new Matcher(grammar);
        for (int token : new ByteTokenizer().encode(text, false)) {
            if (!matcher.accept(token)) {
                return false;
            }
        }
        return matcher.canEnd();
    }

    /** Write a value with the keys of its objects in several orders. */
    static List<String> orders(JsonNode value) {
        List<String> texts = List.of("");
        if (value.isArray()) {
            texts = List.of("[");
            for (int i = 0; i < value.size(); i++) {
                texts = joined(texts, i == 0 ? "" : ",", orders(value.get(i)));
            }
            return joined(texts, "", List.of("]"));
        }
        if (value.isObject()) {
            List<String> members = new ArrayList<>();
            for (List<String> keys : permutations(List.copyOf(value.propertyNames()))) {
                List<String> some = List.of("{");
                for (int i = 0; i < keys.size(); i++) {
                    String key = (i == 0 ? "" : ",") + MAPPER.writeValueAsString(keys.get(i)) + ":";
                    some = joined(some, key, orders(value.get(keys.get(i))));
                }
                members.addAll(joined(some, "", List.of("}")));
                if (members.size() >= MOST_ORDERS) {
                    break;
                }
            }
            return members;
        }
        return List.of(MAPPER.writeValueAsString(value));
    }

    private static List<String> joined(List<String> before, String between, List<String> after) {
        List<String> all = new ArrayList<>();
        for (String left : before) {
            for (String right : after) {
                if (all.size() < MOST_ORDERS) {
                    all.add(left + between + right);
                }
            }
        }
        return all;
    }

    private static List<List<String>> permutations(List<String> keys) {
        if (keys.size() < 2) {
            return List.of(keys);
        }
        List<List<String>> all = new ArrayList<>();
        for (String first : keys) {
            List<String> rest = new ArrayList<>(keys);
            rest.remove(first);
            for (List<String> tail : permutations(rest)) {
                List<String> one = new ArrayList<>();
                one.add(first);
                one.addAll(tail);
                all.add(one);
                if (all.size() >= MOST_ORDERS) {
                    return all;
                }
            }
        }
        return all;
    }
}
