import java.io.IOException;
import java.nio.file.*;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.*;

Model model = Model.load(PieRuntime.models().getFirst());
Tokenizer tk = model.tokenizer();

// A context in which the text is pending.
Context fresh(String text) {
    return new Context(model).appendText(text);
}

Context fresh() {
    return fresh("The quick brown fox");
}

GenerateOptions plain(int maxTokens) {
    return GenerateOptions.of().maxTokens(maxTokens).autoFlush(false);
}

List<Integer> list(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
}

// The code of the error that a call throws.
String code(Runnable call) {
    try {
        call.run();
        return "none";
    } catch (PieException e) {
        return e.getMessage().isEmpty() ? "no message" : e.code().name();
    }
}

int likeliest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
        best = logits[i] > logits[best] ? i : best;
    }
    return best;
}
