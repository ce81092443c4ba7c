package pie.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Hold one result file: ours, or one of Pie's, whose keys are a part of ours. */
record Result(String name, JsonNode summary, JsonNode requests, JsonNode env) {
    static Result of(String name, JsonNode document) {
        JsonNode summary = document.has("summary") ? document.path("summary") : document;
        return new Result(name, summary, document.path("requests"), document.path("env"));
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

    /** Return {min, max} of a figure over the repeats; both NaN where it is not there. */
    double[] range(String spread) {
        JsonNode node = summary.path("spread").path(spread);
        return new double[] {
            node.path("min").asDouble(Double.NaN), node.path("max").asDouble(Double.NaN)
        };
    }
}
