package pie.engine.grammar.schema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import pie.engine.grammar.automaton.Budget;
import pie.engine.grammar.automaton.Dfa;
import pie.engine.grammar.automaton.Languages;
import pie.engine.grammar.expr.CodePoints;
import pie.engine.grammar.expr.Expr;
import pie.engine.grammar.expr.Rules;
import pie.engine.grammar.expr.Spaces;
import pie.engine.grammar.expr.Spelling;
import pie.engine.grammar.regex.Regex;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Write the parts of JSON texts as expressions. Rules for strings and any values are made once. */
public final class JsonText {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();
    private static final String HEX = "0123456789abcdefABCDEF";

    /** One character of a string, in any form that JSON has for it; surrogates only in pairs. */
    static final Expr CHARACTER = character();

    private final Rules rules;
    private final Budget budget;
    private final Expr space;
    private int string = -1;
    private int value = -1;

    public JsonText(Rules rules, boolean compact, Budget budget) {
        this.rules = rules;
        this.budget = budget;
        this.space = compact ? Expr.EMPTY : Spaces.ANY;
    }

    private static Expr character() {
        Expr hex = Expr.anyOf(HEX);
        return Expr.choice(
                Expr.chars(CodePoints.range(0x20, CodePoints.LAST).minus(CodePoints.anyOf("\"\\"))),
                Expr.sequence(Expr.text("\\"), Expr.anyOf("\"\\/bfnrt")),
                Expr.sequence(Expr.text("\\u"), Expr.anyOf(HEX.replaceAll("[dD]", "")), Expr.repeat(hex, 3, 3)),
                Expr.sequence(Expr.text("\\u"), Expr.anyOf("dD"), Expr.anyOf("01234567"), Expr.repeat(hex, 2, 2)),
                Expr.sequence(
                        Expr.text("\\u"),
                        Expr.anyOf("dD"),
                        Expr.anyOf("89abAB"),
                        Expr.repeat(hex, 2, 2),
                        Expr.text("\\u"),
                        Expr.anyOf("dD"),
                        Expr.anyOf("cdefCDEF"),
                        Expr.repeat(hex, 2, 2)));
    }

    Expr space() {
        return space;
    }

    Expr comma() {
        return Expr.sequence(space, Expr.text(","), space);
    }

    /** Any string. */
    Expr string() {
        if (string < 0) {
            string = rules.declare("string", Expr.sequence(Expr.text("\""), Expr.star(CHARACTER), Expr.text("\"")));
        }
        return new Expr.Call(string);
    }

    /** Strings of so many code points. */
    Expr string(int least, int most) {
        if (least == 0 && most == Expr.UNBOUNDED) {
            return string();
        }
        return least > most
                ? Expr.NEVER
                : new Expr.Call(rules.declare("string", new Expr.Quoted(CHARACTER, least, most)));
    }

    /** Strings whose value is a word of the automaton. */
    Expr string(Dfa words) {
        if (words.isEmpty()) {
            return Expr.NEVER;
        }
        Expr inner = new Expr.Words(words, Spelling.JSON);
        return new Expr.Call(rules.declare("string", Expr.sequence(Expr.text("\""), inner, Expr.text("\""))));
    }

    /** Strings other than these. */
    Expr stringsBut(List<String> names) {
        if (names.isEmpty()) {
            return string();
        }
        Dfa any = Languages.lengths(CodePoints.LAST + 1, 0, Integer.MAX_VALUE, budget);
        Dfa named = Languages.words(
                names.stream().map(name -> name.codePoints().toArray()).toList(), budget);
        return string(Languages.difference(any, named, budget));
    }

    Expr number() {
        return pattern("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?");
    }

    Expr integer() {
        return pattern("0|-?[1-9][0-9]*");
    }

    Expr pattern(String regex) {
        return new Expr.Words(Regex.whole(regex, budget), Spelling.PLAIN);
    }

    Expr bool() {
        return Expr.choice(Expr.text("true"), Expr.text("false"));
    }

    Expr nothing() {
        return Expr.text("null");
    }

    /** A member of an object. */
    Expr member(Expr key, Expr memberValue) {
        return Expr.sequence(key, space, Expr.text(":"), space, memberValue);
    }

    Expr key(String name) {
        return Expr.text(MAPPER.writeValueAsString(name));
    }

    Expr object(Expr members) {
        return Expr.sequence(Expr.text("{"), space, members, space, Expr.text("}"));
    }

    Expr array(Expr elements) {
        return Expr.sequence(Expr.text("["), space, elements, space, Expr.text("]"));
    }

    /** Any value. */
    public Expr value() {
        if (value < 0) {
            value = rules.declare("value");
            rules.limitSpaces(value);
            rules.define(value, Expr.choice(object(), array(), string(), number(), bool(), nothing()));
        }
        return new Expr.Call(value);
    }

    Expr object() {
        return object(new Expr.Series(List.of(), List.of(), member(string(), value()), comma()));
    }

    Expr array() {
        return array(new Expr.Series(List.of(), List.of(), value(), comma()));
    }

    /** Exactly this value, its strings and numbers in their usual form. */
    Expr literal(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> {
                List<Expr> members = new ArrayList<>();
                for (Map.Entry<String, JsonNode> entry : node.properties()) {
                    members.add(member(key(entry.getKey()), literal(entry.getValue())));
                }
                yield object(joined(members));
            }
            case ARRAY -> {
                List<Expr> elements = new ArrayList<>();
                node.forEach(element -> elements.add(literal(element)));
                yield array(joined(elements));
            }
            case NUMBER -> Expr.text(decimal(node.decimalValue()));
            default -> Expr.text(MAPPER.writeValueAsString(node));
        };
    }

    private Expr joined(List<Expr> parts) {
        List<Expr> all = new ArrayList<>();
        for (Expr part : parts) {
            if (!all.isEmpty()) {
                all.add(comma());
            }
            all.add(part);
        }
        return Expr.sequence(all);
    }

    private static String decimal(BigDecimal number) {
        BigDecimal plain = number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros();
        boolean small = plain.precision() - plain.scale() <= 40 && plain.scale() <= 40;
        return small ? plain.toPlainString() : plain.toString();
    }
}
