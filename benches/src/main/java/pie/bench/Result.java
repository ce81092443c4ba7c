package pie.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hold one result file: ours, or one of Pie's, whose keys are a part of ours. */
record Result(String name, JsonNode summary, JsonNode requests, JsonNode env) {
    static Result of(String name, JsonNode document) {
        JsonNode summary = document.has("summary") ? document.path("summary") : document;
        return new Result(name, summary, document.path("requests"), document.path("env"));
    }

    /** Shape the rounds of one engine as the result files have them. */
    static Map<String, @Nullable Object> document(
            String mode,
            String engine,
            String model,
            List<Load.Round> rounds,
            Goal goal,
            Map<String, ?> config,
            Map<String, ?> environment) {
        List<Object> requests = new ArrayList<>();
        for (int r = 0; r < rounds.size(); r++) {
            int repeat = r;
            rounds.get(r).answers().forEach(a -> requests.add(a.json(repeat)));
        }
        var json = new LinkedHashMap<String, @Nullable Object>();
        json.put("schema", "pie-bench/1");
        json.put("summary", Figures.summary(mode, engine, model, rounds, goal, config));
        json.put("requests", requests);
        json.put("env", environment);
        return json;
    }

    static Result read(Path file) throws IOException {
        JsonNode document = JsonMapper.shared().readTree(Files.readString(file));
        Result result = of(String.valueOf(file.getFileName()).replaceFirst("\\.json$", ""), document);
        if (!result.summary().path("output_tok_per_s").isNumber()) {
            throw new IOException(file + " is no result of a bench: it has no output_tok_per_s");
        }
        return result;
    }

    String text(String key) {
        return summary.path(key).asString("");
    }

    /** Return a figure by its path in the summary; NaN where it is not there. */
    double figure(String path) {
        JsonNode node = summary.at("/" + path.replace('.', '/'));
        return node.isNumber() ? node.asDouble() : Double.NaN;
    }

    /** Return over how many repeats a figure's range is, 0 where it is not there. */
    int rounds(String spread) {
        return summary.path("spread").path(spread).path("rounds").asInt(0);
    }

    /** Return {min, max} of a figure over the repeats; both NaN where it is not there. */
    double[] range(String spread) {
        JsonNode node = summary.path("spread").path(spread);
        return new double[] {
            node.path("min").asDouble(Double.NaN), node.path("max").asDouble(Double.NaN)
        };
    }
}
