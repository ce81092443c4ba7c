package pie.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.ProbeKind;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.ProbeValue;
import pie.engine.generate.PromptLookup;
import pie.engine.generate.SamplerCode;
import pie.engine.generate.StepSpec;
import pie.engine.schedule.BatchWriter;
import pie.engine.schedule.Work;

/** Run the rows of a generation, step by step: those of the pending tokens, a draw from the last, probes. */
final class GenerationRows extends Work {
    private static final ProbeValue NO_VALUE = new ProbeValue(ProbeKind.LOGITS, new int[0], new float[0]);

    private final EngineGeneration generation;
    private final EngineContext context;
    private PlanCode plan;
    private StepSpec step = StepSpec.PLAIN;
    private @Nullable SamplerCode stepSampler;
    private int start;
    private int savedLength;
    private int savedPages;
    /** Pages that a chained row added, until its token is known. */
    private int chainedPages;

    private int[] drafts = new int[PromptLookup.MOST];
    private int draftCount;
    /** What the rows drew: the drafts that hold, and one token more. */
    private int[] drawn = new int[PromptLookup.MOST + 1];

    private int drawnCount;
    private final List<ProbeValue> values = new ArrayList<>();
    private @Nullable PieException stopped;

    GenerationRows(EngineGeneration generation, EngineContext context, PlanCode plan) {
        super(context.kv());
        this.generation = generation;
        this.context = context;
        this.plan = plan;
    }

    /** Forget what the last step drew and measured. */
    void clear() {
        drawnCount = 0;
        draftCount = 0;
        values.clear();
        stopped = null;
    }

    /**
     * Have the rows of one step run.
     *
     * @param sampler stands in for the plan's, null for the plan's own
     * @param seal row up to which pages may become immutable
     */
    void begin(PlanCode now, StepSpec spec, @Nullable SamplerCode sampler, int seal) {
        plan = now;
        step = spec;
        stepSampler = sampler;
        if (kv.length() == 0) {
            throw PieException.invalid("empty input: the context has no token to go on from");
        }
        boolean chained = inFlight();
        context.loop.store.adapt(kv, plan.spec().adapter());
        start = kv.written();
        savedLength = kv.length();
        savedPages = kv.pages() - chainedPages;
        target = savedLength;
        context.checkSize(target);
        context.checkCredits(start, target);
        needFrom = target - 1;
        checkProbes(plan.spec().probes());
        checkProbes(step.probes());
        sealLimit = Math.max(seal, kv.committedPages() * context.loop.store.pageSize());
        lookUp = context.looksUp();
        chainedPages = 0;
        if (chained) {
            goneOn();
            context.charges.payChained();
        } else {
            fresh();
        }
        context.schedule(this);
    }

    private void checkProbes(List<ProbeSpec> probes) {
        for (int i = 0; i < probes.size(); i++) {
            int row = target - 1 + probes.get(i).row();
            if (probes.get(i).row() > 0 || (row < start && row != target - 1)) {
                throw PieException.invalid(
                        "a step's probe names row " + probes.get(i).row() + ": it must be from "
                                + Math.min(0, start - target + 1) + " to 0, among the rows of the step");
            }
            needFrom = Math.min(needFrom, row);
        }
    }

    /** Return the first row of the step. */
    int start() {
        return start;
    }

    int drafted() {
        return draftCount;
    }

    /** Return how many tokens were drawn: one more than the drafts that hold, or none. */
    int drawn() {
        return drawnCount;
    }

    int drawn(int i) {
        return drawn[i];
    }

    List<ProbeValue> values() {
        return List.copyOf(values);
    }

    /** Stop the step. Return false if the driver has rows of it: it fails when they come back. */
    boolean stop(PieException cause) {
        stopped = cause;
        if (!context.withdraw(this)) {
            return false;
        }
        undo();
        return true;
    }

    /** Drop the chained row, if there is one: the generation does not go on with what was drawn. */
    void dropChained() {
        if (inFlight()) {
            abandon();
            context.charges.releaseChained();
            if (chainedPages > 0) {
                context.loop.store.shrink(kv, chainedPages);
                chainedPages = 0;
            }
        }
    }

    @Override
    protected void notRun() {
        dropChained();
    }

    @Override
    protected boolean goesOn() {
        return stopped == null && draftCount == 0 && step.draw() && generation.goesOn(target);
    }

    @Override
    protected int drafts() {
        boolean decodes = !inFlight() && kv.computed() == savedLength - 1 && savedLength == kv.length();
        boolean changed = stepSampler != null || !step.probes().isEmpty();
        if (!decodes || !step.draw() || changed && step.drafts().length == 0) {
            return 0;
        }
        int size = context.loop.store.pageSize();
        int room = context.loop.store.pagesFor(savedLength) * size - savedLength;
        return Math.min(
                Math.min(room, generation.drafts(savedLength)), context.charges.affordable(start, savedLength) - 1);
    }

    @Override
    protected boolean asked() {
        return step.drafts().length > 0;
    }

    @Override
    protected double chance(int i) {
        return context.lookup().chance(i);
    }

    @Override
    protected void draft(int count) {
        if (draftCount > 0 && inFlight()) {
            return;
        }
        draftCount = count;
        target = savedLength + count;
        if (count > drafts.length) {
            drafts = new int[count];
            drawn = new int[count + 1];
        }
        for (int i = 0; i < count; i++) {
            drafts[i] = asked() ? step.drafts()[i] : context.lookup().guess(i);
        }
    }

    @Override
    protected int kept(int to) {
        return to <= savedLength ? to : savedLength + drawnCount - 1;
    }

    @Override
    protected boolean reserveChained() {
        return context.charges.reserveChained();
    }

    @Override
    protected void writeChained(BatchWriter batch, int batchRow, int pages) {
        chainedPages = pages;
        draw(batch, batchRow, target + 1, mask(batch, generation.mask(target + 1)), 0);
    }

    @Override
    protected void reserve() {
        context.charges.reserve(start, savedLength, reusedFrom(start), step.draw() ? 1 + draftCount : 0);
    }

    @Override
    protected int draws(int from, int to) {
        return step.draw() && to == target ? 1 + draftCount : 0;
    }

    @Override
    protected void write(BatchWriter batch, int batchRow, int from, int to) {
        int maskRef = mask(batch);
        if (step.draw() && to == target) {
            int last = batchRow + savedLength - 1 - from;
            for (int i = 0; i < draftCount; i++) {
                batch.token(last + 1 + i, drafts[i]);
            }
            for (int i = 0; i <= draftCount; i++) {
                int own = i == 0 ? maskRef : mask(batch, i, maskRef);
                draw(batch, last + i, savedLength + i, own, i);
            }
            context.drafted(draftCount, 0);
        }
        writeProbes(batch, plan.spec().probes(), batchRow, from, to, maskRef);
        writeProbes(batch, step.probes(), batchRow, from, to, maskRef);
    }

    /** Return the mask of the token behind so many drafts. */
    private int mask(BatchWriter batch, int behind, int first) {
        if (asked()) {
            return mask(batch, generation.draftMask(behind - 1));
        }
        return plan.goingOn() == null ? first : mask(batch, generation.mask(savedLength + behind));
    }

    private int mask(BatchWriter batch) {
        return mask(batch, generation.mask());
    }

    private static int mask(BatchWriter batch, long @Nullable [] mask) {
        return mask == null ? ForwardBatch.NO_MASK : batch.mask(mask);
    }

    /** Write the draw of the token {@code index}, behind so many drafts. */
    private void draw(BatchWriter batch, int batchRow, int index, int maskRef, int behind) {
        SamplerCode sampler = stepSampler == null ? plan.sampler() : stepSampler;
        batch.draw(batchRow, index, 0, seed(sampler), maskRef);
        if (!step.bias().isEmpty()) {
            SamplerCode.bias(batch, step.bias());
        }
        if (sampler.counts() && behind > 0) {
            int[] all = Arrays.copyOf(kv.tokens(), savedLength + behind);
            System.arraycopy(drafts, 0, all, savedLength, behind);
            int[] generated =
                    Arrays.copyOf(generation.tokens().all(), generation.tokens().count() + behind);
            System.arraycopy(drafts, 0, generated, generation.tokens().count(), behind);
            sampler.write(batch, context.loop.counts, all, all.length, generated, 0, generated.length);
        } else {
            sampler.write(
                    batch,
                    context.loop.counts,
                    kv.tokens(),
                    savedLength,
                    generation.tokens().all(),
                    0,
                    generation.tokens().count());
        }
    }

    private long seed(SamplerCode sampler) {
        if (plan.seed().isPresent()) {
            return plan.seed().getAsLong();
        }
        return sampler.seed().isPresent() ? sampler.seed().getAsLong() : generation.seed();
    }

    private void writeProbes(BatchWriter batch, List<ProbeSpec> probes, int batchRow, int from, int to, int maskRef) {
        for (int i = 0; i < probes.size(); i++) {
            ProbeSpec probe = probes.get(i);
            int row = savedLength - 1 + probe.row();
            if (row >= from && row < to) {
                Probes.write(batch, batchRow + row - from, probe, probe.masked() ? maskRef : ForwardBatch.NO_MASK);
            }
        }
    }

    @Override
    protected void results(ForwardResult result, int firstDraw, int firstProbe, int from, int to) {
        if (stopped != null) {
            throw stopped;
        }
        if (step.draw() && to == target) {
            int token;
            do {
                token = context.token(result, firstDraw + drawnCount);
                drawn[drawnCount++] = token;
            } while (drawnCount <= draftCount && token == drafts[drawnCount - 1]);
            context.drafted(0, drawnCount - 1);
            StepTrace trace = context.process.trace;
            if (trace != null && draftCount > 0) {
                trace.drafted(context, draftCount, drawnCount - 1, generation.masked());
            }
        }
        List<ProbeSpec> standing = plan.spec().probes();
        int n = readProbes(result, standing, firstProbe, from, to, 0);
        readProbes(result, step.probes(), firstProbe + n, from, to, standing.size());
    }

    private int readProbes(ForwardResult result, List<ProbeSpec> probes, int first, int from, int to, int at) {
        int n = 0;
        for (int i = 0; i < probes.size(); i++) {
            int row = savedLength - 1 + probes.get(i).row();
            if (row >= from && row < to) {
                while (values.size() <= at + i) {
                    values.add(NO_VALUE);
                }
                values.set(at + i, Probes.read(probes.get(i), result, first + n));
                n++;
            }
        }
        return n;
    }

    @Override
    protected void done() {
        context.workEnded();
        generation.computed(start, savedLength, reusedFrom(start));
    }

    @Override
    protected void failed(PieException cause) {
        context.workFails(cause);
        undo();
        generation.failed(cause);
    }

    private void undo() {
        chainedPages = 0;
        context.charges.releaseChained();
        context.loop.store.rollback(kv, savedLength, savedPages);
        context.workEnded();
    }
}
