package pie.server.openai;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import pie.engine.generate.SamplerChain;
import pie.engine.grammar.GrammarSource;

/**
 * Hold what chat and completions have in common.
 *
 * @param n choices of each prompt
 * @param minTokens of each choice, before which no token or text ends it
 * @param maxTokens of each choice, empty for what the context window leaves
 * @param stops texts that end a choice
 * @param stopIds tokens that end it, beside those that end a turn
 * @param includeStop whether the text keeps the stop string
 * @param ignoreEos whether tokens that end a turn do not end the text
 * @param usageChunk whether a stream ends with a chunk of the usage
 * @param usageEach whether every chunk carries the usage so far
 * @param tokenIds whether ids are returned beside the text
 * @param prefixCache whether computed pages are looked up
 * @param bid of the contexts, empty for what the wallet allows
 */
record Asked(
        SamplerChain sampler,
        int n,
        int minTokens,
        OptionalInt maxTokens,
        OptionalLong seed,
        List<String> stops,
        int[] stopIds,
        boolean includeStop,
        boolean ignoreEos,
        Optional<GrammarSource> structure,
        boolean stream,
        boolean usageChunk,
        boolean usageEach,
        boolean tokenIds,
        boolean prefixCache,
        OptionalDouble bid,
        Map<String, String> labels) {
    private static final int MOST_CHOICES = 128;
    private static final int MOST_STOPS = 16;
    private static final int MOST_STOP_IDS = 256;
    private static final int MOST_LABELS = 16;
    private static final double MOST_BID = 1_000_000;

    static Asked read(Fields fields, int vocab) {
        for (String later : List.of("functions", "function_call", "suffix", "audio", "prediction")) {
            if (fields.find(later).isPresent()) {
                throw Fields.unsupported(later, "is not offered by this server; leave it out");
            }
        }
        Fields options = fields.object("stream_options").orElse(new Fields(none()));
        Fields own = fields.object("pie").orElse(new Fields(none()));
        for (String later : List.of("program", "source", "mcp", "input", "budget")) {
            if (own.find(later).isPresent()) {
                throw Fields.unsupported(
                        "pie." + later, "is not offered here yet; launch programs with POST /v1/processes");
            }
        }
        List<String> stops = fields.texts("stop", MOST_STOPS);
        if (stops.contains("")) {
            throw Fields.invalid("stop", "must not hold an empty string");
        }
        int[] stopIds = fields.ids("stop_token_ids", MOST_STOP_IDS);
        for (int id : stopIds) {
            if (id < 0 || id >= vocab) {
                throw Fields.invalid("stop_token_ids", "must hold token ids from 0 to " + (vocab - 1) + ", got " + id);
            }
        }
        double bid = own.number("bid", 0, MOST_BID, -1);
        return new Asked(
                Sampling.read(fields, vocab),
                fields.integer("n", 1, MOST_CHOICES).orElse(1),
                minTokens(fields),
                maxTokens(fields),
                fields.seed("seed"),
                stops,
                stopIds,
                fields.flag("include_stop_str_in_output", false),
                fields.flag("ignore_eos", false),
                Structure.read(fields),
                fields.flag("stream", false),
                options.flag("include_usage", false),
                options.flag("continuous_usage_stats", false),
                fields.flag("return_token_ids", false),
                own.flag("prefix_cache", true),
                bid < 0 ? OptionalDouble.empty() : OptionalDouble.of(bid),
                labels(own));
    }

    private static tools.jackson.databind.node.ObjectNode none() {
        return tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    }

    private static int minTokens(Fields fields) {
        OptionalInt most = maxTokens(fields);
        return fields.integer("min_tokens", 0, most.orElse(Integer.MAX_VALUE)).orElse(0);
    }

    private static OptionalInt maxTokens(Fields fields) {
        OptionalInt newer = fields.integer("max_completion_tokens", 0, Integer.MAX_VALUE);
        OptionalInt older = fields.integer("max_tokens", 0, Integer.MAX_VALUE);
        return newer.isPresent() ? newer : older;
    }

    private static Map<String, String> labels(Fields own) {
        var labels = new LinkedHashMap<String, String>();
        own.find("labels").ifPresent(node -> {
            if (!node.isObject() || node.size() > MOST_LABELS) {
                throw Fields.invalid("pie.labels", "must be an object of at most " + MOST_LABELS + " strings");
            }
            Set<Map.Entry<String, tools.jackson.databind.JsonNode>> all = node.properties();
            for (Map.Entry<String, tools.jackson.databind.JsonNode> each : all) {
                if (!each.getValue().isString()) {
                    throw Fields.invalid("pie.labels." + each.getKey(), "must be a string");
                }
                labels.put(each.getKey(), each.getValue().asString());
            }
        });
        return labels;
    }

    Asked withStructure(Optional<GrammarSource> other) {
        return new Asked(
                sampler,
                n,
                minTokens,
                maxTokens,
                seed,
                stops,
                stopIds,
                includeStop,
                ignoreEos,
                other,
                stream,
                usageChunk,
                usageEach,
                tokenIds,
                prefixCache,
                bid,
                labels);
    }
}
