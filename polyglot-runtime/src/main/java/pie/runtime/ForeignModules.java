package pie.runtime;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;

/**
 * Hold the files in other languages that one process has loaded, each in a guest of its own, all on the thread of the process. A guest
 * runs one call at a time: its event loop belongs to it.
 */
final class ForeignModules {
    private static final int MOST = 16;

    private final Host host;
    private final ProgramSource source;
    private final Function<Language, @Nullable GuestPool<?>> pools;
    private final Map<String, Module> modules = new LinkedHashMap<>();
    private final CopyOnWriteArrayList<Guest<?>> guests = new CopyOnWriteArrayList<>();

    /** @param pools guests by language, null for one that is not offered */
    ForeignModules(Host host, ProgramSource source, Function<Language, @Nullable GuestPool<?>> pools) {
        this.host = host;
        this.source = source;
        this.pools = pools;
    }

    /** Load a file once; see {@link Host#load}. On the thread of the process. */
    Host.Foreign load(String file) {
        String path = file.startsWith("./") ? file.substring(2) : file;
        Module known = modules.get(path);
        if (known != null) {
            return known.loaded();
        }
        Map<String, String> texts = source.texts();
        String code = texts.get(path);
        if (code == null) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "polyglot.load: the program has no file '" + path + "'; it has "
                            + String.join(", ", new TreeSet<>(texts.keySet())),
                    Map.of("kind", "file"));
        }
        Language language = Language.ofFile(path)
                .orElseThrow(() -> PieException.invalid("polyglot.load: the name of '" + path
                        + "' tells no language; load a .py, .js, .mjs, .ts, .mts or .java file"));
        GuestPool<?> pool = pools.apply(language);
        if (pool == null) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "polyglot.load: programs in " + language.word() + " are not offered here, so '" + path
                            + "' cannot be loaded");
        }
        if (modules.size() == MOST) {
            throw new PieException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "polyglot.load: a program loads at most " + MOST + " files",
                    Map.of("limit", "modules"));
        }
        var module = new Module(path);
        modules.put(path, module);
        try {
            module.foreign = open(pool, language, path, code);
            return module;
        } catch (Throwable e) {
            modules.remove(path);
            throw failure(e);
        }
    }

    private <P> Host.Foreign open(GuestPool<P> pool, Language language, String path, String code)
            throws InterruptedException {
        var others = new LinkedHashMap<>(source.texts());
        others.remove(path);
        P program = pool.language().check(new ProgramSource(language, path, code, others, "", source.identity()));
        Guest<P> guest = pool.take();
        guests.add(guest);
        host.checkLive();
        return guest.open(host, program);
    }

    private PieException failure(Throwable error) {
        host.checkLive();
        return Mishap.of(error, host.id(), host.program());
    }

    void interrupt() {
        guests.forEach(Guest::interrupt);
    }

    void kill() {
        guests.forEach(Guest::kill);
    }

    void close() {
        guests.forEach(Guest::close);
    }

    /** One file; says no while it is being loaded or runs a call. */
    private final class Module implements Host.Foreign {
        private final String path;
        private Host.@Nullable Foreign foreign;
        private boolean busy;

        Module(String path) {
            this.path = path;
        }

        Host.Foreign loaded() {
            if (foreign == null) {
                throw busy("polyglot.load: '" + path + "' is being loaded, and what it loads must not load it");
            }
            return this;
        }

        private static PieException busy(String message) {
            return new PieException(ErrorCode.CONFLICT, message, Map.of("reason", "busy"));
        }

        private <T> T alone(Supplier<T> call) {
            if (busy) {
                throw busy("polyglot: '" + path + "' is in the middle of a call and waits for this one");
            }
            busy = true;
            try {
                return call.get();
            } catch (Throwable e) {
                throw failure(e);
            } finally {
                busy = false;
            }
        }

        @Override
        public List<String> functions() {
            return Objects.requireNonNull(foreign).functions();
        }

        @Override
        public Host.Passed call(String function, Host.Passed arguments) {
            Host.Foreign opened = Objects.requireNonNull(foreign);
            return alone(() -> opened.call(function, arguments));
        }
    }
}
