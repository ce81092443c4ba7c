package pie.runtime;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepare guests of the configured languages in the background. Needs no engine, so that it can begin before a model is loaded. */
public final class Guests implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Guests.class);
    private static final Duration FILLING = Duration.ofSeconds(30);
    /** Most guests of a language that are kept ready, in times of the least; a worker takes memory that nobody else can use. */
    private static final int GROWTH = 4;

    private volatile RuntimeConfig config;
    private final Map<Language, GuestPool<?>> pools = new EnumMap<>(Language.class);
    private final Semaphore starts = new Semaphore(Runtime.getRuntime().availableProcessors(), true);
    private final ExecutorService filler = Executors.newSingleThreadExecutor(Thread.ofPlatform()
            .name("pie-guest-pool")
            .daemon()
            .priority(Thread.MIN_PRIORITY)
            .stackSize(16L << 20)
            .factory());

    private Guests(RuntimeConfig config) {
        this.config = config;
        offer(config.languages(), config.poolMin());
    }

    private synchronized void offer(Set<Language> languages, int least) {
        for (GuestLanguageProvider provider : ServiceLoader.load(GuestLanguageProvider.class)) {
            if (provider.languages().stream().anyMatch(languages::contains)) {
                GuestPool<?> pool = contained(provider.create(config), least);
                provider.languages().stream().filter(languages::contains).forEach(l -> pools.put(l, pool));
            }
        }
    }

    /** Begin to fill the pools; returns at once. */
    public static Guests prepare(RuntimeConfig config) {
        return new Guests(config);
    }

    /** Keep guests of a language in this process or, if programs are isolated, in workers. */
    private <P> GuestPool<?> contained(GuestLanguage<P> language, int least) {
        if (config.isolation() == Isolation.THREAD) {
            return new GuestPool<>(language, least, GROWTH * least, !config.once(), filler);
        }
        Optional<Portable<P>> portable = language.portable();
        if (portable.isPresent()) {
            var isolated = new WorkerLanguage<>(language, portable.get(), config.guestMemory(), starts);
            return new GuestPool<>(isolated, least, least, !config.once(), filler);
        }
        language.close();
        return new GuestPool<>(new NotIsolated<P>(language.languages()), 0, 0, false, filler);
    }

    public RuntimeConfig config() {
        return config;
    }

    /** Change what programs may do at most; before a runtime is started over these guests. */
    public Guests under(GuestPolicy policy) {
        config = config.withPolicy(policy);
        return this;
    }

    /** Return the guests of a language, null for one that is not offered. One launch may use all languages, and waits for those it adds. */
    @Nullable
    synchronized GuestPool<?> pool(Language language) {
        if (config.once() && !pools.containsKey(language)) {
            offer(Set.of(language), 0);
        }
        return pools.get(language);
    }

    private synchronized Set<GuestPool<?>> all() {
        return Set.copyOf(pools.values());
    }

    @Override
    public void close() {
        Set<GuestPool<?>> all = all();
        all.forEach(GuestPool::stop);
        filler.shutdown();
        try {
            // An engine that is closed while one of its contexts is being made waits for that, and it for the engine,
            // for ever.
            if (!filler.awaitTermination(FILLING.toSeconds(), TimeUnit.SECONDS)) {
                LOG.warn("a guest has been in the making for {} s and is left behind", FILLING.toSeconds());
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        all.forEach(GuestPool::close);
    }
}
