package pie.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import pie.engine.PieException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.toml.TomlMapper;

/** Read settings from a file in TOML: a table for each command, a key for each of its long options. */
final class SettingsFile {
    private final Path file;
    private final List<String> lines;

    private SettingsFile(Path file, List<String> lines) {
        this.file = file;
        this.lines = lines;
    }

    /** @throws PieException INVALID_ARGUMENT with file and line, for a file that cannot be read, is no TOML or holds other than settings */
    static List<Setting> read(Path file) {
        String text;
        try {
            text = Files.readString(file);
        } catch (IOException e) {
            throw PieException.invalid("the configuration cannot be read: " + e);
        }
        return new SettingsFile(file, text.lines().toList()).parsed(text);
    }

    private List<Setting> parsed(String text) {
        JsonNode root;
        try {
            root = TomlMapper.shared().readTree(text);
        } catch (JacksonException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw PieException.invalid(file + ":" + line + ": " + e.getOriginalMessage());
        }
        var settings = new ArrayList<Setting>();
        root.properties().forEach(table -> {
            String command = table.getKey();
            if (!table.getValue().isObject()) {
                throw PieException.invalid(at("", command) + ": '" + command
                        + "' is in no table: settings are in that of their command, such as [serve]");
            }
            table.getValue()
                    .properties()
                    .forEach(entry -> settings.add(new Setting(
                            command,
                            entry.getKey(),
                            values(command, entry.getKey(), entry.getValue()),
                            at(command, entry.getKey()))));
        });
        return settings;
    }

    private List<String> values(String command, String key, JsonNode value) {
        var values = new ArrayList<String>();
        if (value.isArray()) {
            value.forEach(one -> values.add(plain(command, key, one)));
        } else if (value.isObject()) {
            value.properties().forEach(one -> values.add(one.getKey() + "=" + plain(command, key, one.getValue())));
        } else {
            values.add(plain(command, key, value));
        }
        return List.copyOf(values);
    }

    private String plain(String command, String key, JsonNode value) {
        if (value.isContainer()) {
            throw PieException.invalid(at(command, key) + ": '" + key + "' is nested too deep");
        }
        return value.asString();
    }

    /** Return the place of a key, as far as it can be told: TOML has many ways to write one. */
    private String at(String table, String key) {
        Pattern head = Pattern.compile("\\s*\\[\\s*" + Pattern.quote(table) + "\\s*].*");
        Pattern entry = Pattern.compile("\\s*(\"?)" + Pattern.quote(key) + "\\1\\s*[=.].*");
        boolean inside = table.isEmpty();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.strip().startsWith("[")) {
                inside = head.matcher(line).matches();
            } else if (inside && entry.matcher(line).matches()) {
                return file + ":" + (i + 1);
            }
        }
        return file.toString();
    }
}
