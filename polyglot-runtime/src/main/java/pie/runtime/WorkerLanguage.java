package pie.runtime;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.graalvm.polyglot.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.wire.Callee;

/** Check programs of a language here, and run them in workers. */
final class WorkerLanguage<P> implements GuestLanguage<P> {
    private final GuestLanguage<P> inner;
    private final Portable<P> portable;
    private final long memory;
    private final Language word;
    private final Semaphore starts;
    private final Engine engine;

    /**
     * @param memory heap of one worker, in bytes
     * @param starts a permit for each worker that may be starting: of many that start at once on a few cores none is ready before all
     *     are, and each takes memory meanwhile
     */
    WorkerLanguage(GuestLanguage<P> inner, Portable<P> portable, long memory, Semaphore starts) {
        this.starts = starts;
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
        try {
            starts.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PieException(ErrorCode.CANCELLED, "cancelled before a worker was started", Map.of(), e);
        }
        try {
            return new WorkerGuest<>(word, portable, memory, engine);
        } finally {
            starts.release();
        }
    }

    @Override
    public void close() {
        inner.close();
        engine.close(true);
    }
}
