package pie.engine.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Open models on disk, whatever their format. */
public final class Models {
    private Models() {}

    /** Return the GGUF names of the families that pie runs. */
    public static List<String> architectures() {
        return Family.names();
    }

    /**
     * Open a {@code .gguf} file, or a directory that holds one or a Hugging Face checkpoint ({@code config.json},
     * {@code *.safetensors}, {@code tokenizer.json}). Only headers are read; tensors are mapped, the tokenizer and the chat
     * template are made when first asked for.
     *
     * @throws PieException NOT_FOUND if there is no such file; INVALID_ARGUMENT if it is damaged, with details {@code file} and
     *     {@code tensor} or {@code key}; UNSUPPORTED for an architecture, tensor type or feature that pie does not run
     */
    public static ModelFiles open(Path path) {
        if (Files.isRegularFile(path)) {
            return GgufFiles.open(path);
        }
        if (!Files.isDirectory(path)) {
            throw ModelErrors.missing(path);
        }
        if (Files.isRegularFile(path.resolve(SafetensorsFiles.CONFIG))) {
            return SafetensorsFiles.open(path);
        }
        List<Path> files = ggufFiles(path);
        return switch (files.size()) {
            case 0 -> throw ModelErrors.missing(path);
            case 1 -> GgufFiles.open(files.getFirst());
            default ->
                throw new PieException(
                        ErrorCode.INVALID_ARGUMENT,
                        path + " holds " + files.size() + " .gguf files; name one of them",
                        Map.of("file", path.toString()));
        };
    }

    private static List<Path> ggufFiles(Path directory) {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> entry.getFileName().toString().endsWith(".gguf"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw ModelErrors.unreadable(directory, e);
        }
    }
}
