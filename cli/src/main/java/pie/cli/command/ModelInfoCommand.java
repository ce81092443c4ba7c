package pie.cli.command;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import pie.cli.Json;
import pie.cli.PieHome;
import pie.cli.models.ModelFacts;
import pie.cli.models.ModelStore;
import pie.engine.PieException;
import pie.engine.driver.DriverConfig;

/** Describe one model. */
@Command(
        name = "info",
        description = "Describe a model: shape, size, and what its KV pages take.%n",
        footer = {
            "",
            "Examples:",
            "  pie model info smollm2-135m-instruct",
            "  pie model info ./model.gguf --page-size 32 --json"
        })
public final class ModelInfoCommand extends PieCommand {
    @Parameters(paramLabel = "NAME_OR_PATH", description = "Pulled model, .gguf file or folder.")
    private String name = "";

    @Option(
            names = "--page-size",
            paramLabel = "TOKENS",
            description = "Tokens of one KV page: 8, 16, 32 or 64. Default: ${DEFAULT-VALUE}.")
    private int pageSize = DriverConfig.DEFAULT.pageSize();

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        if (Integer.bitCount(pageSize) != 1 || pageSize < 8 || pageSize > 64) {
            throw PieException.invalid("--page-size is 8, 16, 32 or 64, not " + pageSize);
        }
        Path path = ModelStore.of(PieHome.path()).resolve(name);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", name);
        facts.putAll(ModelFacts.of(path, pageSize));
        if (json) {
            out().println(Json.pretty(facts));
        } else {
            facts.forEach((key, value) -> out().printf("%-20s %s%n", key.replace('_', ' '), text(value)));
        }
        return 0;
    }

    private static String text(Object value) {
        return value instanceof int[] numbers ? Arrays.toString(numbers) : String.valueOf(value);
    }
}
