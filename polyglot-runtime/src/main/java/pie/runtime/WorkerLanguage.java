package pie.runtime;

import java.util.Set;
import org.graalvm.polyglot.Engine;
import pie.runtime.wire.Callee;

/** Check programs of a language here, and run them in workers. */
final class WorkerLanguage<P> implements GuestLanguage<P> {
    private final GuestLanguage<P> inner;
    private final Portable<P> portable;
    private final long memory;
    private final Language word;
    private final Engine engine;

    /** @param memory heap of one worker, in bytes */
    WorkerLanguage(GuestLanguage<P> inner, Portable<P> portable, long memory) {
        this.inner = inner;
        this.portable = portable;
        this.memory = memory;
        word = inner.languages().stream().sorted().findFirst().orElseThrow();
        engine = Callee.engine();
    }

    @Override
    public Set<Language> languages() {
        return inner.languages();
    }

    @Override
    public P check(ProgramSource source) {
        return inner.check(source);
    }

    @Override
    public boolean records() {
        return inner.records();
    }

    @Override
    public Guest<P> prepare() {
        return new WorkerGuest<>(word, portable, memory, engine);
    }

    @Override
    public void close() {
        inner.close();
        engine.close(true);
    }
}
