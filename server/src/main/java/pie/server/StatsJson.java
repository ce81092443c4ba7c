package pie.server;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import pie.engine.Engine;
import pie.engine.EngineFigures;
import pie.engine.EngineStats;
import pie.engine.driver.DeviceStatus;
import pie.engine.driver.DriverCapabilities;
import pie.engine.market.MarketEvent;
import pie.engine.market.MarketStats;
import pie.engine.process.ExplainRecord;
import pie.engine.process.InferletProcess;
import pie.engine.process.OwnerId;
import pie.engine.process.Pace;
import pie.engine.process.ProcessState;
import pie.engine.process.ProcessTotals;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Shape what the server, its engines and its processes are doing now. All of it is read from what they have put up: no engine's loop is
 * asked, so that watching costs it nothing.
 */
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
        return service.sampler().look(view -> {
            long begun = System.nanoTime();
            ObjectNode json = snapshot(up, view, reader);
            json.put("snapshot_ms", (System.nanoTime() - begun) / 1e6);
            return json;
        });
    }

    private ObjectNode snapshot(Launcher up, Sampler.View view, OwnerId reader) {
        ObjectNode json = Json.object();
        json.put("time", EventJson.time(Instant.now()));
        json.put("uptime_s", uptime());
        json.put("state", service.state().name().toLowerCase(Locale.ROOT));
        json.put("version", Version.number());
        ObjectNode http = json.putObject("http");
        http.put("connections", service.connections().connections());
        http.put("streams", service.streams().open());
        ArrayNode models = json.putArray("models");
        List<Engine> engines = up.engines();
        for (int i = 0; i < engines.size(); i++) {
            models.add(model(engines.get(i), service.pulses().get(i), view, i, reader));
        }
        var census = new Census();
        ArrayNode rows = json.putArray("processes");
        for (InferletProcess p : up.live()) {
            if (p.state().ended()) {
                continue;
            }
            ObjectNode row = census.row(p, view); // counted, whoever's it is
            if (p.owner().equals(reader)) {
                rows.add(row);
            }
        }
        json.set("requests", requests(view, census));
        ObjectNode guests = json.putObject("guests");
        census.languages.forEach((language, n) -> guests.putObject(language).put("live", n));
        ObjectNode errors = json.putObject("errors");
        view.errors().forEach(errors::put);
        return json;
    }

    /** Return the last seconds of what graphs are drawn of. */
    ObjectNode history(int seconds) {
        Launcher up = service.launcher();
        return service.sampler().look(view -> {
            ObjectNode json = Json.object();
            json.put("time", EventJson.time(Instant.now()));
            json.put("interval_s", 1);
            ArrayNode models = json.putArray("models");
            List<Engine> engines = up.engines();
            for (int i = 0; i < engines.size(); i++) {
                ObjectNode model = models.addObject();
                model.put("name", engines.get(i).model().name());
                model.set("series", view.history(i).json(seconds));
            }
            return json;
        });
    }

    private static ObjectNode model(Engine engine, EnginePulse pulse, Sampler.View view, int i, OwnerId reader) {
        DriverCapabilities driver = engine.capabilities();
        ModelTrack track = view.model(i);
        EngineFigures figures = track.now();
        EngineStats s = figures.stats();
        ObjectNode json = Json.object();
        json.put("name", engine.model().name());
        json.put("driver", driver.kind());
        json.put("device", driver.deviceName());
        json.put("kernels", driver.kernels());
        json.put("dtype", driver.activationDtype());
        json.put("quantization", driver.weightDtype());
        json.put("page_size", driver.pageSize());
        json.put("silent_ms", pulse.silence().toMillis());
        device(json, engine.device(), track);
        pages(json, s);
        batch(json, driver, figures, track, view.now());
        rates(json, track);
        number(json, "tpot_ms", view.tokenMillis(i));
        totals(json, figures);
        ObjectNode market = market(s.market(), reader);
        market.put("price_mean", track.meanPrice());
        market.put("displacements_min", track.displacementRate());
        market.put("restores_min", track.restoreRate());
        json.set("market", market);
        json.put("contexts", s.contexts());
        json.put("processes", s.processes());
        json.put("queue_depth", s.queueDepth());
        return json;
    }

    private static void device(ObjectNode json, DeviceStatus device, ModelTrack track) {
        json.put("util", track.utilisation(1));
        ObjectNode status = json.putObject("device_status");
        number(status, "util", device.utilisation());
        status.put("memory_used", device.memoryUsed());
        status.put("memory_total", device.memoryTotal());
    }

    private static void pages(ObjectNode json, EngineStats s) {
        ObjectNode pages = json.putObject("pages");
        pages.put("total", s.pagesTotal());
        pages.put("free", s.pagesFree());
        pages.put("used", s.pagesWorking() + s.pagesCommitted());
        pages.put("working", s.pagesWorking());
        pages.put("committed", s.pagesCommitted());
        pages.put("cached", s.pagesRetained());
        ObjectNode host = pages.putObject("host");
        host.put("total", s.host().pages());
        host.put("used", s.host().held());
        host.put("copied_out", s.host().copiedOut());
        host.put("copied_back", s.host().copiedBack());
        host.put("copies_failed", s.host().copiesFailed());
    }

    private static void batch(
            ObjectNode json, DriverCapabilities driver, EngineFigures figures, ModelTrack track, long now) {
        EngineStats s = figures.stats();
        ObjectNode batch = json.putObject("batch");
        batch.put("tokens", s.lastBatchRows());
        batch.put("size", s.lastBatchRequests());
        batch.put("max_tokens", driver.maxTokens());
        batch.put("max_size", driver.maxRequests());
        batch.put("peak_tokens", track.peakRows(now));
        batch.put("peak_size", track.peakRequests(now));
        batch.put("top_tokens", figures.topRows());
        batch.put("top_size", figures.topRequests());
        batch.put("mean_tokens", track.meanRows());
        ArrayNode sizes = batch.putArray("hist");
        for (long steps : figures.stepsBySize()) {
            sizes.add(steps);
        }
    }

    private static void rates(ObjectNode json, ModelTrack track) {
        ObjectNode rates = json.putObject("rates");
        rates.put("prefill_tok_s", track.prefillRate(Sampler.RATE));
        rates.put("decode_tok_s", track.decodeRate(Sampler.RATE));
        rates.put("cached_tok_s", track.cachedRate(Sampler.RATE));
        rates.put("steps_s", track.stepRate(Sampler.RATE));
        number(json, "hit_ratio", track.hitRatio(Sampler.LATENCY));
        ObjectNode spec = json.putObject("spec");
        spec.put("proposed", track.drafted(Sampler.LATENCY));
        spec.put("accepted", track.accepted(Sampler.LATENCY));
    }

    private static void totals(ObjectNode json, EngineFigures figures) {
        EngineStats s = figures.stats();
        ObjectNode totals = json.putObject("totals");
        totals.put("steps", s.steps());
        totals.put("step_failures", s.stepFailures());
        totals.put("tokens_prefill", s.rowsPrefill());
        totals.put("tokens_decode", s.rowsDecode());
        totals.put("tokens_generated", s.tokensGenerated());
        totals.put("tokens_cached", s.tokensReused());
        totals.put("tokens_recomputed", s.tokensRecomputed());
        totals.put("tokens_forced", s.tokensForced());
        totals.put("driver_ms", s.driverNanos() / 1_000_000);
        totals.put("plan_ms", s.planNanos() / 1_000_000);
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
            each.put("reason", d.event().reason().name().toLowerCase(Locale.ROOT));
            each.put("price", d.event().price());
            each.put("victim_bid", d.event().ownBid());
            each.put("winner_bid", d.event().otherBid());
            each.put("pages", d.event().pages());
        }
        return json;
    }

    private static ObjectNode requests(Sampler.View view, Census census) {
        ObjectNode json = Json.object();
        json.put("waiting", census.waiting);
        json.put("running", census.running);
        json.put("suspended", census.suspended);
        ObjectNode ended = json.putObject("ended");
        for (ProcessState state : ProcessState.values()) {
            if (state.ended()) {
                ended.put(state.word(), view.ended(state));
            }
        }
        json.put("req_s", view.endedRate());
        double[] first = view.firstTokens();
        ObjectNode ttft = json.putObject("ttft_ms");
        number(ttft, "p50", Recent.quantile(first, 0.50));
        number(ttft, "p95", Recent.quantile(first, 0.95));
        number(ttft, "p99", Recent.quantile(first, 0.99));
        number(json, "queue_ms", Recent.mean(view.queued()));
        return json;
    }

    private static void number(ObjectNode json, String key, OptionalDouble value) {
        number(json, key, value.orElse(Double.NaN));
    }

    private static void number(ObjectNode json, String key, double value) {
        if (Double.isFinite(value)) {
            json.put(key, value);
        } else {
            json.putNull(key);
        }
    }

    /** Shape the live processes and count them on the way. */
    private static final class Census {
        private final Map<String, Integer> languages = new TreeMap<>();
        private int waiting;
        private int running;
        private int suspended;

        ObjectNode row(InferletProcess p, Sampler.View view) {
            ProcessTotals totals = p.glance();
            Pace pace = totals.pace();
            String wait = p.waitingFor();
            boolean shut = pace.excluded() > 0 && totals.pagesHeld() == 0;
            waiting += p.state() == ProcessState.QUEUED ? 1 : 0;
            suspended += shut ? 1 : 0;
            running += p.state() == ProcessState.QUEUED ? 0 : 1;
            languages.merge(p.language(), 1, Integer::sum);
            ObjectNode json = Json.object();
            json.put("id", p.id().toString());
            json.put("owner", p.owner().value());
            json.put("program", p.program());
            json.put("language", p.language());
            json.put("state", p.state().word());
            json.put("wait", wait.equals("forward") && pace.excluded() > 0 ? "allocation" : wait);
            json.put("share", view.share(p.id()));
            json.put("tokens", ProcessTrack.tokens(totals));
            number(json, "tok_s", view.tokenRate(p.id()));
            json.put("pages", totals.pagesHeld());
            json.put("contexts", totals.contexts());
            json.put("bid", totals.market().bid());
            json.put("balance", totals.market().balance());
            json.put("elapsed_ms", ProcessJson.elapsed(p).toMillis());
            return json;
        }
    }
}
