package pie.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import pie.cpu.Reference;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;

/** Open the tiny random checkpoints that the CPU driver's tests compare with numpy; they lie in a jar. */
final class TinyModels {
    private TinyModels() {}

    static ModelFiles open(String name) {
        try {
            Path folder = Files.createTempDirectory("pie-" + name);
            for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
                try (InputStream in = Reference.class.getResourceAsStream("/reference/" + name + "/" + file)) {
                    if (in == null) {
                        throw new IllegalStateException("no resource " + name + "/" + file);
                    }
                    Files.copy(in, folder.resolve(file));
                    folder.resolve(file).toFile().deleteOnExit();
                }
            }
            folder.toFile().deleteOnExit();
            return Models.open(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
