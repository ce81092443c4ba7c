package pie.runtime;

import java.util.EnumMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** Prepare guests of the configured languages in the background. Needs no engine, so that it can begin before a model is loaded. */
public final class Guests implements AutoCloseable {
    private final RuntimeConfig config;
    private final Map<Language, GuestPool<?>> pools = new EnumMap<>(Language.class);
    private final ExecutorService filler = Executors.newSingleThreadExecutor(Thread.ofPlatform()
            .name("pie-guest-pool")
            .daemon()
            .priority(Thread.MIN_PRIORITY)
            .stackSize(16L << 20)
            .factory());

    private Guests(RuntimeConfig config) {
        this.config = config;
        for (GuestLanguageProvider provider : ServiceLoader.load(GuestLanguageProvider.class)) {
            if (provider.languages().stream().anyMatch(config.languages()::contains)) {
                GuestPool<?> pool = pool(provider.create(config));
                provider.languages().stream()
                        .filter(config.languages()::contains)
                        .forEach(language -> pools.put(language, pool));
            }
        }
    }

    /** Begin to fill the pools; returns at once. */
    public static Guests prepare(RuntimeConfig config) {
        return new Guests(config);
    }

    private <P> GuestPool<P> pool(GuestLanguage<P> language) {
        return new GuestPool<>(language, config.poolMin(), !config.once(), filler);
    }

    public RuntimeConfig config() {
        return config;
    }

    @Nullable
    GuestPool<?> pool(Language language) {
        return pools.get(language);
    }

    @Override
    public void close() {
        filler.shutdown();
        pools.values().stream().distinct().forEach(GuestPool::close);
    }
}
