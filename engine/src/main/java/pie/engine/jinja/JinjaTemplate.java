package pie.engine.jinja;

import java.time.LocalDateTime;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A compiled template. Safe for use from several threads. */
public final class JinjaTemplate {
    private final Statement.Body body;
    private final Supplier<LocalDateTime> clock;

    private JinjaTemplate(Statement.Body body, Supplier<LocalDateTime> clock) {
        this.body = body;
        this.clock = clock;
    }

    /**
     * Compile a template.
     *
     * @param clock what {@code strftime_now} takes for now
     * @throws JinjaException if it is no Jinja, or uses inheritance or other files, of which there are none here
     */
    public static JinjaTemplate compile(String source, Supplier<LocalDateTime> clock) {
        return new JinjaTemplate(Parser.template(Lexer.tokens(source)), clock);
    }

    /**
     * Return what the template prints.
     *
     * @param variables text, numbers, booleans, null, and maps and lists of such; they are not changed
     * @throws JinjaException if it fails
     * @throws Refusal if it says that it does not take this
     */
    public String render(Map<String, ? extends @Nullable Object> variables) {
        var globals = new Scope(Functions.all(clock));
        Scope given = globals.inner();
        variables.forEach(given::set);
        try {
            return body.printed(given.inner());
        } catch (StackOverflowError e) {
            throw new JinjaException("it calls itself too deeply");
        }
    }
}
