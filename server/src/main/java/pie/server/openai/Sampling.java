package pie.server.openai;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import pie.engine.generate.SamplerChain;
import pie.engine.generate.Stage;
import tools.jackson.databind.JsonNode;

/** Read how tokens are drawn. */
final class Sampling {
    private static final double WIDEST_BIAS = 100;

    private Sampling() {}

    /** Return the chain that the fields ask for; without any, draws at temperature 1. */
    static SamplerChain read(Fields fields, int vocab) {
        double temperature = fields.number("temperature", 0, 2, 1);
        double topP = fields.number("top_p", 0, 1, 1);
        int topK = topK(fields);
        double minP = fields.number("min_p", 0, 1, 0);
        double repetition = fields.number("repetition_penalty", 0.01, 100, 1);
        double presence = fields.number("presence_penalty", -2, 2, 0);
        double frequency = fields.number("frequency_penalty", -2, 2, 0);
        var stages = new ArrayList<Stage>();
        if (repetition != 1) {
            stages.add(new Stage.RepetitionPenalty((float) repetition, 0));
        }
        if (presence != 0) {
            stages.add(new Stage.PresencePenalty((float) presence));
        }
        if (frequency != 0) {
            stages.add(new Stage.FrequencyPenalty((float) frequency));
        }
        Map<Integer, Float> bias = bias(fields, vocab);
        if (!bias.isEmpty()) {
            stages.add(new Stage.LogitBias(bias));
        }
        boolean greedy = temperature <= SamplerChain.GREEDY_BELOW || topP == 0;
        stages.add(new Stage.Temperature(greedy ? 0 : (float) temperature));
        if (!greedy) {
            cut(stages, topK, topP, minP);
        }
        return new SamplerChain(stages, OptionalLong.empty());
    }

    private static void cut(List<Stage> stages, int topK, double topP, double minP) {
        if (topK > 0) {
            stages.add(new Stage.TopK(topK));
        }
        if (topP < 1) {
            stages.add(new Stage.TopP((float) topP));
        }
        if (minP > 0) {
            stages.add(new Stage.MinP((float) minP));
        }
    }

    private static int topK(Fields fields) {
        OptionalInt k = fields.integer("top_k", -1, Integer.MAX_VALUE);
        return Math.max(0, k.orElse(0));
    }

    private static Map<Integer, Float> bias(Fields fields, int vocab) {
        var bias = new LinkedHashMap<Integer, Float>();
        fields.find("logit_bias").ifPresent(node -> {
            if (!node.isObject()) {
                throw Fields.invalid("logit_bias", "must be an object of token ids and numbers");
            }
            for (Map.Entry<String, JsonNode> each : node.properties()) {
                String param = "logit_bias." + each.getKey();
                double value = each.getValue().isNumber() ? each.getValue().asDouble() : Double.NaN;
                if (!(Math.abs(value) <= WIDEST_BIAS)) {
                    throw Fields.invalid(param, "must be a number from -100 to 100");
                }
                bias.put(id(each.getKey(), param, vocab), (float) value);
            }
        });
        return bias;
    }

    private static int id(String key, String param, int vocab) {
        try {
            int id = Integer.parseInt(key);
            if (id >= 0 && id < vocab) {
                return id;
            }
        } catch (NumberFormatException e) {
            // refused below, with the range
        }
        throw Fields.invalid(param, "must be named by a token id from 0 to " + (vocab - 1));
    }
}
