package pie.engine;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.generate.FinishReason;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.PlanSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.SamplerCode;
import pie.engine.generate.StepSpec;
import pie.engine.generate.TokenListener;

/** Be the handle that programs have of a generation: check their calls and turn them into operations for the loop. */
final class ProgramGeneration implements Generation {
    private final EngineLoop loop;
    private final OperationLine line;
    private final EngineGeneration generation;

    ProgramGeneration(EngineContext context, EngineGeneration generation) {
        this.generation = generation;
        loop = context.loop;
        line = context.line;
    }

    @Override
    public CompletableFuture<GenerationStep> step(StepSpec spec) {
        int vocabulary = loop.limits.vocabSize();
        SamplerCode sampler = spec.sampler() == null ? null : SamplerCode.of(spec.sampler(), vocabulary);
        SamplerCode.checkBias(spec.bias(), vocabulary);
        loop.checkMask(spec.logitMask());
        loop.checkTokens(spec.drafts());
        spec.draftMasks().forEach(loop::checkMask);
        for (ProbeSpec probe : spec.probes()) {
            PassPlan.checkProbe(probe, loop);
        }
        return line.ask("step", generation.step(spec, sampler));
    }

    @Override
    public CompletableFuture<GenerationStep> collect() {
        return collect(EngineGeneration.NOBODY);
    }

    @Override
    public CompletableFuture<GenerationStep> collect(TokenListener listener) {
        return line.ask("generate", generation.collect(listener));
    }

    @Override
    public CompletableFuture<int[]> accept(int[] tokens) {
        loop.checkTokens(tokens);
        return line.submit(generation.accept(tokens.clone()));
    }

    @Override
    public void change(PlanSpec spec) {
        line.submit(generation.change(PlanCode.of(spec, loop)));
    }

    @Override
    public PlanSpec plan() {
        return generation.plan().spec();
    }

    @Override
    public int tokensGenerated() {
        return generation.tokens().delivered();
    }

    @Override
    public @Nullable FinishReason finishReason() {
        return generation.finishReason();
    }

    @Override
    public void close() {
        loop.completion(generation::ended);
    }
}
