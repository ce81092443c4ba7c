package pie.engine.model;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Read LoRA adapters in either form, a directory of PEFT's or a GGUF file of llama.cpp's, and write them in the first. */
public final class AdapterFiles {
    private AdapterFiles() {}

    /**
     * Read the pairs of an adapter, in the order of its file.
     *
     * @param admit told how many numbers there are, before they are read; what it throws goes on
     * @throws PieException NOT_FOUND where there is neither; PERMISSION_DENIED where it may not be read; INVALID_ARGUMENT for a damaged
     *     file or pairs that do not fit each other; UNSUPPORTED for adapters of another kind than plain LoRA
     */
    public static List<LoraPair> read(AdapterFolder folder, ModelConfig model, LongConsumer admit) {
        try (Arena arena = Arena.ofConfined()) {
            Optional<MemorySegment> file = folder.read(AdapterFolder.ITSELF, arena);
            return file.isPresent()
                    ? GgufAdapter.read(folder.path(), file.get(), model, admit)
                    : PeftFiles.read(folder, arena, model, admit);
        } catch (IOException e) {
            throw denied(folder.path(), e).orElseGet(() -> ModelErrors.unreadable(folder.path(), e));
        }
    }

    /** Write pairs in PEFT's form, in f32. @throws PieException STORAGE_FULL, PERMISSION_DENIED; files may be left half written then */
    public static void write(AdapterFolder folder, List<LoraPair> pairs) {
        try {
            PeftFiles.write(folder, pairs);
        } catch (IOException e) {
            throw denied(folder.path(), e)
                    .orElseGet(() -> new PieException(
                            ErrorCode.STORAGE_FULL,
                            "the adapter cannot be written to " + folder.path() + ": " + e.getMessage(),
                            Map.of("file", folder.path().toString()),
                            e));
        }
    }

    static long numbers(Collection<Tensor> tensors) {
        return tensors.stream().mapToLong(t -> (long) t.rows() * t.columns()).sum();
    }

    static PieException missing(Path path) {
        return new PieException(
                ErrorCode.NOT_FOUND,
                "no adapter at " + path + ": it must be a directory with " + PeftFiles.CONFIG + " and "
                        + PeftFiles.WEIGHTS + ", or a GGUF file",
                Map.of("kind", "adapter", "file", path.toString()));
    }

    private static Optional<PieException> denied(Path path, IOException e) {
        return switch (e) {
            case NoSuchFileException missing -> Optional.of(missing(path));
            case AccessDeniedException denied ->
                Optional.of(new PieException(
                        ErrorCode.PERMISSION_DENIED,
                        "the program may not use " + path + " for adapters",
                        Map.of("file", path.toString()),
                        denied));
            default -> Optional.empty();
        };
    }
}
