package pie.cli;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/**
 * Describe the build that runs; the launcher wrote it down when it built.
 *
 * @param commit short hash, or {@code unknown} outside a git checkout; {@code +} follows if files differed from it
 * @param time of the build, UTC
 */
public record Build(String version, String commit, String time) {
    private static final String VERSION = "0.1.0";

    public static Build load() {
        var p = new Properties();
        Path file = Path.of(System.getProperty("pie.app", "")).resolve("build.properties");
        if (Files.isReadable(file)) {
            try (Reader reader = Files.newBufferedReader(file)) {
                p.load(reader);
            } catch (IOException e) {
                return new Build(VERSION, "unknown", "unknown");
            }
        }
        String commit = p.getProperty("commit", "unknown");
        return new Build(VERSION, p.containsKey("dirty") ? commit + "+" : commit, p.getProperty("time", "unknown"));
    }

    public String jvm() {
        return "%s %s (%s)"
                .formatted(
                        System.getProperty("java.vm.name", "?"),
                        System.getProperty("java.vm.version", "?"),
                        System.getProperty("java.vendor", "?"));
    }

    /** Return what {@code pie --version} prints. */
    public String line() {
        return "pie " + version + " (" + commit + ", built " + time + ")";
    }

    public Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("version", version);
        json.put("commit", commit);
        json.put("built", time);
        json.put("jvm", jvm());
        json.put("java", System.getProperty("java.version", "?"));
        json.put("api", "v1");
        return json;
    }
}
