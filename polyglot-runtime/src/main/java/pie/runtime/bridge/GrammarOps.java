package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.graalvm.polyglot.Value;
import pie.inferlet.Constraint;
import pie.inferlet.Grammar;
import pie.inferlet.GrammarConstraint;
import pie.inferlet.Json;
import pie.inferlet.Mask;
import pie.inferlet.Matcher;
import pie.inferlet.Model;
import pie.inferlet.Schema;
import pie.inferlet.Tokenizer;

/** Serve grammars, matchers and constraints. */
final class GrammarOps {
    private final Bridge bridge;

    GrammarOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call("grammar", a -> bridge.host().await(grammar(a), "host"));
        bridge.start("grammar_async", "host", GrammarOps::grammar, made -> made);
        bridge.call(
                "grammar_ignored", a -> dialect.list(a.handle(0, Grammar.class).ignored()));
        bridge.call("grammar_text", a -> a.handle(0, Grammar.class).toString());
        bridge.call("schema", this::schema);
        bridge.call("schema_build", a -> a.handle(0, Schema.class).buildConstraint(a.handle(1, Model.class)));
        bridge.call("matcher", a -> new Matcher(a.handle(0, Grammar.class), a.handle(1, Tokenizer.class)));
        bridge.start(
                "matcher_async",
                "host",
                a -> Matcher.createAsync(a.handle(0, Grammar.class), a.handle(1, Tokenizer.class)),
                made -> made);
        bridge.run("matcher_accept", a -> matcher(a).acceptTokens(a.ids(1, "ids")));
        bridge.call(
                "matcher_mask",
                a -> dialect.ints(matcher(a).nextTokenLogitMask().toBrle()));
        bridge.call("matcher_terminated", a -> matcher(a).isTerminated());
        bridge.call("matcher_fork", a -> matcher(a).fork());
        bridge.run("matcher_rollback", a -> matcher(a).rollback(a.integer(1, "n")));
        bridge.run("matcher_reset", a -> matcher(a).reset());
        bridge.call("constraint", a -> new GrammarConstraint(matcher(a)));
        bridge.call("callback", a -> new Callback(bridge, a.value(0)));
        bridge.call("constraint_step", a -> {
            Mask mask = a.handle(0, Constraint.class).step(a.ids(1, "accepted"));
            return dialect.ints(mask.toBrle());
        });
        bridge.call(
                "constraint_fork",
                a -> a.handle(0, Constraint.class)
                        .fork()
                        .orElseThrow(() -> Args.invalidType("fork: no copy can be made")));
        bridge.run("constraint_rollback", a -> a.handle(0, Constraint.class).rollback(a.integer(1, "n")));
        bridge.call("constraint_terminated", a -> a.handle(0, Constraint.class).isTerminated());
    }

    private static Matcher matcher(Args a) {
        return a.handle(0, Matcher.class);
    }

    /** Make a grammar: kind, then its source; for a schema, lenient and compact. */
    private static CompletableFuture<Grammar> grammar(Args a) {
        return switch (a.text(0, "kind")) {
            case "json_schema" -> Grammar.fromJsonSchemaAsync(schemaText(a, 1), options(a));
            case "json" -> Grammar.jsonAsync();
            case "regex" -> Grammar.fromRegexAsync(a.text(1, "pattern"));
            default -> Grammar.fromEbnfAsync(a.text(1, "grammar"));
        };
    }

    /** Make a schema: kind, then its source, or a grammar. */
    private Object schema(Args a) {
        return switch (a.text(0, "kind")) {
            case "json_schema" -> Schema.json(schemaText(a, 1), options(a));
            case "json" -> Schema.anyJson();
            case "regex" -> Schema.regex(a.text(1, "pattern"));
            case "grammar" -> Schema.grammar(a.handle(1, Grammar.class));
            default -> Schema.ebnf(a.text(1, "grammar"));
        };
    }

    private static Grammar.Options options(Args a) {
        return Grammar.Options.of().lenient(a.has(2) && a.flag(2, "lenient")).compact(a.has(3) && a.flag(3, "compact"));
    }

    /** Return a schema given as JSON text or as data, as text. */
    static String schemaText(Args a, int i) {
        return a.has(i) && a.value(i).isString() ? a.text(i, "schema") : Json.text(a.plain(i, "schema"));
    }

    /** Return the constraints given: one handle, or a list of them. */
    static List<Object> constraints(Value given) {
        List<Object> all = new ArrayList<>();
        if (given.isHostObject()) {
            Object one = given.asHostObject();
            all.add(one instanceof Callback callback ? new GuestConstraint(callback) : one);
        } else if (given.hasArrayElements()) {
            for (long k = 0; k < given.getArraySize(); k++) {
                all.addAll(constraints(given.getArrayElement(k)));
            }
        } else {
            throw Args.invalidType("constrain must be a Schema, a Constraint or a list of them");
        }
        return all;
    }
}
