package pie.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import pie.cpu.arch.Decoder;
import pie.cpu.arch.DecoderLayer;
import pie.cpu.kernel.Activation;
import pie.cpu.kernel.Attention;
import pie.cpu.kernel.DnnlTeam;
import pie.cpu.kernel.KvPool;
import pie.cpu.kernel.Lanes;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.LowRank;
import pie.cpu.kernel.Norm;
import pie.cpu.kernel.OffHeap;
import pie.cpu.kernel.Rope;
import pie.cpu.kernel.Team;
import pie.engine.driver.ForwardBatch;
import pie.engine.model.ModelConfig;

/**
 * Run the layers of a decoder over a batch: all workers walk through it together, with a barrier where one reads what others wrote.
 *
 * <pre>
 * embed | norm ─ qkv ─ bias, rope, write KV ─ attend ─ output ─ add, norm ─ gate, up ─ silu ─ down ─ add | norm of drawn rows ─ head
 *        rows   cols        rows             tiles    cols       rows        cols     cols    cols   rows          rows         cols
 * </pre>
 */
final class ForwardPass {
    private final Decoder decoder;
    private final ModelConfig config;
    private final Team team;
    private final KvPool kv;
    private final Attention attention;
    private final int hidden;
    private final int half;
    private final int feedForward;

    private final MemorySegment x;
    private final MemorySegment normed;
    private final MemorySegment qkv;
    private final MemorySegment attended;
    private final MemorySegment projected;
    private final MemorySegment gates;
    private final MemorySegment activated;
    private final MemorySegment headIn;
    private final float[] cos;
    private final float[] sin;
    private final int[] requestOf;
    private final float[][] lanes;
    private final int outputStride;
    private final int downStride;
    private final int qkvStride;
    private final int gateStride;

    /** Set by worker 0 before a barrier, read by all after it. */
    private boolean abandoned;

    private final Adapters adapters;
    private boolean adapted;

    ForwardPass(Decoder decoder, Adapters adapters, Team team, KvPool kv, Arena arena, int maxRows, int headRows) {
        this.decoder = decoder;
        this.adapters = adapters;
        this.team = team;
        this.kv = kv;
        config = decoder.config();
        hidden = config.hidden();
        half = decoder.rope().half();
        feedForward = config.ffn();
        attention = new Attention(kv, config.heads(), team.size());
        DecoderLayer layer = decoder.layers().getFirst();
        outputStride = layer.output().stride();
        downStride = layer.down().stride();
        qkvStride = layer.qkv().stride();
        gateStride = layer.gateUp().stride();
        x = floats(arena, maxRows, hidden);
        normed = floats(arena, maxRows, hidden);
        qkv = floats(arena, maxRows, qkvStride);
        attended = floats(arena, maxRows, config.heads() * config.headDim());
        projected = floats(arena, maxRows, Math.max(outputStride, downStride));
        gates = floats(arena, maxRows, gateStride);
        activated = floats(arena, maxRows, feedForward);
        headIn = floats(arena, headRows, hidden);
        cos = new float[maxRows * half];
        sin = new float[maxRows * half];
        requestOf = new int[maxRows];
        lanes = new float[team.size()][Lanes.COUNT];
    }

    private static MemorySegment floats(Arena arena, int rows, int width) {
        return OffHeap.zeroed(arena, 4L * DnnlTeam.size(rows) * width);
    }

    /** Prepare what all workers share; on one thread, before {@link #layers}. */
    void plan(ForwardBatch batch) {
        abandoned = false;
        adapted = adapters.use(batch);
        attention.plan(batch);
        for (int r = 0; r < batch.requests; r++) {
            for (int row = batch.qoIndptr[r]; row < batch.qoIndptr[r + 1]; row++) {
                requestOf[row] = r;
            }
        }
    }

    /** Run all layers; returns false if {@code cancelled} said so between two of them. */
    boolean layers(int worker, ForwardBatch batch, java.util.function.BooleanSupplier cancelled) {
        int first = cut(batch.rows, worker);
        int end = cut(batch.rows, worker + 1);
        for (int row = first; row < end; row++) {
            decoder.embedding().column(batch.tokens[row], x, 4L * row * hidden);
            decoder.rope().angles(batch.positions[row], cos, sin, row * half);
        }
        int index = 0;
        for (DecoderLayer layer : decoder.layers()) {
            if (worker == 0) {
                abandoned = cancelled.getAsBoolean();
            }
            attend(worker, batch, layer, index++, first, end);
            if (abandoned) {
                return false;
            }
            feedForward(worker, batch, layer, index - 1, first, end);
        }
        team.barrier();
        return true;
    }

    private void attend(int worker, ForwardBatch batch, DecoderLayer layer, int index, int first, int end) {
        norm(worker, first, end, layer.attentionNorm());
        team.barrier();
        layer.qkv().run(worker, normed, batch.rows, qkv);
        team.barrier();
        for (int row = first; row < end; row++) {
            adaptQkv(worker, batch, layer, index, row);
            keep(batch, layer, index, row);
        }
        team.barrier();
        attention.run(worker, team, batch, index, qkv, qkvStride, attended);
        team.barrier();
        layer.output().run(worker, attended, batch.rows, projected);
        team.barrier();
        for (int row = first; adapted && row < end; row++) {
            int number = adapter(batch, row);
            if (number != 0) {
                LowRank output = adapters.layer(number, index).output();
                long from = 4L * row * config.heads() * config.headDim();
                output.add(attended, from, projected, 4L * row * outputStride, lanes[worker]);
            }
        }
        add(first, end, outputStride);
    }

    private int adapter(ForwardBatch batch, int row) {
        return batch.adapter[requestOf[row]];
    }

    private void adaptQkv(int worker, ForwardBatch batch, DecoderLayer layer, int index, int row) {
        int number = adapted ? adapter(batch, row) : 0;
        if (number == 0) {
            return;
        }
        Adapters.Layer adapter = adapters.layer(number, index);
        long from = 4L * row * hidden;
        long at = 4L * row * qkvStride;
        adapter.query().add(normed, from, qkv, at, lanes[worker]);
        adapter.key().add(normed, from, qkv, at + 4L * layer.qkv().offset(1), lanes[worker]);
        adapter.value().add(normed, from, qkv, at + 4L * layer.qkv().offset(2), lanes[worker]);
    }

    /** Add biases, rotate, and write key and value of one row. */
    private void keep(ForwardBatch batch, DecoderLayer layer, int index, int row) {
        long at = 4L * row * qkvStride;
        if (layer.qkvBias().length > 0) {
            Norm.add(qkv, at, layer.qkvBias());
        }
        int width = 4 * config.headDim();
        long keys = at + 4L * layer.qkv().offset(1);
        long values = at + 4L * layer.qkv().offset(2);
        for (int h = 0; h < config.heads(); h++) {
            Rope.rotate(qkv, at + (long) h * width, cos, sin, row * half, half);
        }
        int r = requestOf[row];
        if (batch.noWrite[r]) {
            return;
        }
        int slot = batch.kvLength[r] - (batch.qoIndptr[r + 1] - row);
        int page = batch.pageIndices[batch.pageOf(r, slot)];
        for (int h = 0; h < config.kvHeads(); h++) {
            Rope.rotate(qkv, keys + (long) h * width, cos, sin, row * half, half);
            kv.write(page, slot % kv.pageSize(), index, h, qkv, keys + (long) h * width, values + (long) h * width);
        }
    }

    private void feedForward(int worker, ForwardBatch batch, DecoderLayer layer, int index, int first, int end) {
        int rows = batch.rows;
        norm(worker, first, end, layer.feedForwardNorm());
        team.barrier();
        layer.gateUp().run(worker, normed, rows, gates);
        team.barrier();
        if (adapted) {
            adaptGates(worker, batch, layer, index, first, end);
            team.barrier();
        }
        int blocks = Lanes.roundUp(feedForward) / Lanes.COUNT;
        int from = cut(blocks, worker) * Lanes.COUNT;
        int to = Math.min(feedForward, cut(blocks, worker + 1) * Lanes.COUNT);
        long up = 4L * layer.gateUp().offset(1);
        for (int row = 0; row < rows; row++) {
            long at = 4L * row * gateStride + 4L * from;
            Activation.swiGlu(gates, at, at + up, activated, 4L * row * feedForward + 4L * from, to - from);
        }
        team.barrier();
        layer.down().run(worker, activated, rows, projected);
        team.barrier();
        for (int row = first; adapted && row < end; row++) {
            int number = adapter(batch, row);
            if (number != 0) {
                LowRank down = adapters.layer(number, index).down();
                down.add(activated, 4L * row * feedForward, projected, 4L * row * downStride, lanes[worker]);
            }
        }
        add(first, end, downStride);
    }

    private void adaptGates(int worker, ForwardBatch batch, DecoderLayer layer, int index, int first, int end) {
        for (int row = first; row < end; row++) {
            int number = adapter(batch, row);
            if (number != 0) {
                Adapters.Layer adapter = adapters.layer(number, index);
                long at = 4L * row * gateStride;
                adapter.gate().add(normed, 4L * row * hidden, gates, at, lanes[worker]);
                long up = at + 4L * layer.gateUp().offset(1);
                adapter.up().add(normed, 4L * row * hidden, gates, up, lanes[worker]);
            }
        }
    }

    private void norm(int worker, int first, int end, float[] weight) {
        for (int row = first; row < end; row++) {
            long at = 4L * row * hidden;
            Norm.rms(x, at, weight, config.rmsEpsilon(), normed, at, lanes[worker]);
        }
    }

    private void add(int first, int end, int stride) {
        for (int row = first; row < end; row++) {
            Norm.add(x, 4L * row * hidden, projected, 4L * row * stride, hidden);
        }
    }

    /** Compute logits of some rows: after {@link #layers}, by all workers; row i of {@code logits} belongs to {@code rows[from + i]}. */
    void head(int worker, int[] rows, int from, int count, MemorySegment logits) {
        int end = cut(count, worker + 1);
        for (int i = cut(count, worker); i < end; i++) {
            Norm.rms(
                    x,
                    4L * rows[from + i] * hidden,
                    decoder.outputNorm(),
                    config.rmsEpsilon(),
                    headIn,
                    4L * i * hidden,
                    lanes[worker]);
        }
        team.barrier();
        Linear head = decoder.head();
        head.run(worker, headIn, count, logits);
        team.barrier();
    }

    private int cut(int n, int worker) {
        return (int) ((long) n * worker / team.size());
    }
}
