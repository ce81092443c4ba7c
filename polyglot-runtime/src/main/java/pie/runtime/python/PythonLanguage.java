package pie.runtime.python;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Source;
import pie.inferlet.Json;
import pie.runtime.Guest;
import pie.runtime.GuestLanguage;
import pie.runtime.Language;
import pie.runtime.Portable;
import pie.runtime.ProgramCache;
import pie.runtime.ProgramSource;
import pie.runtime.bridge.FirstContext;
import pie.runtime.bridge.Resources;
import pie.runtime.bridge.SyntaxCheck;
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
    private final SyntaxCheck syntax;

    /** @param once whether one launch is all that is wanted */
    PythonLanguage(boolean once) {
        first = new FirstContext(once);
        syntax = new SyntaxCheck(
                engine, "python", OPTIONS, first, (text, file) -> Source.newBuilder("python", text, file));
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
        Map<String, String> files = source.texts();
        var scripts = new LinkedHashMap<String, String>();
        files.forEach((name, text) -> {
            if (name.equals(source.file()) || name.endsWith(".py")) {
                scripts.put(name, text);
            }
        });
        syntax.check(scripts);
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
