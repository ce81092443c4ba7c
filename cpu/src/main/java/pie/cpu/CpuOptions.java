package pie.cpu;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pie.cpu.kernel.InstructionSet;
import pie.cpu.kernel.Precision;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Hold the options of this driver.
 *
 * @param threads workers of the team; default: the processors that the JVM sees
 * @param weights format of packed weights: {@code auto} (as compact as the file has them), {@code f32}, {@code f16}, {@code bf16};
 *     {@code int8} and {@code int4} round, in blocks of 32 with a scale each, and with a minimum for 4 bits
 * @param kernels {@code auto}; {@code vnni}, {@code avx-vnni} or {@code avx2} (own, assembled, for integer weights; they give the same
 *     bits); {@code vector} (own) or {@code onednn}
 * @param attention {@code auto}, {@code assembled} or {@code vector}: all give the same bits
 * @param activations what the kernels for integer weights make of activations: {@code int16}, which loses nothing that matters, or
 *     {@code int8}, which is faster and what llama.cpp does
 * @param warmup compile the kernels in the background after opening
 * @param priority {@code normal}, or {@code low}: workers give way to other threads, above all to the compiler that makes their kernels
 *     fast, and kernels for few rows take over as they become fast, so that a run that ends soon begins sooner
 * @param weightCache folder where packed weights are kept for the next start; default: nowhere
 */
record CpuOptions(
        int threads,
        Weights weights,
        Kernels kernels,
        Attends attention,
        Precision activations,
        boolean warmup,
        ThreadPriority priority,
        Optional<Path> weightCache) {
    enum Weights {
        AUTO,
        F32,
        F16,
        BF16,
        INT8,
        INT4
    }

    enum Kernels {
        AUTO,
        VNNI,
        AVX_VNNI,
        AVX2,
        VECTOR,
        ONEDNN;

        /** Return the instruction set that is asked for, if one is. */
        Optional<InstructionSet> set() {
            return switch (this) {
                case VNNI -> Optional.of(InstructionSet.VNNI);
                case AVX_VNNI -> Optional.of(InstructionSet.AVX_VNNI);
                case AVX2 -> Optional.of(InstructionSet.AVX2);
                case AUTO, VECTOR, ONEDNN -> Optional.empty();
            };
        }
    }

    enum Attends {
        AUTO,
        ASSEMBLED,
        VECTOR
    }

    private static final Set<String> NAMES =
            Set.of("threads", "weights", "kernels", "attention", "activations", "warmup", "priority", "weight_cache");
    private static final int MOST_THREADS = 512;

    /** @throws PieException INVALID_ARGUMENT naming the option */
    static CpuOptions of(Map<String, String> options) {
        for (String name : options.keySet()) {
            if (!NAMES.contains(name)) {
                throw invalid(
                        name,
                        options.get(name),
                        "the cpu driver knows threads, weights, kernels, attention, activations, warmup, priority and weight_cache");
            }
        }
        return new CpuOptions(
                threads(options.getOrDefault("threads", "auto")),
                choice(Weights.class, "weights", "auto", options),
                choice(Kernels.class, "kernels", "auto", options),
                choice(Attends.class, "attention", "auto", options),
                choice(Precision.class, "activations", "int16", options),
                bool(options.getOrDefault("warmup", "true")),
                choice(ThreadPriority.class, "priority", "normal", options),
                Optional.ofNullable(options.get("weight_cache")).map(Path::of));
    }

    private static int threads(String value) {
        if (value.equals("auto")) {
            return Runtime.getRuntime().availableProcessors();
        }
        try {
            int n = Integer.parseInt(value);
            if (n >= 1 && n <= MOST_THREADS) {
                return n;
            }
        } catch (NumberFormatException e) {
            throw invalid("threads", value, "give auto or a number from 1 to " + MOST_THREADS);
        }
        throw invalid("threads", value, "give auto or a number from 1 to " + MOST_THREADS);
    }

    private static boolean bool(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid("warmup", value, "give true or false");
        };
    }

    private static <E extends Enum<E>> E choice(Class<E> type, String name, String usual, Map<String, String> options) {
        String value = options.getOrDefault(name, usual);
        for (E e : type.getEnumConstants()) {
            if (spelled(e).equals(value)) {
                return e;
            }
        }
        throw invalid(
                name,
                value,
                "give one of "
                        + String.join(
                                ", ",
                                Arrays.stream(type.getEnumConstants())
                                        .map(CpuOptions::spelled)
                                        .toList()));
    }

    /** Return a choice as it is written in options. */
    static String spelled(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static PieException invalid(String option, String value, String fix) {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT,
                "driver option " + option + " = " + value + ": " + fix,
                Map.of("option", option, "value", value));
    }
}
