package pie.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pie.engine.driver.DriverConfig;
import pie.engine.driver.WeightFolder;
import pie.engine.model.Models;
import pie.engine.testing.DriverBench;
import pie.engine.testing.DriverBench.Request;

/** Packed weights are kept and come back as they were; what is missing, damaged or of another layout is packed again. */
class WeightCacheTest {
    private static final int[] TOKENS =
            IntStream.range(0, 20).map(i -> (7 * i + 3) % 64).toArray();

    @TempDir
    Path folder;

    private final List<String> progress = new ArrayList<>();

    /** Open the model, return its logits after the tokens; {@code settled} is seen while the driver is open. */
    private float[] logits(String model, int threads, Settled settled) throws Exception {
        progress.clear();
        DriverConfig config = new DriverConfig("auto", 16, 32, 256, 128, 16, Map.of())
                .withOption("threads", "" + threads)
                .withOption("kernels", "vector")
                .withOption("warmup", "false")
                .withOption("weight_cache", folder.toString());
        try (var files = Models.open(TinyModelsTest.directory(model));
                var driver = new CpuDriverProvider().open(files, config, progress::add)) {
            float[] row = new DriverBench(driver).lastRow(Request.of(TOKENS, 0, new int[] {0, 1}));
            settled.check();
            return row;
        }
    }

    private interface Settled {
        void check() throws IOException;
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private void awaitKept(int files) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> kept().size() == files
                        && kept().stream().allMatch(f -> f.toString().endsWith(".packed")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny-llama", "tiny-qwen2"})
    void comesBackAsItWas(String model) throws Exception {
        float[] first = logits(model, 2, () -> awaitKept(1));
        assertThat(progress).anyMatch(line -> line.startsWith("packing weights"));
        float[] again = logits(model, 2, () -> awaitKept(1));
        assertThat(progress)
                .noneMatch(line -> line.startsWith("packing weights"))
                .anyMatch(line -> line.startsWith("reading packed weights"));
        assertThat(again).isEqualTo(first);
    }

    @Test
    void eachLayoutAndModelHasItsOwn() throws Exception {
        float[] one = logits("tiny-llama", 1, () -> awaitKept(1));
        assertThat(logits("tiny-llama", 3, () -> awaitKept(2))).isEqualTo(one);
        logits("tiny-qwen2", 1, () -> awaitKept(3));
        try (var files = Models.open(TinyModelsTest.directory("tiny-llama"))) {
            new WeightFolder(folder).forget(files.fingerprint());
        }
        assertThat(kept()).hasSize(1);
    }

    /** Whatever byte is hit, and wherever the file is cut off, the weights are packed again and the file is mended. */
    @Test
    void damageIsNoticed() throws Exception {
        float[] right = logits("tiny-llama", 2, () -> awaitKept(1));
        Path file = kept().getFirst();
        byte[] whole = Files.readAllBytes(file);
        for (double part : new double[] {0, 0.001, 0.3, 0.999}) {
            for (boolean cut : new boolean[] {false, true}) {
                int at = (int) (part * whole.length);
                try (var out = new RandomAccessFile(file.toFile(), "rw")) {
                    if (cut) {
                        out.setLength(at);
                    } else {
                        out.seek(at);
                        out.write(~whole[at]);
                    }
                }
                float[] found = logits(
                        "tiny-llama",
                        2,
                        () -> await().atMost(Duration.ofSeconds(60))
                                .until(() -> Arrays.equals(Files.readAllBytes(file), whole)));
                assertThat(found).as("damaged at %d, cut %s", at, cut).isEqualTo(right);
            }
        }
    }

    @Test
    void aFolderThatCannotBeMadeOnlyCostsTime() throws Exception {
        float[] right = logits("tiny-llama", 2, () -> awaitKept(1));
        Path blocked = Files.writeString(folder.resolve("a-file"), "");
        folder = blocked.resolve("below");
        assertThat(logits("tiny-llama", 2, () -> {})).isEqualTo(right);
    }

    @Test
    void theLongestUnusedGoesFirst() throws Exception {
        Path old = Files.write(folder.resolve("aaaa-1.packed"), new byte[600]);
        Path fresh = Files.write(folder.resolve("bbbb-2.packed"), new byte[300]);
        Path left = Files.write(folder.resolve("cccc-3.packed.77.part"), new byte[10]);
        assertThat(old.toFile().setLastModified(1_000_000)).isTrue();
        assertThat(left.toFile().setLastModified(1_000_000)).isTrue();
        var small = new WeightFolder(folder, 1000);
        assertThat(small.makeRoom(folder.resolve("dddd-4.packed"), 500)).isTrue();
        assertThat(old).doesNotExist();
        assertThat(left).doesNotExist();
        assertThat(fresh).exists();
        assertThat(small.makeRoom(folder.resolve("dddd-4.packed"), 1001)).isFalse();
    }
}
