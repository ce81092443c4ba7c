package pie.runtime.js;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.graalvm.polyglot.Engine;
import org.graalvm.polyglot.Source;
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
    private final Map<String, String> library = Resources.folder("js");
    private final TypeStripper stripper = new TypeStripper(engine);
    private final ProgramCache<JsProgram> programs = new ProgramCache<>();
    private final FirstContext first;
    private final SyntaxCheck syntax;

    /** @param once whether one launch is all that is wanted */
    JsLanguage(boolean once) {
        first = new FirstContext(once);
        syntax = new SyntaxCheck(engine, "js", OPTIONS, first, new Modules());
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
        Map<String, String> sources = source.texts();
        var files = new LinkedHashMap<>(sources);
        var scripts = new LinkedHashMap<String, String>();
        sources.forEach((name, text) -> Language.ofFile(name)
                .filter(languages()::contains)
                .ifPresent(language -> {
                    scripts.put(name, plain(name, text, language == Language.TYPESCRIPT));
                }));
        syntax.check(scripts);
        files.putAll(scripts);
        return new JsProgram(Map.copyOf(files), Map.copyOf(sources), source.file(), source.entry());
    }

    /** Return what runs of a script. */
    private String plain(String name, String text, boolean typescript) {
        return typescript || TypeStripper.lowers(text) ? stripper.strip(name, text, typescript) : text;
    }

    /** Take scripts as modules, and what is said of errors without the place, which is told anyway. */
    private static final class Modules implements SyntaxCheck.Scripts {
        @Override
        public Source.Builder source(String text, String file) {
            return Source.newBuilder("js", text, file).mimeType(MODULE);
        }

        @Override
        public String message(String said) {
            return said.lines()
                    .findFirst()
                    .orElse("syntax error")
                    .replaceFirst("^SyntaxError: \\S+?:\\d+:\\d+ ", "SyntaxError: ");
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
