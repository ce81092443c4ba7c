package pie.engine;

import java.util.Arrays;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.ProbeKind;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.ProbeValue;
import pie.engine.schedule.BatchWriter;

/** Put probes into batches and take their values out of results. */
final class Probes {
    private static final int[] NO_IDS = {};

    private Probes() {}

    static void write(BatchWriter batch, int row, ProbeSpec probe, int maskRef) {
        int[] ids = probe.kind() == ProbeKind.LOGPROBS ? probe.ids() : NO_IDS;
        batch.probe(row, probe.kind(), probe.temperature(), probe.top(), ids, maskRef);
    }

    static ProbeValue read(ProbeSpec probe, ForwardResult result, int n) {
        int from = result.probeIndptr[n];
        int to = result.probeIndptr[n + 1];
        boolean ids = probe.kind() == ProbeKind.DISTRIBUTION || probe.kind() == ProbeKind.LOGPROBS;
        return new ProbeValue(
                probe.kind(),
                ids ? Arrays.copyOfRange(result.probeIds, from, to) : NO_IDS,
                Arrays.copyOfRange(result.probeValues, from, to));
    }
}
