package pie.cli.command;

import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import pie.cli.Json;
import pie.cli.PieHome;
import pie.cli.models.ModelStore;
import pie.cli.models.Sizes;
import pie.cli.models.StoredModel;

/** List models. */
@Command(
        name = "list",
        description = "List the models that are here, and those that can be pulled by name.%n",
        footer = {"", "Examples:", "  pie model list", "  pie model list --json | jq -r '.[] | select(.pulled) | .name'"
        })
public final class ModelListCommand extends PieCommand {
    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        List<StoredModel> models = ModelStore.of(PieHome.path()).list();
        if (json) {
            out().println(Json.pretty(models.stream().map(StoredModel::json).toList()));
            return 0;
        }
        int width =
                models.stream().mapToInt(model -> model.name().length()).max().orElse(0);
        for (StoredModel model : models) {
            String state = !model.supported()
                    ? style().yellow(model.problem())
                    : model.path().isPresent() ? style().green("ready") : style().dim("pie model pull " + model.name());
            out().printf(
                            Locale.ROOT,
                            "%-" + width + "s  %10s  %-11s  %-8s  %s%n",
                            model.name(),
                            Sizes.text(model.bytes()),
                            model.format(),
                            model.architecture(),
                            state);
        }
        return 0;
    }
}
