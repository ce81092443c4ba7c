package pie.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/** Print lines for people as they come, and write one JSON document for machines at the end. */
final class Report {
    @Option(
            names = {"--json-out", "--json"},
            paramLabel = "FILE",
            description = "Write all figures and the environment there.")
    private @Nullable Path file;

    private final Map<String, Object> figures = new LinkedHashMap<>();

    void line(String format, @Nullable Object... arguments) {
        System.out.printf(Locale.ROOT, format + "%n", arguments);
    }

    void environment(Map<String, @Nullable Object> environment) {
        line(
                "%s, %s cores, jvm %s, commit %s, load before %s",
                environment.get("processor"),
                environment.get("cores"),
                environment.get("jvm"),
                environment.get("commit"),
                environment.get("load_before"));
        figures.put("environment", environment);
    }

    void put(String key, Object value) {
        figures.put(key, value);
    }

    void write() throws IOException {
        if (file != null) {
            var json = new LinkedHashMap<String, Object>();
            json.put("schema", "pie-bench/1");
            json.putAll(figures);
            Files.writeString(
                    file, JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n");
            line("written to %s", file);
        }
    }
}
