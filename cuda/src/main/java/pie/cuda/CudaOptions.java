package pie.cuda;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Hold the options of this driver.
 *
 * @param weights number format: {@code auto} (f16 where all weights are in range, else bf16), {@code f16}, {@code bf16}
 * @param graphs record launches of decode steps and replay them
 * @param overlap let a kernel begin while the one before it ends, where the device can (compute capability 9.0)
 * @param image where kernels come from: {@code nvrtc}, {@code driver} (the shipped PTX, compiled by the driver), or {@code auto}, NVRTC where it
 *     is installed
 * @param matmuls {@code own}, or {@code cublas} for steps of many rows: faster there, but rows then depend on their batch mates
 */
// threads, warmup, priority and weight_cache are for a driver that --driver auto may take instead, and change nothing
// here
record CudaOptions(Weights weights, boolean graphs, boolean overlap, Image image, Matmuls matmuls) {
    enum Weights {
        AUTO,
        F16,
        BF16
    }

    enum Image {
        AUTO,
        NVRTC,
        DRIVER
    }

    enum Matmuls {
        OWN,
        CUBLAS
    }

    private static final Set<String> NAMES = Set.of(
            "weights", "graphs", "overlap", "compiler", "matmuls", "threads", "warmup", "priority", "weight_cache");

    /** @throws PieException INVALID_ARGUMENT naming the option */
    static CudaOptions of(Map<String, String> options) {
        for (String name : options.keySet()) {
            if (!NAMES.contains(name)) {
                throw invalid(
                        name,
                        options.getOrDefault(name, ""),
                        "the cuda driver knows weights, graphs, overlap, compiler and matmuls");
            }
        }
        return new CudaOptions(
                weights(options.getOrDefault("weights", "auto")),
                flag("graphs", options),
                flag("overlap", options),
                image(options.getOrDefault("compiler", "auto")),
                matmuls(options.getOrDefault("matmuls", "own")));
    }

    /** Return the number format to try first. */
    NumberFormat first() {
        return weights == Weights.BF16 ? NumberFormat.BF16 : NumberFormat.F16;
    }

    /** Return where to look for a compiler. @throws PieException NOT_FOUND where there must be one and is none */
    Supplier<Optional<Nvrtc>> compiler() {
        return switch (image) {
            case DRIVER -> Optional::empty;
            case AUTO -> Nvrtc::find;
            case NVRTC ->
                () -> Optional.of(Nvrtc.find()
                        .orElseThrow(() -> new PieException(
                                ErrorCode.NOT_FOUND,
                                "driver option compiler = nvrtc: no libnvrtc.so.12 or .13 can be loaded; install the CUDA"
                                        + " toolkit, name the library with PIE_NVRTC, or take compiler = driver",
                                Map.of("option", "compiler"))));
        };
    }

    /** Say whether kernels that a compiler made before may be taken. */
    boolean mayCompile() {
        return image != Image.DRIVER;
    }

    private static Image image(String value) {
        return switch (value) {
            case "auto" -> Image.AUTO;
            case "nvrtc" -> Image.NVRTC;
            case "driver" -> Image.DRIVER;
            default -> throw invalid("compiler", value, "give auto, nvrtc or driver");
        };
    }

    boolean cublas() {
        return matmuls == Matmuls.CUBLAS;
    }

    private static Matmuls matmuls(String value) {
        return switch (value) {
            case "own" -> Matmuls.OWN;
            case "cublas" -> Matmuls.CUBLAS;
            default -> throw invalid("matmuls", value, "give own or cublas");
        };
    }

    private static Weights weights(String value) {
        return switch (value) {
            case "auto" -> Weights.AUTO;
            case "f16" -> Weights.F16;
            case "bf16" -> Weights.BF16;
            default -> throw invalid("weights", value, "give auto, f16 or bf16");
        };
    }

    private static boolean flag(String name, Map<String, String> options) {
        String value = options.getOrDefault(name, "true");
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid(name, value, "give true or false");
        };
    }

    static PieException invalid(String option, String value, String fix) {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT,
                "driver option " + option + " = " + value + ": " + fix,
                Map.of("option", option, "value", value));
    }
}
