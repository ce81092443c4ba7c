package pie.cli.command;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import pie.cli.Settings;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Write a file with all that can be set, commented out. */
@Command(
        name = "init",
        description = "Write a file that shows every option of serve, run and top, commented out.%n",
        footer = {"", "Examples:", "  pie config init", "  pie config init --force"})
final class ConfigInitCommand extends PieCommand {
    private static final List<String> SHOWN = List.of("serve", "run", "top");

    @ParentCommand
    private ConfigCommand parent = new ConfigCommand(() -> spec.commandLine());

    @Option(names = "--force", description = "Write over a file that is there.")
    private boolean force;

    @Override
    public Integer call() {
        Path file = Settings.file();
        CommandLine root = parent.commands();
        var text = new StringBuilder("""
                # Options of pie's commands: a table for each command, a key for each long option.
                # The command line wins over variables such as PIE_SERVE__PORT, and these over this file.
                """);
        SHOWN.forEach(name -> {
            text.append("\n[").append(name).append("]\n");
            Settings.options(Settings.command(root, name))
                    .forEach((key, option) -> text.append(described(key, option)));
        });
        try {
            Files.createDirectories(file.getParent());
            if (force) {
                Files.writeString(file, text);
            } else {
                Files.writeString(file, text, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            }
        } catch (FileAlreadyExistsException e) {
            throw new PieException(
                    ErrorCode.ALREADY_EXISTS, file + " is there already: --force writes over it", Map.of(), e);
        } catch (IOException e) {
            throw new PieException(ErrorCode.STORAGE_FULL, file + " cannot be written: " + e, Map.of(), e);
        }
        out().println(file);
        return 0;
    }

    private static String described(String key, OptionSpec option) {
        var text = new StringBuilder();
        for (String line : option.description()) {
            String words = line.replace("${DEFAULT-VALUE}", String.valueOf(option.initialValue()))
                    .replace("%n", " ");
            text.append("# ").append(words.strip()).append('\n');
        }
        String value = option.arity().max() == 0 ? "true" : example(option);
        return text.append("# ")
                .append(key)
                .append(" = ")
                .append(value)
                .append("\n\n")
                .toString();
    }

    private static String example(OptionSpec option) {
        String one = isNumber(option.type()) ? option.paramLabel() : '"' + option.paramLabel() + '"';
        return option.isMultiValue() ? "[" + one + "]" : one;
    }

    private static boolean isNumber(Class<?> type) {
        return type == int.class || type == long.class || type == double.class || Number.class.isAssignableFrom(type);
    }
}
