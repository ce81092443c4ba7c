package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import pie.cpu.Reference;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.DriverConfig;
import pie.engine.model.ModelFiles;
import pie.engine.model.Models;

/** A weight beyond f16 makes the driver choose bf16, unless f16 was asked for. */
@ExtendWith(Gpu.class)
final class WeightRangeTest {
    private static final String TENSOR = "model.layers.0.mlp.down_proj.weight";

    @TempDir
    Path folder;

    @Test
    void bf16IsTakenWhereAWeightNeedsIt() throws IOException {
        List<String> lines = new ArrayList<>();
        try (ModelFiles model = large();
                var driver = new CudaDriverProvider().open(model, config(Map.of()), lines::add)) {
            assertThat(driver.capabilities().weightDtype()).isEqualTo("bf16");
        }
        assertThat(lines).anySatisfy(line -> assertThat(line).startsWith("using bf16: a weight is 70000"));
    }

    @Test
    void f16ThatWasAskedForIsRefused() throws IOException {
        try (ModelFiles model = large()) {
            var provider = new CudaDriverProvider();
            assertThatThrownBy(() -> provider.open(model, config(Map.of("weights", "f16")), line -> {}))
                    .isInstanceOfSatisfying(PieException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
                        assertThat(e.message()).contains("70000", "weights = bf16");
                    });
        }
    }

    private static DriverConfig config(Map<String, String> options) {
        return new DriverConfig("auto", 16, 8, 0, 16, 4, options);
    }

    private ModelFiles large() throws IOException {
        for (String file : List.of("config.json", "tokenizer.json", "model.safetensors")) {
            try (var in = java.util.Objects.requireNonNull(
                    Reference.class.getResourceAsStream("/reference/tiny-llama/" + file))) {
                Files.write(folder.resolve(file), in.readAllBytes());
            }
        }
        Path weights = folder.resolve("model.safetensors");
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(weights)).order(ByteOrder.LITTLE_ENDIAN);
        int header = (int) bytes.getLong(0);
        String json = new String(bytes.array(), 8, header, StandardCharsets.UTF_8);
        Matcher at = Pattern.compile(Pattern.quote(TENSOR) + "[^}]*\"data_offsets\"\\s*:\\s*\\[(\\d+)")
                .matcher(json);
        assertThat(at.find()).isTrue();
        bytes.putFloat(8 + header + Integer.parseInt(at.group(1)), 70000f);
        Files.write(weights, bytes.array());
        return Models.open(folder);
    }
}
