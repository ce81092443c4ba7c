package pie.cli.models;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hold what the machine says about networks: environment variables, how to call pip, and how patient to be.
 *
 * @param pips command lines of pip, tried in order
 * @param attempts how often a broken connection is tried again in one pull
 * @param pause wait between attempts
 */
record Environment(Map<String, String> variables, List<List<String>> pips, int attempts, Duration pause) {
    static Environment ofSystem() {
        return new Environment(
                System.getenv(),
                List.of(List.of("python3", "-m", "pip"), List.of("python", "-m", "pip"), List.of("pip3")),
                4,
                Duration.ofSeconds(2));
    }

    /** Return the first of the variables that is set and not empty. */
    Optional<String> first(String... names) {
        for (String name : names) {
            @Nullable String value = variables.get(name);
            if (value != null && !value.isBlank()) {
                return Optional.of(value.trim());
            }
        }
        return Optional.empty();
    }

    Path userHome() {
        return Path.of(first("HOME").orElse(System.getProperty("user.home")));
    }
}
