package pie.engine.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.model.LoraPair;
import pie.engine.model.ModelConfig;

/**
 * Hold a low-rank addition to matrices of a model: y = W x becomes y = W x + scale · B (A x) (Hu et al., 2021, "LoRA").
 *
 * @param name for people
 * @param targets at most one of each tensor
 */
public record LoraAdapter(String name, List<LoraPair> targets) {
    private static final List<String> PARTS =
            List.of("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down");

    public LoraAdapter {
        targets = List.copyOf(targets);
        Map<String, Long> counts =
                targets.stream().collect(Collectors.groupingBy(LoraPair::tensor, Collectors.counting()));
        counts.forEach((tensor, count) -> {
            if (count > 1) {
                throw PieException.invalid("adapter '" + name + "' has " + count + " targets " + tensor);
            }
        });
    }

    public Optional<LoraPair> target(String tensor) {
        return targets.stream().filter(t -> t.tensor().equals(tensor)).findFirst();
    }

    /** Return how many numbers there are in all targets. */
    public long size() {
        return targets.stream().mapToLong(LoraPair::size).sum();
    }

    /** Return one with numbers that are copied, array by array, and then changed. */
    public LoraAdapter changed(Change change) {
        List<LoraPair> changed = new ArrayList<>();
        long at = 0;
        for (LoraPair target : targets) {
            float[] a = target.a().clone();
            float[] b = target.b().clone();
            change.apply(a, at);
            change.apply(b, at + a.length);
            at += target.size();
            changed.add(target.with(a, b));
        }
        return new LoraAdapter(name, changed);
    }

    /** Change numbers in place. */
    public interface Change {
        /** @param from the first of the numbers is so many behind the adapter's first: A and B of one target after the other */
        void apply(float[] numbers, long from);
    }

    /**
     * Check that a model has all targets in these shapes.
     *
     * @throws PieException UNSUPPORTED for a target that no driver adapts or a rank over {@code maxRank}; INVALID_ARGUMENT for another shape
     */
    public void check(ModelConfig model, int maxRank) {
        for (LoraPair target : targets) {
            if (target.rank() > maxRank) {
                throw unsupported(target, "has rank " + target.rank() + ", over the driver's " + maxRank);
            }
            int[] shape = shape(model, target.tensor());
            if (shape.length == 0) {
                throw unsupported(target, "is not a matrix of a layer that takes adapters: " + PARTS);
            }
            if (shape[0] != target.outputs() || shape[1] != target.inputs()) {
                throw PieException.invalid("adapter '" + name + "': " + target.tensor() + " is " + target.outputs()
                        + " x " + target.inputs() + ", in the model " + shape[0] + " x " + shape[1]);
            }
        }
    }

    private PieException unsupported(LoraPair target, String why) {
        return new PieException(
                ErrorCode.UNSUPPORTED,
                "adapter '" + name + "': " + target.tensor() + " " + why,
                Map.of("adapter", name, "target", target.tensor()));
    }

    /** Return outputs and inputs of a matrix, empty if no layer has it. */
    private static int[] shape(ModelConfig model, String tensor) {
        String[] words = tensor.split("\\.", -1);
        if (words.length != 4 || !words[0].equals("blk") || !words[3].equals("weight") || !isLayer(words[1], model)) {
            return new int[0];
        }
        int queries = model.heads() * model.headDim();
        int keys = model.kvHeads() * model.headDim();
        return switch (words[2]) {
            case "attn_q" -> new int[] {queries, model.hidden()};
            case "attn_k", "attn_v" -> new int[] {keys, model.hidden()};
            case "attn_output" -> new int[] {model.hidden(), queries};
            case "ffn_gate", "ffn_up" -> dense(model, model.ffn(), model.hidden());
            case "ffn_down" -> dense(model, model.hidden(), model.ffn());
            default -> new int[0];
        };
    }

    private static int[] dense(ModelConfig model, int outputs, int inputs) {
        return model.traits().experts().isEmpty() ? new int[] {outputs, inputs} : new int[0];
    }

    private static boolean isLayer(String number, ModelConfig model) {
        return number.matches("0|[1-9][0-9]{0,5}") && Integer.parseInt(number) < model.layers();
    }
}
