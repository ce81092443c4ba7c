package pie.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Hold the model that a command uses: the name that programs load it by, and its file or folder. */
public record ModelChoice(String name, Path path) {
    public static final String DEFAULT = "smollm2-135m-instruct";

    /** @throws PieException NOT_FOUND with the command that fetches it */
    public static ModelChoice of(String nameOrPath) {
        Path path = Path.of(nameOrPath);
        if (Files.exists(path)) {
            return new ModelChoice(stem(path), path.toAbsolutePath());
        }
        Path folder = PieHome.path().resolve("models").resolve(nameOrPath);
        Optional<Path> weights = weights(folder);
        if (weights.isEmpty()) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "model '" + nameOrPath + "' is not here: fetch it with pie model pull " + nameOrPath,
                    Map.of("model", nameOrPath));
        }
        return new ModelChoice(nameOrPath, weights.get());
    }

    private static Optional<Path> weights(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".gguf")).sorted().findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String stem(Path path) {
        String name = String.valueOf(path.getFileName());
        return name.endsWith(".gguf") ? name.substring(0, name.length() - 5) : name;
    }
}
