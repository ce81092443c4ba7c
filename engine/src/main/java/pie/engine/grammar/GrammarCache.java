package pie.engine.grammar;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Keep the grammars of one vocabulary that were used last, and compile each source once however many ask for it at the same time. Safe
 * for use from several threads; no lock is held while something compiles.
 */
public final class GrammarCache {
    public static final int MOST_GRAMMARS = 256;
    public static final long MOST_BYTES = 256L << 20;

    private final GrammarCompiler compiler;
    private final Executor pool;
    private final int mostGrammars;
    private final long mostBytes;
    private final LinkedHashMap<GrammarSource, CompletableFuture<Grammar>> grammars =
            new LinkedHashMap<>(16, 0.75f, true);
    private long hits;
    private long compilations;

    /** @param pool runs compilations; may refuse them */
    public GrammarCache(GrammarCompiler compiler, Executor pool) {
        this(compiler, pool, MOST_GRAMMARS, MOST_BYTES);
    }

    GrammarCache(GrammarCompiler compiler, Executor pool, int mostGrammars, long mostBytes) {
        this.compiler = compiler;
        this.pool = pool;
        this.mostGrammars = mostGrammars;
        this.mostBytes = mostBytes;
    }

    public TokenIndex index() {
        return compiler.index();
    }

    /**
     * Return the grammar of a source, compiled now or before. The future fails as {@link GrammarCompiler#compile} does, and with
     * OVERLOADED where the pool takes no more; a failure is not kept. Callers get a future of their own: cancelling it affects nobody
     * else.
     */
    public CompletableFuture<Grammar> get(GrammarSource source) {
        CompletableFuture<Grammar> made = new CompletableFuture<>();
        synchronized (grammars) {
            @Nullable CompletableFuture<Grammar> known = grammars.get(source);
            if (known != null) {
                hits++;
                return known.copy();
            }
            compilations++;
            grammars.put(source, made);
        }
        try {
            pool.execute(() -> compile(source, made));
        } catch (RejectedExecutionException e) {
            forget(source, made);
            made.completeExceptionally(new PieException(
                    ErrorCode.OVERLOADED, "too many grammars wait to be compiled: try again later", Map.of(), e));
        }
        return made.copy();
    }

    private void compile(GrammarSource source, CompletableFuture<Grammar> made) {
        try {
            made.complete(compiler.compile(source));
        } catch (RuntimeException | Error e) {
            forget(source, made);
            made.completeExceptionally(e);
            return;
        }
        evict();
    }

    private void forget(GrammarSource source, CompletableFuture<Grammar> made) {
        synchronized (grammars) {
            grammars.remove(source, made);
        }
    }

    /** Drops what was used longest ago, but not what is still being compiled and not the last one of all. */
    private void evict() {
        synchronized (grammars) {
            long bytes = 0;
            List<GrammarSource> finished = new ArrayList<>();
            for (Map.Entry<GrammarSource, CompletableFuture<Grammar>> entry : grammars.entrySet()) {
                if (entry.getValue().state() == Future.State.SUCCESS) {
                    finished.add(entry.getKey());
                    bytes += entry.getValue().resultNow().memoryBytes();
                }
            }
            Iterator<GrammarSource> oldest = finished.iterator();
            for (int left = finished.size(); left > 1 && (left > mostGrammars || bytes > mostBytes); left--) {
                @Nullable CompletableFuture<Grammar> dropped = grammars.remove(oldest.next());
                bytes -= dropped == null ? 0 : dropped.resultNow().memoryBytes();
            }
        }
    }

    /** Return how many grammars are kept or being compiled. */
    public int size() {
        synchronized (grammars) {
            return grammars.size();
        }
    }

    public long hits() {
        synchronized (grammars) {
            return hits;
        }
    }

    public long compilations() {
        synchronized (grammars) {
            return compilations;
        }
    }
}
