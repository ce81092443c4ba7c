package pie.engine.grammar.schema;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pie.engine.PieException;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.regex.Regex;
import tools.jackson.databind.JsonNode;

/** Hold what the parts of one compilation share: the document, how strict to be, and what was found on the way. */
final class SchemaContext {
    private final SchemaDocument document;
    private final boolean lenient;
    private final Budget budget;
    private final Set<String> ignored = new LinkedHashSet<>();
    private final Set<String> checked = new LinkedHashSet<>();
    private final Map<String, Dfa> patterns = new HashMap<>();

    SchemaContext(SchemaDocument document, boolean lenient, Budget budget) {
        this.document = document;
        this.lenient = lenient;
        this.budget = budget;
    }

    SchemaDocument document() {
        return document;
    }

    Budget budget() {
        return budget;
    }

    /** Return the pointers of keywords left out. */
    Set<String> ignored() {
        return ignored;
    }

    /** Refuse, or with {@code lenient} take note of, keywords that are not supported. */
    void check(Place schema) {
        if (!checked.add(schema.pointer())) {
            return;
        }
        budget.spend(1);
        if (!schema.node().isObject() && !schema.node().isBoolean()) {
            throw SchemaErrors.invalid(schema.pointer(), "a schema must be an object, true or false");
        }
        for (String keyword : schema.node().propertyNames()) {
            if (!Keywords.isSupported(keyword) && !Keywords.isAnnotation(keyword)) {
                leaveOut(schema.member(keyword), "the keyword '" + keyword + "' is not supported");
            }
        }
        if (schema.has("properties") && !schema.node().get("properties").isObject()) {
            throw SchemaErrors.invalid(schema.member("properties").pointer(), "must be an object");
        }
        if (schema.has("required") && !schema.node().get("required").isArray()) {
            throw SchemaErrors.invalid(schema.member("required").pointer(), "must be a list of keys");
        }
        if (schema.has("enum") && !schema.node().get("enum").isArray()) {
            throw SchemaErrors.invalid(schema.member("enum").pointer(), "must be a list of values");
        }
        for (String keyword : new String[] {"anyOf", "oneOf", "allOf", "prefixItems"}) {
            if (schema.has(keyword)
                    && (!schema.node().get(keyword).isArray()
                            || schema.node().get(keyword).isEmpty())) {
                throw SchemaErrors.invalid(schema.member(keyword).pointer(), "must be a list of schemas, at least one");
            }
        }
    }

    /** Throw UNSUPPORTED for the keyword's place, or with {@code lenient} take note of it. */
    void leaveOut(Place keyword, String problem) {
        if (!lenient) {
            throw SchemaErrors.unsupported(keyword.pointer(), problem + "; 'lenient' would leave it out");
        }
        ignored.add(keyword.pointer());
    }

    /** Return the only schema of an {@code allOf}; several are left out or refused. */
    Optional<Place> onlyOfAll(Place schema) {
        if (!schema.has("allOf")) {
            return Optional.empty();
        }
        Place all = schema.member("allOf");
        if (all.node().size() == 1) {
            return Optional.of(all.element(0));
        }
        leaveOut(all, "'allOf' of several schemas is not supported: write one schema");
        return Optional.empty();
    }

    /** Return the texts in which the pattern at a place is found. */
    Dfa pattern(Place pattern) {
        if (!pattern.node().isString()) {
            throw SchemaErrors.invalid(pattern.pointer(), "must be a regular expression");
        }
        return patterns.computeIfAbsent(pattern.node().asString(), regex -> {
            try {
                return Regex.search(regex, budget);
            } catch (PieException e) {
                throw e.details().containsKey("column") ? SchemaErrors.at(pattern.pointer(), e) : e;
            }
        });
    }

    static Optional<Dfa> format(Place format) {
        if (!format.node().isString()) {
            throw SchemaErrors.invalid(format.pointer(), "must be the name of a format");
        }
        return Formats.find(format.node().asString());
    }

    /** Return a count: not negative, cut at {@link Integer#MAX_VALUE}. */
    static int count(Place count) {
        JsonNode node = count.node();
        if (!node.isNumber()
                || node.decimalValue().signum() < 0
                || node.decimalValue().stripTrailingZeros().scale() > 0) {
            throw SchemaErrors.invalid(count.pointer(), "must be a whole number that is not negative");
        }
        return node.decimalValue().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) >= 0
                ? Integer.MAX_VALUE
                : node.decimalValue().intValueExact();
    }

    static int least(Conjunction all, String keyword) {
        return all.all(keyword).stream().mapToInt(SchemaContext::count).max().orElse(0);
    }

    static int most(Conjunction all, String keyword) {
        return all.all(keyword).stream().mapToInt(SchemaContext::count).min().orElse(Integer.MAX_VALUE);
    }
}
