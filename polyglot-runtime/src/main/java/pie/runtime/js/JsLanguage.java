package pie.runtime.js;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;
import pie.runtime.Guest;
import pie.runtime.GuestLanguage;
import pie.runtime.Language;
import pie.runtime.Portable;
import pie.runtime.ProgramCache;
import pie.runtime.ProgramSource;
import pie.runtime.bridge.FirstContext;
import pie.runtime.bridge.GuestFailure;
import pie.runtime.bridge.Walls;

/** Run JavaScript, and TypeScript without its types, on GraalJS; all contexts share one polyglot engine. */
final class JsLanguage implements GuestLanguage<JsProgram> {
    static final Map<String, String> OPTIONS = Map.of(
            "js.load", "false",
            "js.print", "false",
            "js.console", "false",
            "js.java-package-globals", "false",
            "js.polyglot-builtin", "false",
            "js.graal-builtin", "false",
            "js.esm-eval-returns-exports", "true");
    static final String MODULE = "application/javascript+module";

    private final Engine engine = Walls.engine("js");
    private final Map<String, String> library = JsFiles.library();
    private final TypeStripper stripper = new TypeStripper(engine);
    private final ProgramCache<JsProgram> programs = new ProgramCache<>();
    private final FirstContext first;
    private @Nullable Context parser;

    /** @param once whether one launch is all that is wanted */
    JsLanguage(boolean once) {
        first = new FirstContext(once);
    }

    @Override
    public Set<Language> languages() {
        return Set.of(Language.JAVASCRIPT, Language.TYPESCRIPT);
    }

    @Override
    public JsProgram check(ProgramSource source) {
        return programs.of(source, this::checked);
    }

    private JsProgram checked(ProgramSource source) {
        var sources = new LinkedHashMap<>(source.files());
        sources.put(source.file(), source.code());
        var files = new LinkedHashMap<String, String>();
        Context context = first.take().orElseGet(this::parser);
        synchronized (context) {
            sources.forEach((name, text) -> files.put(name, plain(context, name, text)));
        }
        return new JsProgram(Map.copyOf(files), Map.copyOf(sources), source.file(), source.entry());
    }

    /** Return what runs of a file. */
    private String plain(Context context, String name, String text) {
        Language language = Language.ofFile(name).orElse(Language.PYTHON);
        if (language != Language.JAVASCRIPT && language != Language.TYPESCRIPT) {
            return text;
        }
        boolean typescript = language == Language.TYPESCRIPT;
        String script = typescript || TypeStripper.lowers(text) ? stripper.strip(name, text, typescript) : text;
        parse(context, name, script);
        return script;
    }

    private synchronized Context parser() {
        Context context = parser;
        if (context == null) {
            context = Walls.context(engine, "js", OPTIONS, IOAccess.NONE).build();
            parser = context;
        }
        return context;
    }

    private static void parse(Context context, String file, String text) {
        try {
            context.parse(Source.newBuilder("js", text, file)
                    .mimeType(MODULE)
                    .cached(false)
                    .buildLiteral());
        } catch (PolyglotException e) {
            if (!e.isSyntaxError()) {
                throw e;
            }
            @Nullable SourceSection at = e.getSourceLocation();
            String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("syntax error");
            throw GuestFailure.syntax(
                    message.replaceFirst("^SyntaxError: \\S+?:\\d+:\\d+ ", "SyntaxError: "),
                    file,
                    at == null ? 1 : at.getStartLine(),
                    at == null ? 1 : at.getStartColumn());
        }
    }

    @Override
    public boolean records() {
        return true;
    }

    @Override
    public Optional<Portable<JsProgram>> portable() {
        return Optional.of(new Portable<>(JsProgram.class, new JsDialect(), true));
    }

    @Override
    public Guest<JsProgram> prepare() {
        return first.make(() -> new JsGuest(engine, library), JsGuest::context);
    }

    @Override
    public synchronized void close() {
        engine.close(true);
    }
}
