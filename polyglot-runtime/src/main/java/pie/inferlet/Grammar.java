package pie.inferlet;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.Engine;
import pie.engine.PieException;
import pie.engine.grammar.GrammarSource;

/** Say what a text may be. Compiled once per source and vocabulary, for the default model when it is made. */
public final class Grammar {
    private final Host host;
    private final GrammarSource source;
    private final pie.engine.grammar.Grammar compiled;

    private Grammar(Host host, GrammarSource source, pie.engine.grammar.Grammar compiled) {
        this.host = host;
        this.source = source;
        this.compiled = compiled;
    }

    /** Choose how a JSON Schema is read. Fluent. */
    public static final class Options {
        private boolean lenient;
        private boolean compact;

        public static Options of() {
            return new Options();
        }

        /** Leave out keywords that are not supported; {@link Grammar#ignored} lists them. */
        public Options lenient(boolean on) {
            lenient = on;
            return this;
        }

        /** Allow no white space between the tokens of the JSON text. */
        public Options compact(boolean on) {
            compact = on;
            return this;
        }
    }

    /** Compile a JSON Schema: JSON text, or a {@code Map}. @throws PieException INVALID_ARGUMENT, UNSUPPORTED */
    public static Grammar fromJsonSchema(Object schema) {
        return fromJsonSchema(schema, Options.of());
    }

    public static Grammar fromJsonSchema(Object schema, Options options) {
        return of(schemaSource(schema, options));
    }

    public static CompletableFuture<Grammar> fromJsonSchemaAsync(Object schema) {
        return fromJsonSchemaAsync(schema, Options.of());
    }

    public static CompletableFuture<Grammar> fromJsonSchemaAsync(Object schema, Options options) {
        return ofAsync(schemaSource(schema, options));
    }

    private static GrammarSource schemaSource(Object schema, Options options) {
        return new GrammarSource.JsonSchema(schemaText(schema), options.lenient, options.compact);
    }

    /** Compile the grammar of any JSON value. */
    public static Grammar json() {
        return of(new GrammarSource.AnyJson(false));
    }

    public static CompletableFuture<Grammar> jsonAsync() {
        return ofAsync(new GrammarSource.AnyJson(false));
    }

    /** Compile a regular expression of JavaScript's flavour, for the whole text. */
    public static Grammar fromRegex(String pattern) {
        return of(new GrammarSource.Regex(pattern));
    }

    public static CompletableFuture<Grammar> fromRegexAsync(String pattern) {
        return ofAsync(new GrammarSource.Regex(pattern));
    }

    /** Compile an EBNF grammar of the GBNF style, with root rule {@code root}. */
    public static Grammar fromEbnf(String text) {
        return of(new GrammarSource.Ebnf(text));
    }

    public static CompletableFuture<Grammar> fromEbnfAsync(String text) {
        return ofAsync(new GrammarSource.Ebnf(text));
    }

    static Grammar of(GrammarSource source) {
        return Host.current().await(ofAsync(source), "host");
    }

    static CompletableFuture<Grammar> ofAsync(GrammarSource source) {
        Host host = Host.current();
        host.checkLive();
        return Futures.map(
                compile(host, host.engines().getFirst(), source), compiled -> new Grammar(host, source, compiled));
    }

    private static CompletableFuture<pie.engine.grammar.Grammar> compile(
            Host host, Engine engine, GrammarSource source) {
        return host.begun(engine.grammars().get(source), "host");
    }

    /** Return the text of a schema given as text or as data. */
    static String schemaText(@Nullable Object schema) {
        return switch (schema) {
            case String text -> text;
            case Map<?, ?> map -> Json.text(map);
            case Class<?> type -> Json.text(ToolSchema.of(type));
            case Boolean all -> Json.text(all);
            case null, default ->
                throw PieException.invalid("schema must be JSON text, a map or a class, got "
                        + (schema == null ? "nothing" : schema.getClass().getSimpleName()));
        };
    }

    /** Compile for the vocabulary of an engine, or find it compiled. */
    CompletableFuture<pie.engine.grammar.Grammar> on(Engine engine) {
        return engine == host.engines().getFirst()
                ? CompletableFuture.completedFuture(compiled)
                : compile(host, engine, source);
    }

    Host host() {
        return host;
    }

    /** Return the places of keywords that {@code lenient} left out, as JSON pointers. */
    public List<String> ignored() {
        return compiled.ignored();
    }

    @Override
    public String toString() {
        return compiled.toString();
    }
}
