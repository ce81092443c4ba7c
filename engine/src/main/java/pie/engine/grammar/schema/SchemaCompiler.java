package pie.engine.grammar.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import pie.engine.PieException;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Languages;
import pie.engine.grammar.expr.CodePoints;
import pie.engine.grammar.expr.Expr;
import pie.engine.grammar.expr.Rules;
import pie.engine.grammar.expr.Spelling;
import tools.jackson.databind.JsonNode;

/** Turn a JSON Schema into {@link Rules}. */
public final class SchemaCompiler {
    private final SchemaContext context;
    private final Rules rules;
    private final Budget budget;
    private final JsonText text;
    private final ValueCheck check;
    private final Map<String, Integer> known = new HashMap<>();

    private SchemaCompiler(SchemaContext context, Rules rules, boolean compact) {
        this.context = context;
        this.rules = rules;
        this.budget = context.budget();
        this.text = new JsonText(rules, compact, budget);
        this.check = new ValueCheck(context);
    }

    /**
     * Add the schema's rules and return the number of the one that the text is.
     *
     * @param ignored gets the pointers of keywords that {@code lenient} left out
     * @throws PieException INVALID_ARGUMENT for what is no schema, UNSUPPORTED for keywords; detail {@code pointer}
     */
    public static int compile(
            String schema, boolean lenient, boolean compact, Rules rules, Budget budget, Collection<String> ignored) {
        SchemaContext context = new SchemaContext(SchemaDocument.parse(schema), lenient, budget);
        SchemaCompiler compiler = new SchemaCompiler(context, rules, compact);
        Expr root = compiler.expr(Set.of(context.document().root()), Set.of());
        ignored.addAll(context.ignored());
        int rule = rules.declare("root", root);
        rules.limitSpaces(rule);
        return rule;
    }

    /** Return a call of the rule for values that satisfy all of the schemas. */
    private Expr expr(Set<Place> members, Set<String> chosen) {
        if (members.isEmpty()) {
            return text.value();
        }
        String key = new TreeSet<>(members.stream().map(Place::pointer).toList()) + "|" + new TreeSet<>(chosen);
        @Nullable Integer rule = known.get(key);
        if (rule == null) {
            budget.spend(1);
            rule = rules.declare(members.stream().map(Place::pointer).collect(Collectors.joining("&")));
            rules.limitSpaces(rule);
            known.put(key, rule);
            rules.define(rule, body(members, chosen));
        }
        return new Expr.Call(rule);
    }

    private Expr body(Set<Place> members, Set<String> chosen) {
        Conjunction all = Conjunction.of(context, members, chosen);
        if (all.never()) {
            return Expr.NEVER;
        }
        if (all.hasAny("const") || all.hasAny("enum")) {
            return listed(all);
        }
        if (!all.groups().isEmpty()) {
            return branches(all, chosen);
        }
        if (all.schemas().stream()
                .flatMap(schema -> schema.node().propertyNames().stream())
                .noneMatch(keyword -> Keywords.isSupported(keyword) && !Keywords.isTransparent(keyword))) {
            return text.value();
        }
        int kinds = all.kinds();
        List<Expr> parts = new ArrayList<>();
        if ((kinds & Kinds.OBJECT) != 0) {
            parts.add(object(all));
        }
        if ((kinds & Kinds.ARRAY) != 0) {
            parts.add(array(all));
        }
        if ((kinds & Kinds.STRING) != 0) {
            parts.add(string(all));
        }
        if ((kinds & Kinds.WHOLE) != 0) {
            parts.add(number(all, (kinds & Kinds.FRACTION) != 0));
        }
        if ((kinds & Kinds.BOOLEAN) != 0) {
            parts.add(text.bool());
        }
        if ((kinds & Kinds.NULL) != 0) {
            parts.add(text.nothing());
        }
        return Expr.choice(parts);
    }

    /** The values of the first list that satisfy everything. */
    private Expr listed(Conjunction all) {
        List<JsonNode> values = new ArrayList<>();
        List<Place> constants = all.all("const");
        if (constants.isEmpty()) {
            all.all("enum").getFirst().node().forEach(values::add);
        } else {
            values.add(constants.getFirst().node());
        }
        List<Expr> kept = new ArrayList<>();
        for (JsonNode value : values) {
            if (all.schemas().stream().allMatch(schema -> check.isValid(schema, value))) {
                kept.add(text.literal(value));
            }
        }
        return Expr.choice(kept);
    }

    private Expr branches(Conjunction all, Set<String> chosen) {
        Place group = all.groups().getFirst();
        Set<Place> rest = all.rest(group);
        Set<String> done = new LinkedHashSet<>(chosen);
        done.add(group.pointer());
        if (group.pointer().endsWith("/oneOf") && !new Disjoint(context).areDisjoint(group, rest, done)) {
            context.leaveOut(
                    group,
                    "the branches of this 'oneOf' cannot be proven to exclude each other (by type, or by a required property"
                            + " with different const or enum values): use 'anyOf' if they may overlap");
        }
        List<Expr> branches = new ArrayList<>();
        for (int i = 0; i < group.node().size(); i++) {
            Set<Place> members = new LinkedHashSet<>(rest);
            members.add(group.element(i));
            branches.add(expr(members, Conjunction.within(done, rest)));
        }
        if (branches.size() > 1) {
            for (Expr branch : branches) {
                if (branch instanceof Expr.Call call) {
                    rules.keepApart(call.rule());
                }
            }
        }
        return Expr.choice(branches);
    }

    private Expr number(Conjunction all, boolean fractions) {
        NumberBounds bounds = NumberBounds.of(all.schemas());
        if (bounds.none()) {
            return fractions ? text.number() : text.integer();
        }
        Dfa words = fractions
                ? NumberRange.decimals(bounds.low(), bounds.high(), budget)
                : NumberRange.integers(bounds.low(), bounds.high(), budget);
        return words.isEmpty() ? Expr.NEVER : new Expr.Words(words, Spelling.PLAIN);
    }

    private Expr string(Conjunction all) {
        int least = SchemaContext.least(all, "minLength");
        int most = SchemaContext.most(all, "maxLength");
        @Nullable Dfa words = null;
        for (Place pattern : all.all("pattern")) {
            words = both(words, context.pattern(pattern));
        }
        for (Place format : all.all("format")) {
            Optional<Dfa> texts = SchemaContext.format(format);
            words = texts.isPresent() ? both(words, texts.get()) : words;
        }
        if (words == null) {
            return text.string(least, most);
        }
        if (least > most) {
            return Expr.NEVER;
        }
        if (least > 0 || most < Integer.MAX_VALUE) {
            words = Languages.withLength(words, CodePoints.LAST + 1, least, most, budget);
        }
        return text.string(words);
    }

    private Dfa both(@Nullable Dfa a, Dfa b) {
        return a == null ? b : Languages.intersection(a, b, budget);
    }

    private Expr array(Conjunction all) {
        List<ArrayItems> layers = all.schemas().stream().map(ArrayItems::of).toList();
        int prefix =
                layers.stream().mapToInt(layer -> layer.prefix().size()).max().orElse(0);
        int least = SchemaContext.least(all, "minItems");
        int most = SchemaContext.most(all, "maxItems");
        if (least > most) {
            return Expr.NEVER;
        }
        int counted = Math.min(prefix, most);
        int more = Math.max(0, least - counted);
        Expr comma = text.comma();
        Expr rest = most <= counted ? Expr.NEVER : item(layers, prefix);
        int room = most == Expr.UNBOUNDED ? Expr.UNBOUNDED : most - counted;
        if (counted == 0) {
            return text.array(listOf(rest, more, room, comma));
        }
        Expr tail = Expr.repeat(Expr.sequence(comma, rest), more, room);
        for (int i = counted - 1; i >= 0; i--) {
            Expr element = item(layers, i);
            tail = Expr.sequence(i == 0 ? Expr.EMPTY : comma, element, tail);
            if (i >= least) {
                tail = Expr.optional(tail);
            }
        }
        return text.array(tail);
    }

    /** {@code least} to {@code most} items with commas between. */
    private static Expr listOf(Expr item, int least, int most, Expr comma) {
        if (most == 0) {
            return Expr.EMPTY;
        }
        Expr others = Expr.repeat(
                Expr.sequence(comma, item), Math.max(0, least - 1), most == Expr.UNBOUNDED ? Expr.UNBOUNDED : most - 1);
        Expr some = Expr.sequence(item, others);
        return least == 0 ? Expr.optional(some) : some;
    }

    private Expr item(List<ArrayItems> layers, int index) {
        Set<Place> members = new LinkedHashSet<>();
        layers.forEach(layer -> layer.at(index).ifPresent(members::add));
        return expr(members, Set.of());
    }

    private Expr object(Conjunction all) {
        Set<String> required = all.required();
        Set<String> names = new LinkedHashSet<>();
        for (Place properties : all.all("properties")) {
            names.addAll(properties.node().propertyNames());
        }
        names.addAll(required);
        List<Expr> members = new ArrayList<>();
        List<Boolean> needed = new ArrayList<>();
        for (String name : names) {
            Expr value = isNever(all.property(name)) ? Expr.NEVER : expr(all.property(name), Set.of());
            if (value instanceof Expr.Never) {
                if (required.contains(name)) {
                    return Expr.NEVER;
                }
                continue;
            }
            members.add(text.member(text.key(name), value));
            needed.add(required.contains(name));
        }
        return text.object(new Expr.Series(members, needed, extra(all, names), text.comma()));
    }

    private boolean isNever(Set<Place> schemas) {
        return schemas.stream()
                .anyMatch(schema -> schema.node().isBoolean() && !schema.node().asBoolean());
    }

    /**
     * Further members: as {@code additionalProperties} says; where nobody says anything, any if no schema names properties, else none.
     */
    private Expr extra(Conjunction all, Set<String> names) {
        Set<Place> values = new LinkedHashSet<>(all.all("additionalProperties"));
        boolean closed = values.isEmpty() && (all.hasAny("properties") || all.hasAny("required"));
        if (closed || isNever(values)) {
            return Expr.NEVER;
        }
        return text.member(text.stringsBut(List.copyOf(names)), expr(values, Set.of()));
    }
}
