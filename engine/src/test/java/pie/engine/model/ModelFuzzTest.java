package pie.engine.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.testing.GgufWriter;

/** Damage small models at random: every outcome is a model that can be read to its end, or a typed error. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ModelFuzzTest {
    private static final int HEADER_BYTES = 4_500;

    @TempDir
    Path directory;

    @Test
    void damagedGgufIsReadOrRefused() throws IOException {
        byte[] sound = GgufWriter.tinyLlama(3).bytes();
        Path file = directory.resolve("model.gguf");
        int opened = 0;
        for (int seed = 0; seed < 1_500; seed++) {
            Files.write(file, damage(sound, HEADER_BYTES, new Random(seed)));
            opened += readAll(file, seed) ? 1 : 0;
        }
        assertThat(opened).as("some damage is harmless, most is not").isBetween(25, 1_250);
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        byte[] sound = GgufWriter.tinyLlama(3).bytes();
        Path file = directory.resolve("model.gguf");
        Random random = new Random(5);
        for (int i = 0; i < 300; i++) {
            Files.write(file, Arrays.copyOf(sound, random.nextInt(sound.length - 32)));
            assertThat(readAll(file, i)).isFalse();
        }
    }

    @Test
    void damagedSafetensorsAreReadOrRefused() throws IOException {
        Checkpoint.write(directory, 2);
        for (String name : new String[] {"config.json", "model.safetensors", "tokenizer.json"}) {
            Path file = directory.resolve(name);
            byte[] sound = Files.readAllBytes(file);
            for (int seed = 0; seed < 200; seed++) {
                Files.write(file, damage(sound, Math.min(sound.length, 1_500), new Random(seed)));
                readAll(directory, seed);
            }
            Files.write(file, sound);
        }
        assertThat(readAll(directory, -1)).isTrue();
    }

    private static byte[] damage(byte[] sound, int range, Random random) {
        byte[] bytes = sound.clone();
        for (int i = random.nextInt(4); i >= 0; i--) {
            int end = Math.min(range, bytes.length);
            int at = random.nextInt(end);
            switch (random.nextInt(6)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = (byte) 0xff;
                case 3 -> Arrays.fill(bytes, at, Math.min(end, at + 8), (byte) random.nextInt(-1, 1));
                case 4 -> System.arraycopy(bytes, random.nextInt(end), bytes, at, Math.min(12, bytes.length - end));
                default -> bytes = random.nextInt(4) == 0 ? Arrays.copyOf(bytes, at + 1) : bytes;
            }
        }
        return bytes;
    }

    /** Say whether the model could be opened and all of it be read. */
    private static boolean readAll(Path path, int seed) {
        try (ModelFiles model = Models.open(path)) {
            for (String name : model.tensorNames()) {
                Tensor tensor = model.tensor(name);
                for (int row = 0; row < tensor.rows(); row++) {
                    assertThat(Dequantizer.row(tensor, row)).hasSize(tensor.columns());
                }
            }
            model.fingerprint();
            Tokenizer tokenizer = model.tokenizer();
            tokenizer.decode(tokenizer.encode("the <|im_end|> 中", true), false);
            tokenizer.encode("the <|im_end|> 中", false);
            model.chatTemplate();
            return true;
        } catch (PieException e) {
            assertThat(e.code())
                    .as("seed %d", seed)
                    .isIn(ErrorCode.INVALID_ARGUMENT, ErrorCode.UNSUPPORTED, ErrorCode.NOT_FOUND);
            assertThat(e.details()).as("seed %d: %s", seed, e.message()).containsKey("file");
            return false;
        } catch (Throwable e) {
            throw new AssertionError("seed " + seed, e);
        }
    }
}
