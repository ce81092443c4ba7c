package pie.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import pie.cli.models.ModelStore;
import pie.cli.models.ProgressBar;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Hold the model that a command uses: the name that programs load it by, and its file or folder. */
public record ModelChoice(String name, Path path) {
    /**
     * Find a model that was named.
     *
     * @throws PieException NOT_FOUND with the command that fetches it
     */
    public static ModelChoice of(String nameOrPath) {
        ModelStore store = ModelStore.of(PieHome.path());
        return new ModelChoice(
                store.find(nameOrPath).isPresent() ? nameOrPath : stem(nameOrPath), store.resolve(nameOrPath));
    }

    /**
     * Take the default model of the catalogue; fetched if it is not here, with a progress bar on {@code err}.
     *
     * @throws PieException INVALID_ARGUMENT if it cannot be fetched, with the ways out
     */
    public static ModelChoice byDefault(PrintWriter err) {
        ModelStore store = ModelStore.of(PieHome.path());
        String name = store.defaultName();
        Optional<Path> here = store.find(name);
        if (here.isPresent()) {
            return new ModelChoice(name, here.get());
        }
        try (var bar = new ProgressBar(err, Terminal.CURRENT.err())) {
            return new ModelChoice(name, store.pull(name, bar));
        } catch (PieException e) {
            throw new PieException(
                    ErrorCode.INVALID_ARGUMENT,
                    "the default model cannot be fetched: " + e.message() + "; try pie model pull " + name
                            + ", or name another with --model",
                    Map.of("model", name, "cause", e.code().name()),
                    e);
        }
    }

    private static String stem(String path) {
        String name = String.valueOf(Path.of(path).getFileName());
        return name.endsWith(".gguf") ? name.substring(0, name.length() - 5) : name;
    }
}
