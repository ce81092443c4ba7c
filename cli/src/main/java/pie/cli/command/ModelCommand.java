package pie.cli.command;

import picocli.CommandLine.Command;

/** Gather the verbs about models. */
@Command(
        name = "model",
        description = "Fetch, list, describe and remove models.%n",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {ModelPullCommand.class, ModelListCommand.class, ModelInfoCommand.class, ModelRmCommand.class},
        footer = {
            "",
            "Examples:",
            "  pie model pull smollm2-135m-instruct",
            "  pie model list",
            "  pie model info smollm2-135m-instruct"
        })
public final class ModelCommand extends PieCommand {
    @Override
    public Integer call() {
        spec.commandLine().usage(out());
        return 0;
    }
}
