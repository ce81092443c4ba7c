package pie.cli.command;

import java.util.List;
import java.util.function.Supplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Parameters;
import pie.engine.PieException;

/** Print a shell completion script. */
@Command(
        name = "completion",
        description = "Print a completion script for your shell.%n",
        footer = {
            "",
            "Examples:",
            "  source <(pie completion bash)",
            "  pie completion zsh > ~/.zfunc/_pie",
            "  pie completion fish > ~/.config/fish/completions/pie.fish"
        })
public final class CompletionCommand extends PieCommand {
    @Parameters(paramLabel = "SHELL", description = "bash, zsh or fish.")
    private String shell = "";

    private final Supplier<CommandLine> whole;

    /** @param whole makes the root with every command whole */
    public CompletionCommand(Supplier<CommandLine> whole) {
        this.whole = whole;
    }

    @Override
    public Integer call() {
        switch (shell) {
            case "bash" -> out().println(AutoComplete.bash("pie", whole.get()));
            // The script of picocli turns zsh's bash emulation on by itself.
            case "zsh" -> out().println("#compdef pie\n" + AutoComplete.bash("pie", whole.get()));
            case "fish" -> out().print(fish(whole.get()));
            default -> throw PieException.invalid("SHELL is bash, zsh or fish, not '" + shell + "'");
        }
        return 0;
    }

    private static String fish(CommandLine root) {
        var s = new StringBuilder("complete -c pie -f\n");
        root.getSubcommands().forEach((name, line) -> {
            s.append("complete -c pie -n __fish_use_subcommand -a ")
                    .append(name)
                    .append(" -d ")
                    .append(quoted(first(line.getCommandSpec())))
                    .append('\n');
            for (OptionSpec option : line.getCommandSpec().options()) {
                s.append("complete -c pie -n '__fish_seen_subcommand_from ")
                        .append(name)
                        .append('\'');
                for (String n : option.names()) {
                    s.append(n.startsWith("--") ? " -l " + n.substring(2) : " -s " + n.substring(1));
                }
                s.append(option.arity().max() > 0 ? " -r" : "")
                        .append(" -d ")
                        .append(quoted(String.join(" ", option.description())))
                        .append('\n');
            }
            if (List.of("run", "launch").contains(name)) {
                s.append("complete -c pie -n '__fish_seen_subcommand_from ")
                        .append(name)
                        .append("' -F\n");
            }
        });
        return s.toString();
    }

    private static String first(CommandSpec spec) {
        String[] lines = spec.usageMessage().description();
        return lines.length == 0 ? "" : lines[0].replace("%n", "");
    }

    private static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
