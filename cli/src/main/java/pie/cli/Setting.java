package pie.cli;

import java.util.List;

/**
 * Hold an option of a command that was set outside of its command line.
 *
 * @param command name of the command
 * @param key name of the option without dashes before it and with underscores in it, {@code page_size}
 * @param values what the option would be given; of a flag {@code true} or {@code false}
 * @param origin where it was set: {@code config.toml:3} or a variable's name
 */
public record Setting(String command, String key, List<String> values, String origin) {}
