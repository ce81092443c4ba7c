package pie.server;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import pie.engine.process.Budget;
import pie.engine.process.ExplainRecord;
import pie.engine.process.InferletProcess;
import pie.engine.process.MarketTotals;
import pie.engine.process.Outcome;
import pie.engine.process.ProcessTotals;
import pie.server.profile.Profile;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shape processes and results for the wire. */
final class ProcessJson {
    private ProcessJson() {}

    /** @param totals of the process: asked for where it alone is told, as they were put up where many are */
    static ObjectNode process(InferletProcess p, ProcessTotals totals, boolean detached) {
        ObjectNode json = Json.object();
        json.put("id", p.id().toString());
        json.put("owner", p.owner().value());
        json.put("kind", p.kind());
        json.put("program", p.program());
        json.put("language", p.language());
        json.put("model", p.model());
        json.set("labels", Json.tree(p.labels()));
        json.putNull("parent");
        json.putArray("children");
        json.put("detach", detached);
        json.put("created", EventJson.time(p.created()));
        time(json, "started", p.started());
        time(json, "ended", p.ended());
        json.put("state", p.state().word());
        if (p.state().ended()) {
            json.putNull("wait");
        } else {
            json.put("wait", p.waitingFor());
        }
        ended(p).flatMap(ProcessJson::failure)
                .ifPresentOrElse(f -> json.set("error", ErrorBody.inner(f)), () -> json.putNull("error"));
        json.set("budget", budget(p, totals));
        json.set("stats", stats(p, totals));
        List<String> hints = Profile.hints(p, totals);
        if (!hints.isEmpty()) {
            json.set("hints", Json.tree(hints));
        }
        return json;
    }

    /** Say why a process waits or runs slowly. */
    static ObjectNode explain(InferletProcess p) {
        return (ObjectNode) Json.tree(
                ExplainRecord.of(p.id(), p.owner(), p.state(), p.waitingFor(), p.totals(), p.explain(), Instant.now()));
    }

    private static void time(ObjectNode json, String key, Optional<Instant> time) {
        time.ifPresentOrElse(t -> json.put(key, EventJson.time(t)), () -> json.putNull(key));
    }

    private static ObjectNode budget(InferletProcess p, ProcessTotals totals) {
        Budget budget = p.budget();
        ObjectNode json = Json.object();
        ObjectNode tokens = json.putObject("tokens");
        budget.tokens().ifPresentOrElse(n -> tokens.put("limit", n), () -> tokens.putNull("limit"));
        tokens.put("used", totals.tokensIn() + totals.tokensOut());
        ObjectNode pageSeconds = json.putObject("page_seconds");
        budget.pageSeconds().ifPresentOrElse(n -> pageSeconds.put("limit", n), () -> pageSeconds.putNull("limit"));
        pageSeconds.put("used", totals.pageSeconds());
        ObjectNode pages = json.putObject("pages");
        budget.pages().ifPresentOrElse(n -> pages.put("limit", n), () -> pages.putNull("limit"));
        pages.put("used", totals.pagesHeld());
        span(json.putObject("wall"), budget.wall(), elapsed(p));
        span(json.putObject("cpu"), budget.cpu(), Duration.ofNanos(p.guestCpuNanos()));
        return json;
    }

    private static void span(ObjectNode json, Optional<Duration> limit, Duration used) {
        limit.ifPresentOrElse(d -> json.put("limit", d.toNanos() / 1e9), () -> json.putNull("limit"));
        json.put("used", used.toMillis() / 1e3);
    }

    private static ObjectNode stats(InferletProcess p, ProcessTotals totals) {
        ObjectNode json = Json.object();
        ObjectNode tokens = json.putObject("tokens");
        tokens.put("prefill", totals.tokensIn());
        tokens.put("decode", totals.tokensOut());
        tokens.put("cached", totals.tokensReused());
        tokens.put("recomputed", totals.tokensRecomputed());
        tokens.put("draft_proposed", totals.tokensDrafted());
        tokens.put("draft_accepted", totals.tokensAccepted());
        tokens.put("rolled_back", totals.tokensRolledBack());
        ObjectNode pages = json.putObject("pages");
        pages.put("effective", totals.pagesHeld());
        MarketTotals m = totals.market();
        ObjectNode market = json.putObject("market");
        market.put("bid", m.bid());
        market.put("balance", m.balance());
        market.put("rent_paid", m.rentPaid());
        market.put("make_cost", m.makeCost());
        market.put("make_unpaid", m.makeUnpaid());
        market.put("dividends", m.dividends());
        market.put("price", m.price());
        market.put("displacements", m.displacements());
        market.put("restores", m.restores());
        json.put("pages_peak", totals.pagesPeak());
        json.put("contexts", totals.contexts());
        json.put("forward_passes", totals.forwardPasses());
        ObjectNode waits = json.putObject("waits_ms");
        WaitShares.of(p.waits(), totals.pace()).forEach((word, nanos) -> waits.put(word, nanos / 1e6));
        p.firstTokenNanos().ifPresentOrElse(nanos -> json.put("ttft_ms", nanos / 1e6), () -> json.putNull("ttft_ms"));
        if (totals.pace().tokenGaps() == 0) {
            json.putNull("mean_tpot_ms");
        } else {
            json.put(
                    "mean_tpot_ms",
                    totals.pace().tokenGapNanos() / 1e6 / totals.pace().tokenGaps());
        }
        json.put("guest_cpu_ms", p.guestCpuNanos() / 1_000_000);
        json.put("device_ms", totals.driverNanos() / 1_000_000);
        json.put("elapsed_ms", elapsed(p).toMillis());
        json.put("events", p.log().lastId());
        json.put("events_dropped", p.log().droppedEvents());
        return json;
    }

    static Duration elapsed(InferletProcess p) {
        return Duration.between(p.created(), p.ended().orElseGet(Instant::now));
    }

    /** Return how a process ended, empty while it lives. */
    static Optional<Outcome> ended(InferletProcess p) {
        CompletableFuture<Outcome> outcome = p.outcome();
        return outcome.isDone() ? Optional.of(outcome.join()) : Optional.empty();
    }

    private static Optional<Outcome.Failed> failure(Outcome outcome) {
        return outcome instanceof Outcome.Failed f ? Optional.of(f) : Optional.empty();
    }

    /** Return the returned text, or what a program that failed had set to be returned. */
    static Optional<String> value(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Completed c -> Optional.of(c.value());
            case Outcome.Failed f -> Optional.ofNullable(f.partial());
        };
    }

    static ObjectNode result(InferletProcess p, Outcome outcome) {
        ProcessTotals totals = p.totals();
        ObjectNode json = Json.object();
        json.put("id", p.id().toString());
        json.put("state", outcome.state().word());
        Optional<String> value = value(outcome);
        value.ifPresentOrElse(v -> json.put("value", v), () -> json.putNull("value"));
        value.flatMap(ProcessJson::container).ifPresentOrElse(v -> json.set("json", v), () -> json.putNull("json"));
        failure(outcome).ifPresentOrElse(f -> json.set("error", ErrorBody.inner(f)), () -> json.putNull("error"));
        ObjectNode usage = json.putObject("usage");
        usage.put("prompt_tokens", totals.tokensIn());
        usage.put("completion_tokens", totals.tokensOut());
        usage.put("cached_tokens", totals.tokensReused());
        usage.put("page_seconds", totals.pageSeconds());
        usage.put("guest_cpu_ms", p.guestCpuNanos() / 1_000_000);
        usage.put("device_ms", totals.driverNanos() / 1_000_000);
        json.putArray("files");
        json.put("elapsed_ms", elapsed(p).toMillis());
        return json;
    }

    /** Parse a returned text, if it is a JSON object or array. */
    static Optional<JsonNode> container(String value) {
        String text = value.strip();
        if (!text.startsWith("{") && !text.startsWith("[")) {
            return Optional.empty();
        }
        return parsed(text).filter(JsonNode::isContainer);
    }

    static Optional<JsonNode> parsed(String text) {
        try {
            JsonNode node = JsonMapper.shared().readTree(text);
            return node.isMissingNode() ? Optional.empty() : Optional.of(node);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
