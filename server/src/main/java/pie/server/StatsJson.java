package pie.server;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import pie.engine.Engine;
import pie.engine.EngineStats;
import pie.engine.driver.DriverCapabilities;
import pie.engine.market.MarketEvent;
import pie.engine.market.MarketStats;
import pie.engine.process.ExplainRecord;
import pie.engine.process.InferletProcess;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessState;
import pie.engine.process.ProcessTotals;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Shape what the server, its engines and its processes are doing now. */
final class StatsJson {
    private final Service service;

    StatsJson(Service service) {
        this.service = service;
    }

    double uptime() {
        return Duration.between(service.started(), Instant.now()).toMillis() / 1e3;
    }

    /** Shape all that one user may see: of others' processes neither rows nor names. */
    ObjectNode snapshot(OwnerId reader) {
        Launcher up = service.launcher();
        ObjectNode json = Json.object();
        json.put("time", EventJson.time(Instant.now()));
        json.put("uptime_s", uptime());
        json.put("state", service.state().name().toLowerCase(java.util.Locale.ROOT));
        ObjectNode http = json.putObject("http");
        http.put("connections", service.connections().connections());
        http.put("streams", service.streams().open());
        ArrayNode models = json.putArray("models");
        List<Engine> engines = up.engines();
        for (int i = 0; i < engines.size(); i++) {
            models.add(model(engines.get(i), service.pulses().get(i), reader));
        }
        List<InferletProcess> processes = up.processes();
        json.set("requests", requests(processes));
        ArrayNode rows = json.putArray("processes");
        for (InferletProcess p : processes) {
            if (!p.state().ended() && p.owner().equals(reader)) {
                rows.add(row(p));
            }
        }
        return json;
    }

    private static ObjectNode model(Engine engine, EnginePulse pulse, OwnerId reader) {
        DriverCapabilities driver = engine.capabilities();
        ObjectNode json = Json.object();
        json.put("name", engine.model().name());
        json.put("driver", driver.kind());
        json.put("device", driver.deviceName());
        json.put("dtype", driver.activationDtype());
        json.put("silent_ms", pulse.silence().toMillis());
        pulse.stats().ifPresent(s -> counts(json, driver, s, reader));
        return json;
    }

    private static void counts(ObjectNode json, DriverCapabilities driver, EngineStats s, OwnerId reader) {
        ObjectNode pages = json.putObject("pages");
        pages.put("total", s.pagesTotal());
        pages.put("free", s.pagesFree());
        pages.put("used", s.pagesWorking() + s.pagesCommitted());
        pages.put("working", s.pagesWorking());
        pages.put("committed", s.pagesCommitted());
        pages.put("cached", s.pagesRetained());
        ObjectNode batch = json.putObject("batch");
        batch.put("tokens", s.lastBatchRows());
        batch.put("size", s.lastBatchRequests());
        batch.put("max_tokens", driver.maxTokens());
        batch.put("max_size", driver.maxRequests());
        ObjectNode totals = json.putObject("totals");
        totals.put("steps", s.steps());
        totals.put("step_failures", s.stepFailures());
        totals.put("tokens_prefill", s.rowsPrefill());
        totals.put("tokens_decode", s.rowsDecode());
        totals.put("tokens_generated", s.tokensGenerated());
        totals.put("tokens_cached", s.tokensReused());
        totals.put("tokens_recomputed", s.tokensRecomputed());
        totals.put("driver_ms", s.driverNanos() / 1_000_000);
        totals.put("plan_ms", s.planNanos() / 1_000_000);
        json.set("market", market(s.market(), reader));
        json.put("contexts", s.contexts());
        json.put("processes", s.processes());
        json.put("queue_depth", s.queueDepth());
    }

    /** Contexts of other owners than the reader get opaque names. */
    static ObjectNode market(MarketStats m, OwnerId reader) {
        ObjectNode json = Json.object();
        json.put("price", m.price());
        json.put("dividend", m.revenue());
        json.put("waiters", m.waiters());
        json.put("ticks", m.ticks());
        json.put("grants", m.grants());
        json.put("exclusions", m.exclusions());
        json.put("displacements", m.displacements());
        json.put("restores", m.restores());
        json.put("aged", m.aged());
        json.put("max_wait_ms", m.longestWaitNanos() / 1_000_000);
        ObjectNode credits = json.putObject("credits");
        credits.put("held", m.balances());
        credits.put("rent", m.rents());
        credits.put("make_paid", m.made());
        credits.put("make_unpaid", m.unpaid());
        credits.put("issued", m.issued());
        credits.put("refilled", m.refilled());
        credits.put("retired", m.retired());
        ArrayNode recent = json.putArray("recent");
        for (MarketStats.Displacement d : m.recent()) {
            ObjectNode each = recent.addObject();
            each.put("tick", d.event().tick());
            each.put("victim", ExplainRecord.name(reader.value(), d.victim()));
            MarketEvent.Party by = d.event().by();
            each.put("winner", by == null ? "" : ExplainRecord.name(reader.value(), by));
            each.put("reason", d.event().reason().name().toLowerCase(java.util.Locale.ROOT));
            each.put("price", d.event().price());
            each.put("victim_bid", d.event().ownBid());
            each.put("winner_bid", d.event().otherBid());
            each.put("pages", d.event().pages());
        }
        return json;
    }

    private static ObjectNode requests(List<InferletProcess> processes) {
        Map<ProcessState, Integer> counts = new EnumMap<>(ProcessState.class);
        processes.forEach(p -> counts.merge(p.state(), 1, Integer::sum));
        ObjectNode json = Json.object();
        json.put("waiting", counts.getOrDefault(ProcessState.QUEUED, 0));
        json.put(
                "running",
                counts.getOrDefault(ProcessState.STARTING, 0)
                        + counts.getOrDefault(ProcessState.RUNNING, 0)
                        + counts.getOrDefault(ProcessState.STOPPING, 0));
        ObjectNode ended = json.putObject("ended");
        for (ProcessState state : ProcessState.values()) {
            if (state.ended()) {
                ended.put(state.word(), counts.getOrDefault(state, 0));
            }
        }
        return json;
    }

    private static ObjectNode row(InferletProcess p) {
        ProcessTotals totals = p.totals();
        ObjectNode json = Json.object();
        json.put("id", p.id().toString());
        json.put("owner", p.owner().value());
        json.put("program", p.program());
        json.put("language", p.language());
        json.put("state", p.state().word());
        json.put("wait", p.waitingFor());
        json.put("tokens", totals.tokensIn() + totals.tokensOut());
        json.put("pages", totals.pagesHeld());
        json.put("contexts", totals.contexts());
        json.put("bid", totals.market().bid());
        json.put("balance", totals.market().balance());
        json.put("elapsed_ms", ProcessJson.elapsed(p).toMillis());
        return json;
    }
}
