package pie.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.generate.PassResult;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.ProbeValue;
import pie.engine.generate.SamplerCode;
import pie.engine.kv.KvContext;
import pie.engine.schedule.BatchWriter;
import pie.engine.schedule.Work;

/** Run one raw pass: all of its rows, or none. */
final class PassOperation extends Operation<PassResult> {
    private final EngineContext context;
    private final PassPlan plan;
    private final long ordinal;
    private @Nullable Rows rows;

    PassOperation(EngineContext context, PassPlan plan, long ordinal) {
        this.context = context;
        this.plan = plan;
        this.ordinal = ordinal;
    }

    @Override
    void start() {
        context.settleGeneration();
        KvContext kv = context.kv();
        if (kv.length() == kv.written() && plan.tokens().length == 0) {
            if (plan.draws().isEmpty() && plan.probes().isEmpty()) {
                context.line.answer(this, new PassResult(List.of(), List.of()));
                return;
            }
            if (kv.length() == 0) {
                throw PieException.invalid("empty input: the pass has no rows and the context no tokens");
            }
        }
        Rows next = new Rows(kv);
        rows = next;
        context.schedule(next);
    }

    @Override
    boolean stop(PieException cause) {
        return rows == null || rows.stop(cause);
    }

    private final class Rows extends Work {
        private final int start;
        private final int firstInput;
        private final int savedLength;
        private final int savedPages;
        private final int[] tokens = new int[plan.draws().size()];
        private final @Nullable ProbeValue[] values =
                new ProbeValue[plan.probes().size()];
        private @Nullable PieException stopped;

        Rows(KvContext kv) {
            super(kv);
            start = kv.written();
            savedLength = kv.length();
            savedPages = kv.pages();
            firstInput = savedLength;
            target = savedLength + plan.tokens().length;
            context.checkSize(target);
            context.checkCredits(start, target);
            if (!plan.causal() && plan.tokens().length > context.loop.limits.maxTokens()) {
                throw PieException.invalid("the pass has " + plan.tokens().length
                        + " rows that see later rows: the driver takes at most " + context.loop.limits.maxTokens());
            }
            needFrom = target - 1;
            for (PassPlan.Draw draw : plan.draws()) {
                needFrom = Math.min(needFrom, row(draw.row()));
            }
            for (PassPlan.Probe probe : plan.probes()) {
                needFrom = Math.min(needFrom, row(probe.spec().row()));
            }
            boolean commits = !plan.deferCommit() && plan.positions() == null;
            sealLimit = commits ? target : kv.committedPages() * context.loop.store.pageSize();
            lookUp = context.looksUp();
            fresh();
            context.loop.store.adapt(kv, plan.adapter());
            kv.append(plan.tokens(), plan.positions());
            if (plan.attention() != null || !plan.causal()) {
                kv.mask(plan.tokens().length, plan.causal(), plan.attention());
            }
        }

        private int row(int input) {
            return input < 0 ? target - 1 : firstInput + input;
        }

        boolean stop(PieException cause) {
            stopped = cause;
            if (!context.withdraw(this)) {
                return false;
            }
            undo();
            return true;
        }

        @Override
        protected void reserve() {
            context.charges.reserve(start, target, reusedFrom(start), 0);
        }

        @Override
        protected int draws(int from, int to) {
            int n = 0;
            for (PassPlan.Draw draw : plan.draws()) {
                n += within(draw.row(), from, to) ? 1 : 0;
            }
            return n;
        }

        private boolean within(int input, int from, int to) {
            int row = row(input);
            return row >= from && row < to;
        }

        @Override
        protected void write(BatchWriter batch, int batchRow, int from, int to) {
            for (int i = 0; i < plan.draws().size(); i++) {
                PassPlan.Draw draw = plan.draws().get(i);
                if (within(draw.row(), from, to)) {
                    int row = row(draw.row());
                    SamplerCode sampler = draw.sampler();
                    long seed = sampler.seed().orElseGet(() -> context.seed(ordinal + ((long) draw.sample() << 32)));
                    batch.draw(batchRow + row - from, row + 1L, draw.number(), seed, mask(batch, draw.mask()));
                    int[] all = kv.tokens();
                    sampler.write(batch, context.loop.counts, all, row + 1, all, 0, row + 1);
                }
            }
            for (int i = 0; i < plan.probes().size(); i++) {
                PassPlan.Probe probe = plan.probes().get(i);
                if (within(probe.spec().row(), from, to)) {
                    int row = batchRow + row(probe.spec().row()) - from;
                    Probes.write(batch, row, probe.spec(), mask(batch, probe.mask()));
                }
            }
        }

        private static int mask(BatchWriter batch, long @Nullable [] bits) {
            return bits == null ? ForwardBatch.NO_MASK : batch.mask(bits);
        }

        @Override
        protected void results(ForwardResult result, int firstDraw, int firstProbe, int from, int to) {
            if (stopped != null) {
                throw stopped;
            }
            int draw = firstDraw;
            for (int i = 0; i < tokens.length; i++) {
                if (within(plan.draws().get(i).row(), from, to)) {
                    tokens[i] = context.token(result, draw++);
                }
            }
            int probe = firstProbe;
            for (int i = 0; i < values.length; i++) {
                ProbeSpec spec = plan.probes().get(i).spec();
                if (within(spec.row(), from, to)) {
                    values[i] = Probes.read(spec, result, probe++);
                }
            }
        }

        @Override
        protected void done() {
            context.workEnded();
            boolean commit = !plan.deferCommit() && plan.positions() == null;
            context.written(start, target, reusedFrom(start), commit ? target : 0);
            context.publish(savedLength, 0);
            List<int[]> drawn = new ArrayList<>();
            int at = 0;
            for (int n : plan.drawsOfSample()) {
                drawn.add(Arrays.copyOfRange(tokens, at, at + n));
                at += n;
            }
            List<ProbeValue> seen = new ArrayList<>();
            for (ProbeValue value : values) {
                seen.add(java.util.Objects.requireNonNull(value));
            }
            context.line.answer(PassOperation.this, new PassResult(drawn, seen));
        }

        @Override
        protected void failed(PieException cause) {
            context.workFails(cause);
            undo();
            context.line.fail(PassOperation.this, cause);
        }

        private void undo() {
            context.loop.store.rollback(kv, savedLength, savedPages);
            context.workEnded();
        }
    }
}
