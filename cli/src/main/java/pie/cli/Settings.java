package pie.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import pie.engine.PieException;

/**
 * Take options from {@code $PIE_HOME/config.toml} and from variables {@code PIE_COMMAND__OPTION}. What the command line says wins,
 * then the environment, then the file.
 */
public final class Settings {
    /** Hold a setting with the option that it is of. */
    private record Choice(Setting setting, OptionSpec option) {
        /** Return the words that say the same on a command line. */
        List<String> spelled() {
            String name = option.longestName();
            List<String> values = setting.values();
            if (option.arity().max() == 0) {
                return switch (values.size() == 1 ? values.getFirst() : "") {
                    case "true" -> List.of(name);
                    case "false" -> List.of();
                    default ->
                        throw PieException.invalid(
                                setting.origin() + ": '" + setting.key() + "' is true or false, not " + shown(values));
                };
            }
            if (values.size() != 1 && !option.isMultiValue()) {
                throw PieException.invalid(
                        setting.origin() + ": '" + setting.key() + "' takes one value, not " + shown(values));
            }
            return values.stream().map(value -> name + "=" + value).toList();
        }

        private static String shown(List<String> values) {
            return values.size() == 1 ? "'" + values.getFirst() + "'" : values.toString();
        }
    }

    static final Settings NONE = new Settings(List.of());

    private final List<Setting> all;

    private Settings(List<Setting> all) {
        this.all = all;
    }

    /** Return the file that is read, there or not: {@code PIE_CONFIG}, else that in pie's folder. */
    public static Path file() {
        String named = System.getenv("PIE_CONFIG");
        return named != null && !named.isEmpty() ? Path.of(named).toAbsolutePath() : usual();
    }

    private static Path usual() {
        return PieHome.path().resolve("config.toml");
    }

    /** @throws PieException INVALID_ARGUMENT for a file that is none, or that {@code PIE_CONFIG} names and that is not there */
    public static Settings load() {
        Path file = file();
        return of(!file.equals(usual()) || Files.exists(file) ? Optional.of(file) : Optional.empty(), System.getenv());
    }

    static Settings of(Optional<Path> file, Map<String, String> environment) {
        var all = new LinkedHashMap<String, Setting>();
        file.map(SettingsFile::read).orElse(List.of()).forEach(s -> all.put(s.command() + "." + s.key(), s));
        new TreeMap<>(environment).forEach((name, value) -> {
            String[] words = name.toLowerCase(Locale.ROOT).split("__", -1);
            if (words.length == 2 && words[0].startsWith("pie_") && isCommand(words[0].substring(4))) {
                var setting = new Setting(words[0].substring(4), words[1], List.of(value), name);
                all.put(setting.command() + "." + setting.key(), setting);
            }
        });
        return new Settings(List.copyOf(all.values()));
    }

    private static boolean isCommand(String name) {
        return Verb.ALL.stream().anyMatch(verb -> verb.name().equals(name));
    }

    /** Return what is set, the environment's in place of the file's. */
    public List<Setting> all() {
        return all;
    }

    /**
     * Return a command line with the options that are set here for its command, and not by itself.
     *
     * @param fresh makes the root with the command of these words
     * @param called the command, the first of the words that is no option
     * @throws PieException INVALID_ARGUMENT with the origin of settings that the command does not take
     */
    String[] joined(Supplier<CommandLine> fresh, String called, String... words) {
        if (all.isEmpty()) {
            return words;
        }
        checkCommands();
        @Nullable CommandLine command = fresh.get().getSubcommands().get(called);
        List<Setting> own = all.stream().filter(s -> s.command().equals(called)).toList();
        if (command == null || own.isEmpty()) {
            return words;
        }
        List<Choice> choices = choices(command, own);
        ParseResult given;
        try {
            given = fresh.get().parseArgs(words).subcommand();
        } catch (ParameterException e) {
            return words; // it is told when it is run
        }
        if (given == null) {
            return words;
        }
        int at = Arrays.asList(words).indexOf(called);
        var joined = new ArrayList<>(Arrays.asList(words).subList(0, at + 1));
        for (Choice choice : choices) {
            if (!given.hasMatchedOption(choice.option.longestName())) {
                List<String> spelled = choice.spelled();
                check(fresh, words, at + 1, spelled, choice.setting);
                joined.addAll(spelled);
            }
        }
        joined.addAll(Arrays.asList(words).subList(at + 1, words.length));
        return joined.toArray(String[]::new);
    }

    private void checkCommands() {
        check(all.stream()
                .filter(s -> !isCommand(s.command()))
                .map(s -> s.origin() + ": there is no command '" + s.command() + "'"
                        + Suggestions.hint(
                                s.command(), Verb.ALL.stream().map(Verb::name).toList()))
                .toList());
    }

    /** Check all that is set against the commands. @param root with every command whole */
    public void check(CommandLine root) {
        checkCommands();
        for (Verb verb : Verb.ALL) {
            List<Setting> own =
                    all.stream().filter(s -> s.command().equals(verb.name())).toList();
            choices(command(root, verb.name()), own).forEach(Choice::spelled);
        }
    }

    /** Return a command that there is. */
    public static CommandLine command(CommandLine root, String name) {
        return Objects.requireNonNull(root.getSubcommands().get(name), name);
    }

    /** Find the options that are meant. */
    private static List<Choice> choices(CommandLine command, List<Setting> settings) {
        Map<String, OptionSpec> known = options(command);
        var found = new ArrayList<Choice>();
        var wrong = new ArrayList<String>();
        for (Setting s : settings) {
            OptionSpec option = known.get(s.key());
            if (option == null) {
                wrong.add(s.origin() + ": pie " + s.command() + " has no option '" + s.key() + "'"
                        + Suggestions.hint(s.key(), List.copyOf(known.keySet())));
            } else {
                found.add(new Choice(s, option));
            }
        }
        check(wrong);
        return found;
    }

    /** Return the options of a command by their keys. */
    public static Map<String, OptionSpec> options(CommandLine command) {
        var options = new LinkedHashMap<String, OptionSpec>();
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.usageHelp()
                    && !option.versionHelp()
                    && option.longestName().startsWith("--")) {
                options.put(option.longestName().substring(2).replace('-', '_'), option);
            }
        }
        return options;
    }

    private static void check(List<String> wrong) {
        if (!wrong.isEmpty()) {
            throw PieException.invalid(String.join("\n     ", wrong));
        }
    }

    /** See that the command takes a setting. */
    private static void check(
            Supplier<CommandLine> fresh, String[] words, int at, List<String> spelled, Setting setting) {
        var tried = new ArrayList<>(Arrays.asList(words));
        tried.addAll(at, spelled);
        try {
            fresh.get().parseArgs(tried.toArray(String[]::new));
        } catch (ParameterException e) {
            throw PieException.invalid(setting.origin() + ": " + Suggestions.explain(e));
        }
    }
}
