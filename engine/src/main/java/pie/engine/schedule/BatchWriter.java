package pie.engine.schedule;

import java.util.Arrays;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ProbeKind;
import pie.engine.kv.HiddenSlots;
import pie.engine.kv.KvContext;
import pie.engine.kv.Visibility;

/** Fill a batch, request by request, and let its arrays grow where a request needs it. */
public final class BatchWriter {
    private ForwardBatch batch;
    private final HiddenSlots hidden = new HiddenSlots();

    BatchWriter(DriverCapabilities limits) {
        batch = new ForwardBatch(limits);
    }

    ForwardBatch batch() {
        return batch;
    }

    void begin(ForwardBatch next) {
        next.clear();
        batch = next;
    }

    /** Add rows [from, to) of a context; those it does not have are drafts, to be named. Return the number of the first in the batch. */
    int request(KvContext kv, int from, int to, int pages, boolean noWrite, int adapter) {
        int first = batch.rows;
        int known = Math.min(to, kv.length());
        for (int row = from; row < to; row++) {
            batch.tokens[first + row - from] = row < known ? kv.token(row) : 0;
            batch.positions[first + row - from] = row < known ? kv.position(row) : row;
        }
        rows(kv, from, to, pages, noWrite, adapter);
        return first;
    }

    /** Name the token of a draft. */
    public void token(int batchRow, int token) {
        batch.tokens[batchRow] = token;
    }

    /** Add the row after the last of a context, whose token is a draw of the step before. Return its number in the batch. */
    int chained(KvContext kv, int row, int pages, int draw, int adapter) {
        int first = batch.rows;
        batch.tokens[first] = ~draw;
        batch.positions[first] = row;
        rows(kv, row, row + 1, pages, false, adapter);
        return first;
    }

    private void rows(KvContext kv, int from, int to, int pages, boolean noWrite, int adapter) {
        int r = batch.requests++;
        batch.contextKey[r] = kv.id().value();
        batch.qoIndptr[r] = batch.rows;
        batch.rows += to - from;
        batch.qoIndptr[r + 1] = batch.rows;
        batch.kvLength[r] = to;
        batch.noWrite[r] = noWrite;
        batch.nonCausal[r] = false;
        batch.adapter[r] = adapter;
        if (r == 0) {
            batch.pageIndptr[0] = 0;
            batch.maskIndptr[0] = 0;
        }
        pages(kv, r, pages);
        batch.maskIndptr[r + 1] = batch.maskIndptr[r];
        see(kv, r, from, to);
    }

    private void pages(KvContext kv, int r, int pages) {
        int page = batch.pageIndptr[r];
        if (page + pages > batch.pageIndices.length) {
            batch.pageIndices = Arrays.copyOf(batch.pageIndices, 2 * (page + pages));
            batch.pageOrdinals = Arrays.copyOf(batch.pageOrdinals, 2 * (page + pages));
        }
        for (int i = 0; i < pages; i++) {
            if (kv.slot(i) != KvContext.DROPPED) {
                batch.pageIndices[page] = kv.slot(i);
                batch.pageOrdinals[page++] = i;
            }
        }
        batch.pageIndptr[r + 1] = page;
    }

    /** Say what the rows see: by window, sink and drop where these three numbers can, else by a bitmap. */
    private void see(KvContext kv, int r, int from, int to) {
        Visibility seen = kv.visibility(batch.noWrite[r] ? to : from);
        boolean plain = seen.simple() && !kv.masked(from, to);
        batch.sink[r] = plain ? seen.first() : 0;
        batch.visibleFrom[r] = plain ? seen.visibleFrom() : 0;
        batch.window[r] = plain ? seen.window() : 0;
        if (plain) {
            return;
        }
        int first = batch.maskIndptr[r];
        int words = (int) (((long) (to - from) * to + 63) / 64);
        if (first + words > batch.maskBits.length) {
            batch.maskBits = Arrays.copyOf(batch.maskBits, 2 * (first + words));
        }
        Arrays.fill(batch.maskBits, first, first + words, 0);
        batch.maskIndptr[r + 1] = first + words;
        long row = first * 64L;
        for (int i = from; i < to; i++, row += to) {
            hidden.of(kv, i, seen);
            batch.nonCausal[r] |= hidden.end() > i + 1;
            int slot = 0;
            for (int n = 0; n < hidden.count(); n += 2) {
                set(row + slot, row + hidden.bound(n));
                slot = hidden.bound(n + 1);
            }
            set(row + slot, row + hidden.end());
        }
    }

    private void set(long first, long end) {
        for (long bit = first; bit < end; bit++) {
            batch.maskBits[(int) (bit >> 6)] |= 1L << bit;
        }
    }

    /** Begin a draw from a row of the batch; its stages follow. */
    public void draw(int row, long index, int number, long seed, int maskRef) {
        int s = batch.draws++;
        batch.drawRow[s] = row;
        batch.drawIndex[s] = index;
        batch.drawNumber[s] = number;
        batch.seed[s] = seed;
        batch.logitMaskRef[s] = maskRef;
        if (s == 0) {
            batch.chainIndptr[0] = 0;
            batch.adjustIndptr[0] = 0;
        }
        batch.chainIndptr[s + 1] = batch.chainIndptr[s];
    }

    /** Add a stage to the last draw. */
    public void stage(byte kind, float param) {
        int n = batch.chainIndptr[batch.draws]++;
        if (n == batch.stageKind.length) {
            batch.stageKind = Arrays.copyOf(batch.stageKind, 2 * n);
            batch.stageParam = Arrays.copyOf(batch.stageParam, 2 * n);
            batch.adjustIndptr = Arrays.copyOf(batch.adjustIndptr, 2 * n + 1);
        }
        batch.stageKind[n] = kind;
        batch.stageParam[n] = param;
        batch.adjustIndptr[n + 1] = batch.adjustIndptr[n];
    }

    /** Add an adjustment to the last stage. */
    public void adjust(int token, float mul, float add) {
        int n = batch.adjustIndptr[batch.chainIndptr[batch.draws]]++;
        if (n == batch.adjustToken.length) {
            batch.adjustToken = Arrays.copyOf(batch.adjustToken, 2 * n);
            batch.adjustMul = Arrays.copyOf(batch.adjustMul, 2 * n);
            batch.adjustAdd = Arrays.copyOf(batch.adjustAdd, 2 * n);
        }
        batch.adjustToken[n] = token;
        batch.adjustMul[n] = mul;
        batch.adjustAdd[n] = add;
    }

    /** Add a mask of logits, unless it was the last one added; return its number. */
    public int mask(long[] bits) {
        int n = batch.logitMaskCount;
        if (n > 0 && batch.logitMasks[n - 1] == bits) {
            return n - 1;
        }
        if (n == batch.logitMasks.length) {
            batch.logitMasks = Arrays.copyOf(batch.logitMasks, 2 * n);
        }
        batch.logitMasks[n] = bits;
        batch.logitMaskCount = n + 1;
        return n;
    }

    public void probe(int row, ProbeKind kind, float temperature, int top, int[] ids, int maskRef) {
        int n = batch.probes++;
        if (n == batch.probeRow.length) {
            int more = 2 * n;
            batch.probeRow = Arrays.copyOf(batch.probeRow, more);
            batch.probeKind = Arrays.copyOf(batch.probeKind, more);
            batch.probeTemperature = Arrays.copyOf(batch.probeTemperature, more);
            batch.probeTop = Arrays.copyOf(batch.probeTop, more);
            batch.probeMaskRef = Arrays.copyOf(batch.probeMaskRef, more);
            batch.probeIdIndptr = Arrays.copyOf(batch.probeIdIndptr, more + 1);
        }
        batch.probeRow[n] = row;
        batch.probeKind[n] = kind;
        batch.probeTemperature[n] = temperature;
        batch.probeTop[n] = top;
        batch.probeMaskRef[n] = maskRef;
        int at = n == 0 ? 0 : batch.probeIdIndptr[n];
        if (at + ids.length > batch.probeIds.length) {
            batch.probeIds = Arrays.copyOf(batch.probeIds, 2 * (at + ids.length));
        }
        System.arraycopy(ids, 0, batch.probeIds, at, ids.length);
        batch.probeIdIndptr[n] = at;
        batch.probeIdIndptr[n + 1] = at + ids.length;
    }
}
