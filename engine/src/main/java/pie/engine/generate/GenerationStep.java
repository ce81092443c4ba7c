package pie.engine.generate;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Deliver the tokens of one step.
 *
 * @param tokens kept tokens; empty in a last step that only reports the end, while tokens are held back for a stop string, or where
 *     the step drew none
 * @param finish set on the last step
 * @param probes values of the plan's probes, then of the step's
 * @param run tokens that this step added to the sequence, delivered or still held back
 */
public record GenerationStep(int[] tokens, @Nullable FinishReason finish, List<ProbeValue> probes, int[] run) {
    public GenerationStep(int[] tokens, @Nullable FinishReason finish, List<ProbeValue> probes) {
        this(tokens, finish, probes, tokens);
    }
}
