package pie.runtime.bridge;

import pie.inferlet.Context;
import pie.inferlet.ContextOptions;
import pie.inferlet.IdleScope;
import pie.inferlet.Json;
import pie.inferlet.Model;
import pie.inferlet.Scheduling;

/** Serve contexts. */
final class ContextOps {
    private final Bridge bridge;

    ContextOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call(
                "ctx_new",
                a -> new Context(
                        a.handle(0, Model.class),
                        ContextOptions.of().template(a.map(1, "template")).prefixCache(a.flag(2, "prefix_cache"))));
        bridge.call("ctx_page_size", a -> context(a).pageSize());
        bridge.call("ctx_seq_len", a -> context(a).seqLen());
        bridge.call("ctx_buffer", a -> dialect.ints(context(a).buffer()));
        bridge.call("ctx_tokens", a -> dialect.ints(context(a).tokens()));
        bridge.call("ctx_committed_page_count", a -> context(a).committedPageCount());
        bridge.call("ctx_working_page_count", a -> context(a).workingPageCount());
        bridge.call("ctx_working_page_token_count", a -> context(a).workingPageTokenCount());
        bridge.run("ctx_system", a -> context(a).system(a.text(1, "text")));
        bridge.run("ctx_user", a -> context(a).user(a.text(1, "text")));
        bridge.run("ctx_assistant", a -> context(a).assistant(a.text(1, "text")));
        bridge.run("ctx_cue", a -> context(a).cue());
        bridge.run("ctx_seal", a -> context(a).seal());
        bridge.run("ctx_append", a -> context(a).append(a.ids(1, "ids")));
        bridge.run("ctx_append_text", a -> context(a).appendText(a.text(1, "text")));
        bridge.start("ctx_flush", "forward", a -> context(a).flushAsync(), done -> dialect.absent());
        bridge.run("ctx_truncate", a -> context(a).truncate(a.integer(1, "n")));
        bridge.start(
                "ctx_truncate_async",
                "forward",
                a -> context(a).truncateAsync(a.integer(1, "n")),
                done -> dialect.absent());
        bridge.call("ctx_forward", a -> context(a).forward());
        bridge.call("ctx_fork", a -> context(a).fork());
        bridge.start("ctx_fork_async", "forward", a -> context(a).forkAsync(), copy -> copy);
        bridge.run("ctx_suspend", a -> context(a).suspend());
        bridge.start("ctx_suspend_async", "forward", a -> context(a).suspendAsync(), done -> dialect.absent());
        bridge.run("ctx_reserve_working_pages", a -> context(a).reserveWorkingPages(a.integer(1, "n")));
        bridge.start(
                "ctx_reserve_working_pages_async",
                "forward",
                a -> context(a).reserveWorkingPagesAsync(a.integer(1, "n")),
                done -> dialect.absent());
        bridge.run("ctx_commit_working_pages", a -> context(a).commitWorkingPages(a.integer(1, "k")));
        bridge.start(
                "ctx_commit_working_pages_async",
                "forward",
                a -> context(a).commitWorkingPagesAsync(a.integer(1, "k")),
                done -> dialect.absent());
        bridge.run("ctx_release_working_pages", a -> context(a).releaseWorkingPages(a.integer(1, "n")));
        bridge.start(
                "ctx_release_working_pages_async",
                "forward",
                a -> context(a).releaseWorkingPagesAsync(a.integer(1, "n")),
                done -> dialect.absent());
        bridge.run("ctx_truncate_working_page_tokens", a -> context(a).truncateWorkingPageTokens(a.integer(1, "n")));
        bridge.start(
                "ctx_truncate_working_page_tokens_async",
                "forward",
                a -> context(a).truncateWorkingPageTokensAsync(a.integer(1, "n")),
                done -> dialect.absent());
        bridge.run("ctx_set_bid", a -> {
            if (a.has(1)) {
                context(a).setBid(a.number(1, "bid"), a.flag(2, "hold"));
            } else {
                context(a).clearBid();
            }
        });
        bridge.call("ctx_idle", a -> context(a).idle());
        bridge.run("idle_close", a -> a.handle(0, IdleScope.class).close());
        bridge.call("sched_balance", a -> Scheduling.balance(a.handle(0, Model.class)));
        bridge.call("sched_rent", a -> Scheduling.rent(context(a)));
        bridge.call("sched_dividend", a -> Scheduling.dividend(a.handle(0, Model.class)));
        bridge.call("sched_latency", a -> Scheduling.latency(context(a)));
        bridge.call("sched_price", a -> Scheduling.price());
        bridge.call("sched_explain", a -> Json.text(Scheduling.explain()));
        bridge.start("sched_explain_async", "host", a -> Scheduling.explainAsync(), Json::text);
        bridge.run("ctx_close", a -> context(a).close());
    }

    private static Context context(Args a) {
        return a.handle(0, Context.class);
    }
}
