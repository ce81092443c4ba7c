package pie.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.adapter.Adapter;
import pie.engine.generate.PassSpec;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.SampleSpec;
import pie.engine.generate.SamplerCode;

/** Hold a checked raw pass: every draw by itself, with the mask of its row. Rows count from the first input row, -1 is the last. */
record PassPlan(
        int[] tokens,
        int @Nullable [] positions,
        List<Draw> draws,
        int[] drawsOfSample,
        List<Probe> probes,
        long @Nullable [][] attention,
        boolean causal,
        boolean deferCommit,
        Optional<Adapter> adapter) {

    record Draw(int row, int sample, int number, SamplerCode sampler, long @Nullable [] mask) {}

    record Probe(ProbeSpec spec, long @Nullable [] mask) {}

    /** @throws PieException INVALID_ARGUMENT, or UNSUPPORTED naming what the driver cannot do */
    static PassPlan of(PassSpec spec, EngineLoop loop) {
        loop.checkTokens(spec.tokens());
        int rows = spec.tokens().length;
        checkPositions(spec, loop.maxContext);
        checkAttention(spec, loop);
        List<Draw> draws = new ArrayList<>();
        int[] perSample = new int[spec.samples().size()];
        for (int i = 0; i < perSample.length; i++) {
            SampleSpec sample = spec.samples().get(i);
            SamplerCode sampler = SamplerCode.of(sample.sampler(), loop.limits.vocabSize());
            int times = Math.max(1, sample.draws());
            perSample[i] = sample.rows().length * times;
            for (int row : sample.rows()) {
                checkRow("sample", row, rows);
                for (int number = 0; number < times; number++) {
                    draws.add(new Draw(row, i, number, sampler, mask(spec, row)));
                }
            }
        }
        if (draws.size() > loop.limits.maxDraws()) {
            throw PieException.invalid(
                    "the pass draws " + draws.size() + " tokens: the driver draws at most " + loop.limits.maxDraws());
        }
        List<Probe> probes = new ArrayList<>();
        for (ProbeSpec probe : spec.probes()) {
            checkRow("probe", probe.row(), rows);
            checkProbe(probe, loop);
            probes.add(new Probe(probe, probe.masked() ? mask(spec, probe.row()) : null));
        }
        return new PassPlan(
                spec.tokens().clone(),
                spec.positions() == null ? null : spec.positions().clone(),
                draws,
                perSample,
                probes,
                copy(spec.attention()),
                spec.causal(),
                spec.deferCommit(),
                loop.checked(spec.adapter()));
    }

    /** Copy the masks: they are kept as long as the rows. */
    private static long @Nullable [][] copy(long @Nullable [][] attention) {
        if (attention == null) {
            return null;
        }
        long[][] copy = new long[attention.length][];
        for (int row = 0; row < copy.length; row++) {
            copy[row] = attention[row].clone();
        }
        return copy;
    }

    static void checkProbe(ProbeSpec probe, EngineLoop loop) {
        loop.checkTokens(probe.ids());
        if (!(probe.temperature() >= 0) || !Float.isFinite(probe.temperature()) || probe.top() < 0) {
            throw PieException.invalid("a distribution probe has temperature " + probe.temperature() + " and k "
                    + probe.top() + ": both must be finite and 0 or more");
        }
    }

    private static void checkRow(String what, int row, int rows) {
        if (row < -1 || row >= rows) {
            throw PieException.invalid(what + " names row " + row + " of a pass with " + rows
                    + " input rows: rows go from 0, and -1 is the last");
        }
    }

    private static void checkPositions(PassSpec spec, int maxContext) {
        int[] positions = spec.positions();
        if (positions == null) {
            return;
        }
        if (positions.length != spec.tokens().length) {
            throw PieException.invalid("input_at has " + spec.tokens().length + " ids and " + positions.length
                    + " positions: give one position for each id");
        }
        for (int position : positions) {
            if (position < 0 || position >= maxContext) {
                throw PieException.invalid(
                        "position " + position + " is out of range: positions go from 0 to " + (maxContext - 1));
            }
        }
    }

    private static void checkAttention(PassSpec spec, EngineLoop loop) {
        if (!spec.causal() && !loop.limits.nonCausal()) {
            throw new PieException(ErrorCode.UNSUPPORTED, "the driver has no nonCausal passes");
        }
        long[][] attention = spec.attention();
        if (attention == null) {
            return;
        }
        if (!loop.limits.attentionMasks()) {
            throw new PieException(ErrorCode.UNSUPPORTED, "the driver has no attentionMasks");
        }
        if (attention.length != spec.tokens().length) {
            throw PieException.invalid("attention_mask has " + attention.length + " rows and the pass "
                    + spec.tokens().length + " input rows: give one for each");
        }
        for (int row = 0; row < attention.length; row++) {
            long any = 0;
            for (long word : attention[row]) {
                any |= word;
            }
            if (any == 0) {
                throw PieException.invalid("attention_mask row " + row + " is all false: a row must see some slot");
            }
        }
    }

    private static long @Nullable [] mask(PassSpec spec, int row) {
        long[] all = spec.logitMask();
        int rows = spec.tokens().length;
        int own = row < 0 ? rows - 1 : row;
        long[] single = spec.rowLogitMasks() == null || own < 0 ? null : spec.rowLogitMasks()[own];
        if (all == null || single == null) {
            return all == null ? single : all;
        }
        long[] both = new long[Math.min(all.length, single.length)];
        for (int i = 0; i < both.length; i++) {
            both[i] = all[i] & single[i];
        }
        return both;
    }
}
