package pie.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Find {@code $PIE_HOME} and what a running server left in it. */
public final class PieHome {
    /** Say where the local server listens. */
    public record LocalServer(URI url, long pid) {}

    private PieHome() {}

    /** Return {@code $PIE_HOME}, or {@code ~/.pie}. */
    public static Path path() {
        String set = System.getenv("PIE_HOME");
        return set != null && !set.isEmpty()
                ? Path.of(set).toAbsolutePath()
                : Path.of(System.getProperty("user.home"), ".pie");
    }

    /** Return where drivers keep packed weights. */
    public static Path weightCache() {
        return path().resolve("cache/weights");
    }

    /** Return the server that {@code run/server.json} names; one whose process is gone does not count. */
    public static Optional<LocalServer> server() {
        Path file = path().resolve("run/server.json");
        try {
            JsonNode json = Json.parse(Files.readString(file));
            URI url = URI.create(json.path("url").asString());
            long pid = json.path("pid").asLong();
            boolean alive = ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
            return alive ? Optional.of(new LocalServer(url, pid)) : Optional.empty();
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Return the token of the running server, readable by its user alone. */
    public static Optional<String> internalToken() {
        try {
            return Optional.of(
                    Files.readString(path().resolve("run/internal.token")).trim());
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
