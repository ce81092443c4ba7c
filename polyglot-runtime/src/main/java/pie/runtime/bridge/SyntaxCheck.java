package pie.runtime.bridge;

import java.util.Map;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Parse the files of programs without running them. Safe for use from several threads. */
public final class SyntaxCheck {
    /** Say how a language takes a file, and what it says of an error in it. */
    public interface Scripts {
        Source.Builder source(String text, String file);

        /** Return what the author is told. */
        default String message(String said) {
            return said;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(SyntaxCheck.class);

    private final Engine engine;
    private final String language;
    private final Map<String, String> options;
    private final FirstContext first;
    private final Scripts scripts;
    private @Nullable Context parser;

    /**
     * @param language the polyglot id
     * @param first lends a context for the first check
     */
    public SyntaxCheck(
            Engine engine, String language, Map<String, String> options, FirstContext first, Scripts scripts) {
        this.engine = engine;
        this.language = language;
        this.options = options;
        this.first = first;
        this.scripts = scripts;
    }

    /**
     * Parse files.
     *
     * @param texts by name
     * @throws pie.engine.PieException SOURCE_ERROR with {@code file line column}
     */
    public void check(Map<String, String> texts) {
        Context context = first.take().orElseGet(this::parser);
        synchronized (context) {
            texts.forEach((file, text) -> parse(context, file, text));
        }
    }

    private synchronized Context parser() {
        Context context = parser;
        if (context == null) {
            context = Walls.context(engine, language, options, IOAccess.NONE).build();
            parser = context;
        }
        return context;
    }

    private void parse(Context context, String file, String text) {
        try {
            context.parse(scripts.source(text, file).cached(false).buildLiteral());
        } catch (PolyglotException e) {
            if (e.isInternalError()) {
                // Parsers have faults, which show with text that is no program.
                LOG.warn("the parser of {} fails on a file", language, e);
                throw GuestFailure.syntax("the file cannot be parsed", file, 1, 1);
            }
            if (!e.isSyntaxError()) {
                throw e;
            }
            @Nullable SourceSection at = e.getSourceLocation();
            throw GuestFailure.syntax(
                    scripts.message(String.valueOf(e.getMessage())),
                    file,
                    at == null ? 1 : at.getStartLine(),
                    at == null ? 1 : at.getStartColumn());
        }
    }
}
