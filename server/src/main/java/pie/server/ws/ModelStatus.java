package pie.server.ws;

import java.util.List;
import pie.engine.Engine;
import pie.engine.EngineStats;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Answer the {@code model_status} query: one flat object, {@code <model>.<field>}. Fields without a counterpart here are 0. */
final class ModelStatus {
    private static final int BATCH_CLASSES = 8;

    private ModelStatus() {}

    static String json(List<Engine> engines) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        for (Engine engine : engines) {
            add(json, engine.model().name() + ".", engine.stats());
        }
        return json.toString();
    }

    private static void add(ObjectNode json, String model, EngineStats s) {
        long micros = s.driverNanos() / 1000;
        json.put(model + "kv_pages_used", s.pagesWorking() + s.pagesCommitted());
        json.put(model + "kv_pages_total", s.pagesTotal());
        json.put(model + "total_batches", s.steps());
        json.put(model + "total_tokens_processed", s.rowsPrefill() + s.rowsDecode());
        json.put(model + "cumulative_batch_latency_us", micros);
        json.put(model + "avg_batch_latency_us", s.steps() == 0 ? 0 : micros / s.steps());
        json.put(model + "system_spec_draft_tokens_proposed", s.tokensDrafted());
        json.put(model + "system_spec_draft_tokens_accepted", s.tokensAccepted());
        for (String absent : List.of(
                "total_requests_processed",
                "max_forward_requests_observed",
                "last_batch_latency_us",
                "bypass_hits",
                "chain_submits",
                "chain_drops")) {
            json.put(model + absent, 0);
        }
        for (int i = 0; i < BATCH_CLASSES; i++) {
            json.withArray("/" + (model + "batch_size_hist").replace("~", "~0").replace("/", "~1"))
                    .add(0);
        }
        json.putArray(model + "system_spec_draft_tokens_proposed_per_pos");
        json.putArray(model + "system_spec_draft_tokens_accepted_per_pos");
    }
}
