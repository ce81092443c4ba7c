package pie.cli.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.runtime.files.Trees;

/** Keep and find models under {@code HOME/models}. */
public final class ModelStore {
    static final String PARTIAL = ".part";

    private final Path folder;
    private final Catalogue catalogue;
    private final Environment environment;

    ModelStore(Path home, Catalogue catalogue, Environment environment) {
        this.folder = home.resolve("models");
        this.catalogue = catalogue;
        this.environment = environment;
    }

    /** @param home {@code $PIE_HOME} */
    public static ModelStore of(Path home) {
        return new ModelStore(home, Catalogue.load(), Environment.ofSystem());
    }

    /** Say which files of a hub repository to take: one {@code gguf}, all, or, with neither, what the model needs. */
    public record PullOptions(Optional<String> gguf, boolean all) {
        public static final PullOptions DEFAULT = new PullOptions(Optional.empty(), false);
    }

    public Catalogue catalogue() {
        return catalogue;
    }

    /** Return the name of the model to take when none is given. */
    public String defaultName() {
        return catalogue.models().stream()
                .filter(Catalogue.Entry::isDefault)
                .findFirst()
                .orElseThrow()
                .name();
    }

    /**
     * Return what {@link pie.engine.model.Models#open} takes: a path as it is, or the file or folder of a pulled model.
     *
     * @param nameOrPath a path, a name of the catalogue, or a hub repository {@code OWNER/NAME[@REV]}
     * @throws PieException NOT_FOUND, with the command that fetches the model
     */
    public Path resolve(String nameOrPath) {
        Optional<Path> kept = find(nameOrPath);
        if (kept.isPresent()) {
            return kept.get();
        }
        Path path = Path.of(nameOrPath);
        if (Files.exists(path)) {
            return path.toAbsolutePath();
        }
        if (catalogue.find(nameOrPath).isEmpty() && HubName.parse(nameOrPath).isEmpty()) {
            throw unknown(nameOrPath);
        }
        throw new PieException(
                ErrorCode.NOT_FOUND,
                "model " + nameOrPath + " is not on this machine; fetch it with: pie model pull " + nameOrPath,
                Map.of("model", nameOrPath));
    }

    /** Return the file or folder of a pulled model. */
    public Optional<Path> find(String name) {
        Path kept = folderOf(name);
        if (!Files.isDirectory(kept) || name.endsWith(PARTIAL)) {
            return Optional.empty();
        }
        Optional<Path> known = catalogue.find(name).map(entry -> kept.resolve(entry.file()));
        if (known.isPresent()) {
            return known.filter(Files::isRegularFile);
        }
        List<Path> files = children(kept);
        List<Path> gguf =
                files.stream().filter(file -> file.toString().endsWith(".gguf")).toList();
        if (gguf.size() == 1 && !files.contains(kept.resolve("config.json"))) {
            return Optional.of(gguf.getFirst());
        }
        return files.isEmpty() ? Optional.empty() : Optional.of(kept);
    }

    /**
     * Fetch a model if it is not here yet, and return its file or folder. An interrupted pull goes on where it stopped.
     *
     * @throws PieException NOT_FOUND for an unknown name, UPSTREAM_FAILURE, STORAGE_FULL, CONFLICT if another pull runs
     */
    public Path pull(String name, PullOptions options, ProgressListener listener) {
        Optional<Catalogue.Entry> entry = catalogue.find(name);
        Optional<HubName> hubName = entry.isPresent() ? Optional.empty() : HubName.parse(name);
        if (entry.isEmpty() && hubName.isEmpty()) {
            throw unknown(name);
        }
        if (entry.isPresent() && find(name).isPresent()) {
            return find(name).get();
        }
        try (PullLock lock = PullLock.take(folder, folderOf(name).getFileName().toString(), name)) {
            Pull pull = new Pull(environment, listener, lock.stage());
            Path target = folderOf(name);
            if (entry.isPresent()) {
                pull.known(entry.get(), target);
            } else {
                pull.repository(hubName.orElseThrow(), options, target);
            }
            lock.done();
        }
        return find(name).orElseThrow();
    }

    public Path pull(String name, ProgressListener listener) {
        return pull(name, PullOptions.DEFAULT, listener);
    }

    /** Return the models that are here, and those of the catalogue that are not, by name. */
    public List<StoredModel> list() {
        List<StoredModel> models = new ArrayList<>();
        for (Path kept : children(folder)) {
            String name = nameOf(kept);
            find(name).ifPresent(path -> models.add(StoredModel.of(name, path)));
        }
        for (Catalogue.Entry entry : catalogue.models()) {
            if (find(entry.name()).isEmpty()) {
                models.add(StoredModel.notPulled(entry));
            }
        }
        models.sort(Comparator.comparing(StoredModel::name));
        return models;
    }

    /**
     * Delete a pulled model and what unfinished pulls of it left.
     *
     * @throws PieException NOT_FOUND if nothing of it is here
     */
    public void remove(String name) {
        Path kept = folderOf(name);
        Path stage = stageOf(kept);
        if (!Files.isDirectory(kept) && !Files.isDirectory(stage)) {
            throw new PieException(
                    ErrorCode.NOT_FOUND, "model " + name + " is not on this machine", Map.of("model", name));
        }
        delete(kept);
        delete(stage);
    }

    /** Return the bytes that a pulled model takes on disk. */
    public long bytes(String name) {
        return StoredModel.bytes(folderOf(name));
    }

    static Path stageOf(Path target) {
        return target.resolveSibling(target.getFileName() + PARTIAL);
    }

    /** Delete a folder and all in it; one that is not there is fine. */
    static void delete(Path directory) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try {
            Trees.delete(directory);
        } catch (IOException e) {
            throw Failures.write(directory, e);
        }
    }

    static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> !entry.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path folderOf(String name) {
        if (name.isBlank()
                || name.startsWith(".")
                || name.contains("..")
                || name.contains("\\")
                || name.startsWith("/")) {
            return folder.resolve("-");
        }
        return folder.resolve(name.replace("/", "--"));
    }

    private static String nameOf(Path kept) {
        return kept.getFileName().toString().replaceFirst("--", "/");
    }

    private PieException unknown(String name) {
        return new PieException(
                ErrorCode.NOT_FOUND,
                "no model \"" + name + "\": neither a file, nor a hub repository OWNER/NAME, nor one of the catalogue ("
                        + String.join(", ", catalogue.names()) + ")",
                Map.of("model", name));
    }
}
