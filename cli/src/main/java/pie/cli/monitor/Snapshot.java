package pie.cli.monitor;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Hold one answer of {@code /v1/stats}. NaN stands for what the server does not know. */
public record Snapshot(
        String time,
        double uptimeSeconds,
        String state,
        String version,
        List<Model> models,
        Requests requests,
        List<Program> programs) {

    /** Describe one model, its device and what it does. */
    public record Model(
            String name,
            String driver,
            String device,
            String dtype,
            double silentMillis,
            double util,
            double deviceUtil,
            double memoryUsed,
            double memoryTotal,
            Pages pages,
            Batch batch,
            double prefill,
            double decode,
            double cached,
            double steps,
            double hitRatio,
            double draftsProposed,
            double draftsAccepted,
            double tokenMillis,
            double contexts,
            double queueDepth,
            Market market) {}

    /** Count pages; {@code cached} ones hold what somebody may ask for again and are given up first. */
    public record Pages(double used, double total, double cached) {}

    /** Describe the last step, and the largest of a minute and ever. */
    public record Batch(
            double tokens,
            double size,
            double maxTokens,
            double maxSize,
            double peakTokens,
            double peakSize,
            double topTokens,
            double topSize,
            double meanTokens,
            List<Double> sizes) {}

    /** Say what a page costs and who lost some. */
    public record Market(
            double price,
            double meanPrice,
            double dividend,
            double waiters,
            double displacements,
            double displacementsPerMinute,
            double restores,
            double restoresPerMinute,
            List<Displacement> recent) {}

    /** Tell whose pages went to whom. */
    public record Displacement(
            String victim,
            String winner,
            String reason,
            double victimBid,
            double winnerBid,
            double price,
            double pages) {}

    /** Count processes, and tell their latencies in milliseconds. */
    public record Requests(
            double running,
            double waiting,
            double suspended,
            double completed,
            double failed,
            double cancelled,
            double exhausted,
            double perSecond,
            double ttft50,
            double ttft95,
            double ttft99,
            double queueMillis) {}

    /** Describe one running program. */
    public record Program(
            String id,
            String owner,
            String program,
            String language,
            String state,
            String waitsFor,
            double share,
            double bid,
            double balance,
            double pages,
            double contexts,
            double tokens,
            double rate,
            double elapsedSeconds) {
        public String shortId() {
            return id.length() > 8 ? id.substring(0, 8) : id;
        }

        /** Return where it is in one word: what it waits for, or its state before and after it runs. */
        public String place() {
            return state.equals("running") ? waitsFor : state;
        }
    }

    /** Read an answer of the server. */
    public static Snapshot of(JsonNode json) {
        List<Model> models = new ArrayList<>();
        json.path("models").forEach(m -> models.add(model(m)));
        List<Program> programs = new ArrayList<>();
        json.path("processes").forEach(p -> programs.add(program(p)));
        return new Snapshot(
                text(json, "time"),
                number(json, "uptime_s"),
                text(json, "state"),
                text(json, "version"),
                models,
                requests(json.path("requests")),
                programs);
    }

    private static Model model(JsonNode m) {
        JsonNode pages = m.path("pages");
        JsonNode rates = m.path("rates");
        JsonNode status = m.path("device_status");
        return new Model(
                text(m, "name"),
                text(m, "driver"),
                text(m, "device"),
                text(m, "dtype"),
                number(m, "silent_ms"),
                number(m, "util"),
                number(status, "util"),
                number(status, "memory_used"),
                number(status, "memory_total"),
                new Pages(number(pages, "used"), number(pages, "total"), number(pages, "cached")),
                batch(m.path("batch")),
                number(rates, "prefill_tok_s"),
                number(rates, "decode_tok_s"),
                number(rates, "cached_tok_s"),
                number(rates, "steps_s"),
                number(m, "hit_ratio"),
                number(m.path("spec"), "proposed"),
                number(m.path("spec"), "accepted"),
                number(m, "tpot_ms"),
                number(m, "contexts"),
                number(m, "queue_depth"),
                market(m.path("market")));
    }

    private static Batch batch(JsonNode b) {
        List<Double> sizes = new ArrayList<>();
        b.path("hist").forEach(n -> sizes.add(n.asDouble()));
        return new Batch(
                number(b, "tokens"),
                number(b, "size"),
                number(b, "max_tokens"),
                number(b, "max_size"),
                number(b, "peak_tokens"),
                number(b, "peak_size"),
                number(b, "top_tokens"),
                number(b, "top_size"),
                number(b, "mean_tokens"),
                sizes);
    }

    private static Market market(JsonNode m) {
        List<Displacement> recent = new ArrayList<>();
        for (JsonNode d : m.path("recent")) {
            recent.add(new Displacement(
                    text(d, "victim"),
                    text(d, "winner"),
                    text(d, "reason"),
                    number(d, "victim_bid"),
                    number(d, "winner_bid"),
                    number(d, "price"),
                    number(d, "pages")));
        }
        return new Market(
                number(m, "price"),
                number(m, "price_mean"),
                number(m, "dividend"),
                number(m, "waiters"),
                number(m, "displacements"),
                number(m, "displacements_min"),
                number(m, "restores"),
                number(m, "restores_min"),
                recent);
    }

    private static Requests requests(JsonNode r) {
        JsonNode ended = r.path("ended");
        JsonNode ttft = r.path("ttft_ms");
        return new Requests(
                number(r, "running"),
                number(r, "waiting"),
                number(r, "suspended"),
                number(ended, "completed"),
                number(ended, "failed"),
                number(ended, "cancelled"),
                number(ended, "exhausted"),
                number(r, "req_s"),
                number(ttft, "p50"),
                number(ttft, "p95"),
                number(ttft, "p99"),
                number(r, "queue_ms"));
    }

    private static Program program(JsonNode p) {
        return new Program(
                text(p, "id"),
                text(p, "owner"),
                text(p, "program"),
                text(p, "language"),
                text(p, "state"),
                text(p, "wait"),
                number(p, "share"),
                number(p, "bid"),
                number(p, "balance"),
                number(p, "pages"),
                number(p, "contexts"),
                number(p, "tokens"),
                number(p, "tok_s"),
                number(p, "elapsed_ms") / 1e3);
    }

    private static String text(JsonNode json, String key) {
        return json.path(key).asString("");
    }

    private static double number(JsonNode json, String key) {
        JsonNode value = json.path(key);
        return value.isNumber() ? value.asDouble() : Double.NaN;
    }
}
