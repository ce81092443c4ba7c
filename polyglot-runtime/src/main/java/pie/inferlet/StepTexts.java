package pie.inferlet;

import java.util.ArrayDeque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.generate.GenerationStep;

/** Decode the tokens of a generator's steps in their order, when someone asks for the text of one. */
final class StepTexts {
    private final Chat.Decoder decoder;
    private final ArrayDeque<StepText> undecoded = new ArrayDeque<>();

    StepTexts(Chat.Decoder decoder) {
        this.decoder = decoder;
    }

    /** Register the tokens of a step. Return what gives their text. */
    Supplier<String> add(GenerationStep step) {
        var text = new StepText(step);
        synchronized (undecoded) {
            undecoded.add(text);
        }
        return () -> {
            synchronized (undecoded) {
                while (text.text == null) {
                    undecoded.remove().decode(decoder);
                }
                return text.text;
            }
        };
    }

    private static final class StepText {
        private final int[] tokens;
        private final boolean last;
        private @Nullable String text;

        StepText(GenerationStep step) {
            this.tokens = step.tokens();
            this.last = step.finish() != null;
        }

        void decode(Chat.Decoder decoder) {
            text = decoder.text(tokens, last);
        }
    }
}
