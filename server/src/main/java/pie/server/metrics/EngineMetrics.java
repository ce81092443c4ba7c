package pie.server.metrics;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import pie.engine.EngineStats;

/** Show the counts of engines: tokens, steps, pages, market. */
final class EngineMetrics {
    private static final double NANOS = 1e9;

    private final PrometheusRegistry registry;
    private final Supplier<List<EngineSource>> engines;

    /** Name one value of a label, and where it is read. */
    private record Part(String value, ToDoubleFunction<EngineStats> read) {}

    EngineMetrics(PrometheusRegistry registry, Supplier<List<EngineSource>> engines) {
        this.registry = registry;
        this.engines = engines;
    }

    void register() {
        counters(
                "pie_tokens",
                "Tokens by what was done for them.",
                "kind",
                new Part("prefill", EngineStats::rowsPrefill),
                new Part("decode", EngineStats::rowsDecode),
                new Part("cached", EngineStats::tokensReused),
                new Part("recomputed", EngineStats::tokensRecomputed),
                new Part("forced", EngineStats::tokensForced),
                new Part("overrun", EngineStats::rowsOverrun));
        counter("pie_steps", "Steps of the engine.", EngineStats::steps);
        counter("pie_step_failures", "Steps that failed.", EngineStats::stepFailures);
        counters(
                "pie_step_seconds",
                "Time that steps took, by phase.",
                "phase",
                new Part("plan", s -> s.planNanos() / NANOS),
                new Part("device", s -> s.driverNanos() / NANOS));
        counter(
                "pie_prefix_cache_queries",
                "Tokens that could have been found computed.",
                s -> s.rowsPrefill() + (double) s.tokensReused());
        counter("pie_prefix_cache_hits", "Tokens that were found computed.", EngineStats::tokensReused);
        counter(
                "pie_spec_decode_num_draft_tokens",
                "Tokens drafted by looking up what followed before.",
                EngineStats::tokensDrafted);
        counter("pie_spec_decode_num_accepted_tokens", "Drafted tokens that held.", EngineStats::tokensAccepted);
        counter(
                "pie_num_preemptions",
                "Contexts that lost their pages to others.",
                s -> s.market().displacements());
        counter(
                "pie_restores",
                "Contexts that got their pages back.",
                s -> s.market().restores());
        counters(
                "pie_page_copies",
                "Displaced pages copied to host memory and back.",
                "direction",
                new Part("out", s -> s.host().copiedOut()),
                new Part("back", s -> s.host().copiedBack()));
        counter(
                "pie_page_copy_failures",
                "Copies to host memory or back that failed.",
                s -> s.host().copiesFailed());
        counter("pie_market_rent", "Credits paid for pages.", s -> s.market().rents());
        counter(
                "pie_market_make_unpaid",
                "Credits that wallets could not pay for new pages.",
                s -> s.market().unpaid());
        gauges();
    }

    private void gauges() {
        parts(
                "pie_kv_pages",
                "KV pages by state.",
                "state",
                new Part("free", EngineStats::pagesFree),
                new Part("working", EngineStats::pagesWorking),
                new Part("committed", EngineStats::pagesCommitted),
                new Part("retained", EngineStats::pagesRetained));
        parts(
                "pie_host_pages",
                "Places for displaced KV pages in host memory.",
                "state",
                new Part("free", s -> s.host().pages() - s.host().held()),
                new Part("held", s -> s.host().held()));
        gauge(
                "pie_kv_cache_usage_ratio",
                "Share of the KV pages that contexts hold.",
                s -> s.pagesTotal() == 0 ? 0 : (s.pagesWorking() + s.pagesCommitted()) / (double) s.pagesTotal());
        gauge("pie_batch_tokens", "Tokens of the last step.", EngineStats::lastBatchRows);
        gauge("pie_batch_size", "Sequences of the last step.", EngineStats::lastBatchRequests);
        gauge("pie_contexts", "Contexts that are open.", EngineStats::contexts);
        gauge("pie_command_queue_depth", "Commands that the engine has not looked at.", EngineStats::queueDepth);
        gauge(
                "pie_market_clearing_price",
                "Credits a page, of the last tick.",
                s -> s.market().price());
        gauge(
                "pie_market_dividend_rate",
                "Rent of the last tick, which goes back to all.",
                s -> s.market().revenue());
        gauge(
                "pie_market_waiters",
                "Contexts that wait for pages.",
                s -> s.market().waiters());
        GaugeWithCallback.builder()
                .name("pie_model_info")
                .help("The loaded models; always 1.")
                .labelNames("model", "driver", "device", "dtype", "pages")
                .callback(c -> engines.get()
                        .forEach(e -> c.call(
                                1,
                                e.model(),
                                e.driver().kind(),
                                e.driver().deviceName(),
                                e.driver().weightDtype(),
                                String.valueOf(e.driver().totalPages()))))
                .register(registry);
    }

    private void counter(String name, String help, ToDoubleFunction<EngineStats> read) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("model")
                .callback(c -> tell(c::call, read))
                .register(registry);
    }

    private void counters(String name, String help, String label, Part... parts) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("model", label)
                .callback(c -> tell(c::call, parts))
                .register(registry);
    }

    private void gauge(String name, String help, ToDoubleFunction<EngineStats> read) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("model")
                .callback(c -> tell(c::call, read))
                .register(registry);
    }

    private void parts(String name, String help, String label, Part... parts) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("model", label)
                .callback(c -> tell(c::call, parts))
                .register(registry);
    }

    private interface Call {
        void call(double value, String... labels);
    }

    private void tell(Call to, ToDoubleFunction<EngineStats> read) {
        engines.get().forEach(e -> to.call(read.applyAsDouble(e.stats().get()), e.model()));
    }

    private void tell(Call to, Part... parts) {
        engines.get().forEach(e -> {
            EngineStats s = e.stats().get();
            for (Part part : parts) {
                to.call(part.read().applyAsDouble(s), e.model(), part.value());
            }
        });
    }
}
