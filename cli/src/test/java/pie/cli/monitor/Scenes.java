package pie.cli.monitor;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pie.cli.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Make scenes of known numbers, in the shape in which a server sends them. */
final class Scenes {
    private static final String[] PROGRAMS = {"agent@1.2.0", "best_of_n@0.0.0", "StreamingChat@0.0.0", "summarise@2.0.1"
    };
    private static final String[] LANGUAGES = {"python", "javascript", "java", "typescript"};
    private static final String[] OWNERS = {"alice", "bob", "carol-with-a-long-name"};
    private static final String[] WAITS = {"forward", "forward", "timer", "guest", "allocation", "message"};

    private Scenes() {}

    static ObjectNode json(int programs) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("time", "2026-11-26T14:02:11.000Z");
        json.put("uptime_s", 4353.2);
        json.put("state", "ready");
        json.put("version", "0.1.0");
        model(json.putArray("models").addObject());
        ObjectNode requests = json.putObject("requests");
        requests.put("running", programs).put("waiting", 3).put("suspended", 2);
        requests.putObject("ended")
                .put("completed", 1234)
                .put("failed", 5)
                .put("cancelled", 6)
                .put("exhausted", 1);
        requests.put("req_s", 12.4);
        requests.putObject("ttft_ms").put("p50", 41.2).put("p95", 190.4).put("p99", 260.0);
        requests.put("queue_ms", 1.5);
        ArrayNode rows = json.putArray("processes");
        for (int i = 0; i < programs; i++) {
            program(rows.addObject(), i, programs);
        }
        return json;
    }

    private static void model(ObjectNode m) {
        m.put("name", "smollm2-135m-instruct")
                .put("driver", "cpu")
                .put("device", "AMD EPYC 9R14")
                .put("dtype", "f32");
        m.put("silent_ms", 12).put("util", 0.87);
        m.putObject("device_status")
                .putNull("util")
                .put("memory_used", 512 << 20)
                .put("memory_total", 2048L << 20);
        m.putObject("pages").put("total", 8192).put("used", 5012).put("cached", 1200);
        ObjectNode batch = m.putObject("batch");
        batch.put("tokens", 220).put("size", 34).put("max_tokens", 2048).put("max_size", 512);
        batch.put("peak_tokens", 2047)
                .put("peak_size", 64)
                .put("top_tokens", 2048)
                .put("top_size", 65);
        batch.put("mean_tokens", 96.5);
        ArrayNode sizes = batch.putArray("hist");
        for (int steps : new int[] {100, 50, 25, 200, 400, 225, 0, 0, 0, 0, 0, 0}) {
            sizes.add(steps);
        }
        m.putObject("rates")
                .put("prefill_tok_s", 3120.0)
                .put("decode_tok_s", 2912.0)
                .put("steps_s", 61.7);
        m.put("hit_ratio", 0.64).put("tpot_ms", 8.14).put("contexts", 77).put("queue_depth", 2);
        m.putObject("spec").put("proposed", 200).put("accepted", 150);
        ObjectNode market = m.putObject("market");
        market.put("price", 0.012)
                .put("price_mean", 0.0105)
                .put("dividend", 0.043)
                .put("waiters", 4);
        market.put("displacements", 120)
                .put("displacements_min", 13.2)
                .put("restores", 90)
                .put("restores_min", 11.8);
        ArrayNode recent = market.putArray("recent");
        for (int i = 0; i < 6; i++) {
            ObjectNode d = recent.addObject();
            d.put("victim", id(i)).put("winner", id(i + 7)).put("reason", "bid").put("price", 0.01);
            d.put("victim_bid", 0.003).put("winner_bid", 0.031).put("pages", 4 + i);
        }
    }

    static String id(int i) {
        return "%08x-0000-4000-8000-%012x".formatted(0x7c1e09a4 + 0x01010101 * i, i);
    }

    private static void program(ObjectNode p, int i, int all) {
        p.put("id", id(i))
                .put("owner", OWNERS[i % 3])
                .put("program", PROGRAMS[i % 4])
                .put("language", LANGUAGES[i % 4]);
        p.put("state", "running").put("wait", WAITS[i % 6]);
        p.put("share", 2.0 * (all - i) / (all * (all + 1.0)));
        p.put("bid", 0.001 * (i % 9))
                .put("balance", 51.2 - i)
                .put("pages", 3 + 5 * i)
                .put("contexts", 1 + i % 3);
        p.put("tokens", 9214 - 200 * i).put("tok_s", 81.0 - 2 * i).put("elapsed_ms", 41_000 + 1000 * i);
    }

    static Scene scene(ObjectNode json) {
        return scene(json, view -> {});
    }

    static Scene scene(ObjectNode json, Consumer<View> change) {
        return scene(json, change, null);
    }

    static Scene scene(ObjectNode json, Consumer<View> change, @Nullable Detail detail) {
        Snapshot snapshot = Snapshot.of(json);
        var trend = new Trend();
        for (int i = 0; i < 200; i++) {
            ObjectNode second = json(3);
            ObjectNode model = (ObjectNode) second.at("/models/0");
            double wave = 0.5 + 0.4 * Math.sin(i / 9.0);
            ((ObjectNode) model.get("rates")).put("decode_tok_s", 3000 * wave);
            ((ObjectNode) model.get("batch")).put("mean_tokens", 200 * wave);
            model.put("tpot_ms", 6 + 4 * wave);
            ((ObjectNode) model.get("pages")).put("used", 2000 + 20 * i);
            trend.add(Snapshot.of(second));
        }
        trend.add(snapshot);
        var view = new View();
        change.accept(view);
        List<Snapshot.Program> programs = new Ranking().order(snapshot, view, 0);
        return new Scene(snapshot, programs, trend, view, detail, List.of(), "", "14:02:11", false);
    }
}
