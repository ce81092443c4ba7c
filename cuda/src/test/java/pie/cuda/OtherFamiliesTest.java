package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.cpu.FamilyModel;
import pie.cuda.model.ModelLoader;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.model.ModelFiles;

/** Families that the kernels do not run are refused by name, before anything is uploaded. */
class OtherFamiliesTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mistral.safetensors",
                "qwen3.gguf",
                "qwen3moe.gguf",
                "smollm3.gguf",
                "phi3.gguf",
                "gemma3_text.safetensors"
            })
    void areRefusedByName(String name) throws Exception {
        try (ModelFiles model = FamilyModel.read(name).open(folder)) {
            String family = model.config().architecture();
            assertThatThrownBy(() -> ModelLoader.check(model.config()))
                    .isInstanceOfSatisfying(PieException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED);
                        assertThat(e.details()).containsEntry("architecture", family);
                        assertThat(e.message()).contains("architecture " + family, "llama, qwen2");
                    });
        }
    }
}
