package pie.cuda.step;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.SamplerStage;

/**
 * Choose the rows that need logits, a bounded number of them at a time, and who draws: the device, or the host from copied logits where a
 * chain has a stage that the device lacks.
 */
final class HeadPlan {
    /** Rows [from, from + rows) of the head rows; draws [firstDraw, firstDraw + draws) of the device's. */
    record Chunk(int from, int rows, int firstDraw, int draws) {}

    private final int[] headRow;
    private final int[] headOfRow;
    private int heads;
    private int[] hostOfHead = new int[64];
    private int hostRows;
    private int[] deviceDraw = new int[64];
    private int deviceDraws;
    private int[] hostDraw = new int[64];
    private int hostDraws;
    private final List<Chunk> chunks = new ArrayList<>();

    HeadPlan(int maxRows) {
        headRow = new int[maxRows];
        headOfRow = new int[maxRows];
    }

    void plan(ForwardBatch batch) {
        heads = 0;
        hostRows = 0;
        deviceDraws = 0;
        hostDraws = 0;
        chunks.clear();
        Arrays.fill(headOfRow, 0, batch.rows, -1);
        hostOfHead = room(hostOfHead, batch.probes + batch.draws);
        deviceDraw = room(deviceDraw, batch.draws);
        hostDraw = room(hostDraw, batch.draws);
        Arrays.fill(hostOfHead, 0, Math.min(hostOfHead.length, batch.probes + batch.draws), -1);
        for (int s = 0; s < batch.draws; s++) {
            int head = head(batch.drawRow[s]);
            if (onHost(batch, s)) {
                hostDraw[hostDraws++] = s;
                toHost(head);
            }
        }
        for (int n = 0; n < batch.probes; n++) {
            toHost(head(batch.probeRow[n]));
        }
        for (int from = 0; from < heads; from += StepShape.HEAD_ROWS) {
            int rows = Math.min(StepShape.HEAD_ROWS, heads - from);
            int first = deviceDraws;
            for (int s = 0; s < batch.draws; s++) {
                int head = headOfRow[batch.drawRow[s]];
                if (head >= from && head < from + rows && !onHost(batch, s)) {
                    deviceDraw[deviceDraws++] = s;
                }
            }
            chunks.add(new Chunk(from, rows, first, deviceDraws - first));
        }
    }

    private int head(int row) {
        if (headOfRow[row] < 0) {
            headOfRow[row] = heads;
            headRow[heads++] = row;
        }
        return headOfRow[row];
    }

    private void toHost(int head) {
        if (hostOfHead[head] < 0) {
            hostOfHead[head] = hostRows++;
        }
    }

    private static boolean onHost(ForwardBatch batch, int s) {
        for (int i = batch.chainIndptr[s]; i < batch.chainIndptr[s + 1]; i++) {
            if (batch.stageKind[i] == SamplerStage.TYPICAL) {
                return true;
            }
        }
        return false;
    }

    private static int[] room(int[] array, int length) {
        return array.length >= length ? array : new int[Math.max(length, 2 * array.length)];
    }

    int heads() {
        return heads;
    }

    int headRow(int head) {
        return headRow[head];
    }

    int headOfRow(int row) {
        return headOfRow[row];
    }

    /** Return the place of the head row among those copied to the host, -1 if it is not. */
    int hostOfHead(int head) {
        return hostOfHead[head];
    }

    int hostRows() {
        return hostRows;
    }

    /** Return the draw of the batch that is the device's i-th. */
    int deviceDraw(int i) {
        return deviceDraw[i];
    }

    int hostDraw(int i) {
        return hostDraw[i];
    }

    int hostDraws() {
        return hostDraws;
    }

    List<Chunk> chunks() {
        return chunks;
    }
}
