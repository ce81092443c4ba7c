package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import pie.cuda.api.CudaApi;
import pie.cuda.api.JCudaApi;
import pie.cuda.emulator.Emulator;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Where kernels come from: the run-time compiler's stand-in, the cache, the shipped PTX. */
@ExtendWith(Emulator.class)
final class KernelImageTest {
    private static final String PTX = KernelSource.ptx(NumberFormat.F16);

    @TempDir
    Path folder;

    private final List<String> lines = new ArrayList<>();
    private CudaApi api;

    @BeforeEach
    void open() {
        Emulator.reset();
        api = JCudaApi.open(0);
    }

    @AfterEach
    void close() {
        api.close();
        assertThat(Emulator.programs()).as("programs that nobody gave back").isZero();
    }

    private String load(Supplier<Optional<Nvrtc>> compiler) {
        String from = new KernelImage(api, NumberFormat.F16, 64, folder, compiler, lines::add).load();
        assertThat(api.function("embed")).isNotNull();
        return from;
    }

    private static Supplier<Optional<Nvrtc>> compilesTo(String image) {
        Emulator.compilesTo(image);
        return () -> Optional.of(Nvrtc.load(System.getProperty("pie.cuda.library")));
    }

    private Path kept() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList().getFirst();
        }
    }

    @Test
    void kernelsAreCompiledOnceForADevice() throws IOException {
        assertThat(load(compilesTo(PTX))).isEqualTo("kernels by NVRTC 12.6");
        assertThat(Emulator.count("nvrtcCompileProgram")).isEqualTo(1);
        assertThat(kept().getFileName().toString())
                .contains(
                        "sm" + api.computeCapability(),
                        "f16",
                        KernelSource.digest().substring(0, 24));
        assertThat(Files.readString(kept(), StandardCharsets.ISO_8859_1))
                .contains("--gpu-architecture=sm_" + api.computeCapability(), "--device-int128", "-DPIE_HEAD_DIM=64");
        assertThat(load(() -> {
                    throw new AssertionError("nobody needs a compiler");
                }))
                .isEqualTo("kernels kept from NVRTC");
        new KernelImage(api, NumberFormat.BF16, 64, folder, compilesTo(PTX), lines::add).load();
        assertThat(Emulator.count("nvrtcCompileProgram")).as("another format").isEqualTo(2);
    }

    @Test
    void theShippedPtxIsTakenWhereItIsAskedForWhateverIsKept() {
        load(compilesTo(PTX));
        assertThat(CudaOptions.of(Map.of("compiler", "driver")).mayCompile()).isFalse();
        assertThat(new KernelImage(api, NumberFormat.F16, 64, folder, compilesTo(PTX), lines::add).loadShipped())
                .isEqualTo("kernels from PTX");
        assertThat(Emulator.count("nvrtcCompileProgram")).isEqualTo(1);
    }

    @Test
    void aDamagedFileIsMadeAgain() throws IOException {
        load(compilesTo(PTX));
        byte[] bytes = Files.readAllBytes(kept());
        bytes[bytes.length / 2] ^= 1;
        Files.write(kept(), bytes);
        assertThat(load(compilesTo(PTX))).isEqualTo("kernels by NVRTC 12.6");
        Files.write(kept(), new byte[7]);
        assertThat(load(compilesTo(PTX))).isEqualTo("kernels by NVRTC 12.6");
        assertThat(load(Optional::empty)).isEqualTo("kernels kept from NVRTC");
        assertThat(lines).anyMatch(l -> l.contains("damaged"));
    }

    @Test
    void whatDoesNotCompileLeavesThePtx() throws IOException {
        Supplier<Optional<Nvrtc>> failing = compilesTo(null);
        assertThat(load(failing)).isEqualTo("kernels from PTX");
        assertThat(lines).anyMatch(l -> l.contains("error: on purpose"));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    @Test
    void codeThatTheDriverRefusesLeavesThePtx() {
        assertThat(load(compilesTo("no PTX at all"))).isEqualTo("kernels from PTX");
        assertThat(lines).anyMatch(l -> l.contains("using the shipped PTX: cuModuleLoadData"));
        assertThat(Emulator.findings()).hasSize(1);
    }

    @Test
    void aFolderThatCannotBeWrittenCostsACompilation() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        folder = file.resolve("below");
        assertThat(load(compilesTo(PTX))).isEqualTo("kernels by NVRTC 12.6");
        assertThat(lines).anyMatch(l -> l.startsWith("cannot keep the kernels"));
    }

    @Test
    void withoutACompilerThePtxDoesUnlessOneIsAskedFor() {
        assertThat(load(CudaOptions.of(Map.of()).compiler())).isEqualTo("kernels from PTX");
        assertThat(load(CudaOptions.of(Map.of("compiler", "driver")).compiler()))
                .isEqualTo("kernels from PTX");
        assertThatThrownBy(
                        () -> load(CudaOptions.of(Map.of("compiler", "nvrtc")).compiler()))
                .isInstanceOfSatisfying(PieException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                    assertThat(e.message()).contains("PIE_NVRTC");
                });
    }
}
