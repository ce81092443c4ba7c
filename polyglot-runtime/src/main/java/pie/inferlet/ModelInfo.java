package pie.inferlet;

import java.util.List;
import pie.engine.Engine;
import pie.engine.model.LoadedModel;

/** Describe a loaded model; {@code bosId} is -1 where there is none, {@code toolFormat} "" likewise. */
public record ModelInfo(
        String architecture,
        int vocabSize,
        int pageSize,
        int maxContext,
        int bosId,
        List<Integer> stopIds,
        boolean hasChatTemplate,
        boolean hasReasoning,
        String toolFormat,
        List<String> modalities,
        boolean adapters,
        boolean speculation,
        boolean deterministic) {
    static ModelInfo of(Engine engine) {
        LoadedModel model = engine.model();
        return new ModelInfo(
                model.config().architecture(),
                model.tokenizer().vocabSize(),
                engine.capabilities().pageSize(),
                model.config().maxContext(),
                model.config().bosId(),
                java.util.Arrays.stream(model.config().stopIds()).boxed().toList(),
                model.chatTemplate().isPresent(),
                ReasoningMarks.of(model.tokenizer()).present(),
                ToolForm.of(model).map(ToolForm::word).orElse(""),
                List.of("text"),
                engine.capabilities().maxAdapters() > 0,
                engine.speculates(),
                engine.capabilities().batchInvariant());
    }
}
