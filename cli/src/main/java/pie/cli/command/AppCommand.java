package pie.cli.command;

import picocli.CommandLine.Command;

/** Gather the verbs about programs that answer HTTP requests. */
@Command(
        name = "app",
        description = "Start, list and stop programs that answer HTTP requests on a running server.%n",
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {AppStartCommand.class, AppListCommand.class, AppStopCommand.class},
        footer = {
            "",
            "Examples:",
            "  pie app start web examples/python/web_server.py",
            "  curl http://127.0.0.1:8080/apps/web/echo",
            "  pie app stop web"
        })
public final class AppCommand extends PieCommand {
    @Override
    public Integer call() {
        spec.commandLine().usage(out());
        return 0;
    }
}
