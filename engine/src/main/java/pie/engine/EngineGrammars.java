package pie.engine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import pie.engine.grammar.GrammarCache;
import pie.engine.grammar.GrammarCompiler;
import pie.engine.grammar.GrammarLimits;
import pie.engine.grammar.TokenIndex;
import pie.engine.model.LoadedModel;

/** Own what grammars need beside the loop: the vocabulary's index, the cache, and the pools that compile and build masks. */
final class EngineGrammars implements AutoCloseable {
    private static final int COMPILERS = 2;
    private static final int COMPILE_QUEUE = 64;
    private static final int MOST_MASK_THREADS = 4;
    private static final long IDLE_SECONDS = 10;

    private final LoadedModel model;
    private final @Nullable ThreadPoolExecutor compilers;
    private final @Nullable ThreadPoolExecutor maskBuilders;
    private @Nullable GrammarCache cache;

    /** @param threaded false: everything runs on its caller's thread */
    EngineGrammars(LoadedModel model, boolean threaded) {
        this.model = model;
        this.compilers = threaded ? pool("grammar", COMPILERS, new ArrayBlockingQueue<>(COMPILE_QUEUE)) : null;
        // Each live generation asks for at most one mask at a time; their number bounds the queue.
        int builders = Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, MOST_MASK_THREADS);
        this.maskBuilders = threaded ? pool("mask", builders, new LinkedBlockingQueue<>()) : null;
    }

    private ThreadPoolExecutor pool(String duty, int threads, BlockingQueue<Runnable> queue) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads,
                threads,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                queue,
                task -> Thread.ofPlatform()
                        .name(duty + "-" + number.incrementAndGet() + " " + model.name())
                        .daemon()
                        .unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    Executor masks() {
        return maskBuilders == null ? Runnable::run : maskBuilders;
    }

    synchronized GrammarCache cache() {
        GrammarCache known = cache;
        if (known == null) {
            TokenIndex index = new TokenIndex(model.tokenizer(), model.config().stopIds());
            Executor pool = compilers == null ? Runnable::run : compilers;
            known = new GrammarCache(new GrammarCompiler(index, GrammarLimits.DEFAULT, System::nanoTime), pool);
            cache = known;
        }
        return known;
    }

    @Override
    public void close() {
        if (compilers != null) {
            compilers.shutdownNow();
        }
        if (maskBuilders != null) {
            maskBuilders.shutdownNow();
        }
    }
}
