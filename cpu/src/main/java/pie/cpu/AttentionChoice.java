package pie.cpu;

import java.lang.foreign.Arena;
import java.util.function.Consumer;
import pie.cpu.kernel.Attention;
import pie.cpu.kernel.AttentionKernels;
import pie.cpu.kernel.KvPool;
import pie.engine.model.ModelConfig;

/** Choose what attends on this machine: assembled loops where the processor and the system run them, else the Vector API. */
record AttentionChoice(CpuOptions.Attends asked, Processor processor, Consumer<String> progress) {
    /** What was chosen. */
    record Chosen(AttentionKernels kernels, Attention attention) {}

    /** @throws pie.engine.PieException INVALID_ARGUMENT if what was asked for cannot run here */
    Chosen open(Arena arena, KvPool kv, ModelConfig model, int workers) {
        if (asked != CpuOptions.Attends.VECTOR) {
            if (AttentionKernels.ASSEMBLED.supported(processor::has) && AttentionKernels.ASSEMBLED.fits(kv)) {
                try {
                    return open(AttentionKernels.ASSEMBLED, arena, kv, model, workers);
                } catch (UnsupportedOperationException e) {
                    progress.accept(e.getMessage() + "; attention takes the Vector API");
                }
            } else if (asked == CpuOptions.Attends.ASSEMBLED) {
                throw CpuOptions.invalid(
                        "attention",
                        "assembled",
                        "this needs Linux on a processor with AVX-512, pages of 16 slots or more and heads of a multiple of 32"
                                + " dimensions; leave it out, or give vector");
            }
        }
        AttentionKernels usual = AttentionKernels.VECTOR.fits(kv) ? AttentionKernels.VECTOR : AttentionKernels.SCALAR;
        return open(usual, arena, kv, model, workers);
    }

    private static Chosen open(AttentionKernels kernels, Arena arena, KvPool kv, ModelConfig model, int workers) {
        return new Chosen(kernels, kernels.open(arena, kv, model.heads(), model.attentionScale(), workers));
    }
}
