package pie.cuda;

import java.util.Map;
import java.util.Set;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Hold the options of this driver.
 *
 * @param weights number format: {@code auto} (f16 where all weights are in range, else bf16), {@code f16}, {@code bf16}
 * @param graphs record launches of decode steps and replay them
 */
// threads, warmup and priority are for a driver that --driver auto may take instead, and change nothing here
record CudaOptions(Weights weights, boolean graphs) {
    enum Weights {
        AUTO,
        F16,
        BF16
    }

    private static final Set<String> NAMES = Set.of("weights", "graphs", "threads", "warmup", "priority");

    /** @throws PieException INVALID_ARGUMENT naming the option */
    static CudaOptions of(Map<String, String> options) {
        for (String name : options.keySet()) {
            if (!NAMES.contains(name)) {
                throw invalid(name, options.getOrDefault(name, ""), "the cuda driver knows weights and graphs");
            }
        }
        return new CudaOptions(
                weights(options.getOrDefault("weights", "auto")), graphs(options.getOrDefault("graphs", "true")));
    }

    /** Return the number format to try first. */
    NumberFormat first() {
        return weights == Weights.BF16 ? NumberFormat.BF16 : NumberFormat.F16;
    }

    private static Weights weights(String value) {
        return switch (value) {
            case "auto" -> Weights.AUTO;
            case "f16" -> Weights.F16;
            case "bf16" -> Weights.BF16;
            default -> throw invalid("weights", value, "give auto, f16 or bf16");
        };
    }

    private static boolean graphs(String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw invalid("graphs", value, "give true or false");
        };
    }

    static PieException invalid(String option, String value, String fix) {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT,
                "driver option " + option + " = " + value + ": " + fix,
                Map.of("option", option, "value", value));
    }
}
