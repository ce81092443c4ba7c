package pie.runtime.python;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.graalvm.polyglot.Context;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.PolyglotException;
import org.graalvm.polyglot.Source;
import org.graalvm.polyglot.SourceSection;
import org.graalvm.polyglot.io.IOAccess;
import org.jspecify.annotations.Nullable;
import pie.inferlet.Json;
import pie.runtime.Guest;
import pie.runtime.GuestLanguage;
import pie.runtime.Language;
import pie.runtime.Portable;
import pie.runtime.ProgramCache;
import pie.runtime.ProgramSource;
import pie.runtime.bridge.FirstContext;
import pie.runtime.bridge.GuestFailure;
import pie.runtime.bridge.Resources;
import pie.runtime.bridge.Walls;

/** Run Python on GraalPy; all contexts share one polyglot engine. */
final class PythonLanguage implements GuestLanguage<PythonProgram> {
    static final Map<String, String> OPTIONS =
            Map.of("python.NoAsyncActions", "true", "python.BackgroundGCTask", "false");

    private final Engine engine = Walls.engine("python");
    private final String library = Resources.folder("python").entrySet().stream()
            .map(file -> file.getKey() + '\0' + file.getValue())
            .collect(Collectors.joining("\0"));
    private final Source bootstrap = Source.newBuilder(
                    "python", Resources.text("python/bootstrap.py"), "<pie>/bootstrap.py")
            .buildLiteral();
    private final ProgramCache<PythonProgram> programs = new ProgramCache<>();
    private final FirstContext first;
    private @Nullable Context parser;

    /** @param once whether one launch is all that is wanted */
    PythonLanguage(boolean once) {
        first = new FirstContext(once);
    }

    @Override
    public Set<Language> languages() {
        return Set.of(Language.PYTHON);
    }

    @Override
    public PythonProgram check(ProgramSource source) {
        return programs.of(source, this::checked);
    }

    private PythonProgram checked(ProgramSource source) {
        Context context = first.take().orElseGet(this::parser);
        synchronized (context) {
            parse(context, source);
        }
        var files = new LinkedHashMap<>(source.files());
        files.put(source.file(), source.code());
        return new PythonProgram(
                Json.text(files), Set.copyOf(files.keySet()), source.file(), module(source), source.entry());
    }

    /** Return the name of the module that a program's first file makes: that of a script if it seems to define no entry. */
    private static String module(ProgramSource source) {
        String entry = Pattern.quote(source.entry());
        boolean defines = Pattern.compile(
                        "^(?:async[ \\t]+def|def|class)[ \\t]+%1$s\\b|^%1$s[ \\t]*=|^[ \\t]*(?:from|import)\\b.*\\b%1$s\\b"
                                .formatted(entry),
                        Pattern.MULTILINE | Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS)
                .matcher(source.code())
                .find();
        String name = source.file().substring(source.file().lastIndexOf('/') + 1);
        return !defines ? "__main__" : name.endsWith(".py") ? name.substring(0, name.length() - 3) : name;
    }

    private static void parse(Context context, ProgramSource source) {
        parse(context, source.file(), source.code());
        source.files().forEach((name, text) -> {
            if (name.endsWith(".py")) {
                parse(context, name, text);
            }
        });
    }

    private synchronized Context parser() {
        Context context = parser;
        if (context == null) {
            context = Walls.context(engine, "python", OPTIONS, IOAccess.NONE).build();
            parser = context;
        }
        return context;
    }

    private static void parse(Context context, String file, String text) {
        try {
            context.parse(Source.newBuilder("python", text, file).cached(false).buildLiteral());
        } catch (PolyglotException e) {
            if (!e.isSyntaxError()) {
                throw e;
            }
            @Nullable SourceSection at = e.getSourceLocation();
            throw GuestFailure.syntax(
                    String.valueOf(e.getMessage()),
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
    public Optional<Portable<PythonProgram>> portable() {
        return Optional.of(new Portable<>(PythonProgram.class, new PythonDialect(), false));
    }

    @Override
    public Guest<PythonProgram> prepare() {
        return first.make(() -> new PythonGuest(engine, bootstrap, library), PythonGuest::context);
    }

    @Override
    public synchronized void close() {
        engine.close(true);
    }
}
