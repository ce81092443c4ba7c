package pie.runtime;

import java.util.Map;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Refuse the programs of a language that cannot run in a worker, where programs must. */
final class NotIsolated<P> implements GuestLanguage<P> {
    private final Set<Language> languages;

    NotIsolated(Set<Language> languages) {
        this.languages = languages;
    }

    @Override
    public Set<Language> languages() {
        return languages;
    }

    @Override
    public P check(ProgramSource source) {
        throw refused(source.language());
    }

    @Override
    public Guest<P> prepare() {
        throw refused(languages.iterator().next());
    }

    private static PieException refused(Language language) {
        return new PieException(
                ErrorCode.UNSUPPORTED,
                "programs in " + language.word()
                        + " share objects with the server's process, and this server runs each program in a process of its own:"
                        + " launch it on one that was started with --isolation thread",
                Map.of("isolation", "process"));
    }

    @Override
    public void close() {}
}
