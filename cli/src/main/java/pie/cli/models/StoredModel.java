package pie.cli.models;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import pie.engine.PieException;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;

/**
 * Describe a model of the store or of the catalogue.
 *
 * @param path its file or folder, empty if it is not here
 * @param format {@code gguf} or {@code safetensors}
 * @param architecture GGUF name of the family, "" if it cannot be told
 * @param problem why this pie does not run it, "" if it does
 */
public record StoredModel(
        String name, Optional<Path> path, long bytes, String format, String architecture, String problem) {
    /** Look at a model file or folder. */
    public static StoredModel of(String name, Path path) {
        String format = Files.isDirectory(path) ? "safetensors" : "gguf";
        long bytes = bytes(path);
        try (ModelFiles model = Models.open(path)) {
            return new StoredModel(
                    name, Optional.of(path), bytes, format, model.config().architecture(), "");
        } catch (PieException e) {
            String architecture = String.valueOf(e.details().getOrDefault("architecture", ""));
            String problem = architecture.isEmpty() ? e.message() : notYet(architecture);
            return new StoredModel(name, Optional.of(path), bytes, format, architecture, problem);
        }
    }

    static StoredModel notPulled(Catalogue.Entry entry) {
        String problem = Models.architectures().contains(entry.architecture()) ? "" : notYet(entry.architecture());
        return new StoredModel(entry.name(), Optional.empty(), entry.bytes(), "gguf", entry.architecture(), problem);
    }

    public boolean supported() {
        return problem.isEmpty();
    }

    public Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("pulled", path.isPresent());
        path.ifPresent(place -> json.put("path", place.toString()));
        json.put("bytes", bytes);
        json.put("format", format);
        json.put("architecture", architecture);
        json.put("supported", supported());
        if (!supported()) {
            json.put("reason", problem);
        }
        return json;
    }

    private static String notYet(String architecture) {
        return "not supported yet: " + architecture;
    }

    static long bytes(Path path) {
        try {
            if (!Files.isDirectory(path)) {
                return Files.exists(path) ? Files.size(path) : 0;
            }
            long bytes = 0;
            for (Path file : ModelStore.children(path)) {
                bytes += Files.size(file);
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
