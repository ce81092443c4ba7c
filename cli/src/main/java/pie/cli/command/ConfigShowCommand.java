package pie.cli.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import pie.cli.Json;
import pie.cli.Setting;
import pie.cli.Settings;

/** Print what is set outside of command lines. */
@Command(
        name = "show",
        description = "Check what is set by file and environment, and print it with where it was set.%n",
        footer = {"", "Examples:", "  pie config show", "  pie config show --json"})
final class ConfigShowCommand extends PieCommand {
    private static final String SECRET = "token";

    @ParentCommand
    private ConfigCommand parent = new ConfigCommand(() -> spec.commandLine());

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() {
        Settings settings = Settings.load();
        settings.check(parent.commands());
        if (json) {
            out().println(Json.pretty(Map.of(
                    "items",
                    settings.all().stream().map(ConfigShowCommand::item).toList())));
            return 0;
        }
        if (settings.all().isEmpty()) {
            err().println("nothing is set: pie config init begins " + Settings.file());
            return 0;
        }
        List<List<String>> rows = new ArrayList<>(List.of(List.of("command", "option", "value", "set by")));
        settings.all().forEach(s -> rows.add(List.of(s.command(), s.key(), shown(s), s.origin())));
        table(rows, rows.getFirst().size());
        return 0;
    }

    private static Map<String, Object> item(Setting s) {
        return Map.of("command", s.command(), "key", s.key(), "value", shown(s), "origin", s.origin());
    }

    private static String shown(Setting s) {
        return s.key().equals(SECRET) ? "***" : String.join(", ", s.values());
    }
}
