package pie.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import pie.cpu.arch.Decoder;
import pie.cpu.arch.DecoderLayer;
import pie.cpu.arch.FeedForward;
import pie.cpu.kernel.Attention;
import pie.cpu.kernel.DnnlTeam;
import pie.cpu.kernel.Elements;
import pie.cpu.kernel.KvPool;
import pie.cpu.kernel.Lanes;
import pie.cpu.kernel.Linear;
import pie.cpu.kernel.LowRank;
import pie.cpu.kernel.OffHeap;
import pie.cpu.kernel.Team;
import pie.engine.driver.ForwardBatch;
import pie.engine.model.ModelConfig;
import pie.engine.model.Traits;

/**
 * Run the layers of a decoder over a batch: all workers walk through it together, with a barrier where one reads what others wrote.
 *
 * <pre>
 * embed | norm ─ qkv ─ bias, rope, write KV ─ attend ─ output ─ add, norm ─ gate, up ─ silu ─ down ─ add | norm of drawn rows ─ head
 *        rows   cols        rows             tiles    cols       rows        cols     cols    cols   rows          rows         cols
 * </pre>
 *
 * <p>Families that need it have norms after qkv (on each head), after output and after down; in a mixture gate, up and down run once for
 * each expert that has rows.
 */
final class ForwardPass {
    private final Decoder decoder;
    private final ModelConfig config;
    private final Team team;
    private final KvPool kv;
    private final Attention attention;
    private final int hidden;
    private final int half;
    private final int ropes;
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
    /** Where the second part of a gate's output begins. */
    private final int gateUp;

    private final Optional<Mixing> mixing;

    /** Set by worker 0 before a barrier, read by all after it. */
    private boolean abandoned;

    private final Takeover takeover;
    private Elements elements = Elements.VECTOR;

    private final Adapters adapters;
    private boolean adapted;

    ForwardPass(
            Decoder decoder,
            Adapters adapters,
            Takeover takeover,
            Team team,
            KvPool kv,
            Attention attention,
            Arena arena,
            int maxRows,
            int headRows) {
        this.decoder = decoder;
        this.adapters = adapters;
        this.takeover = takeover;
        this.team = team;
        this.kv = kv;
        config = decoder.config();
        hidden = config.hidden();
        ropes = decoder.ropes().size();
        half = decoder.ropes().getFirst().half();
        feedForward = config.ffn();
        this.attention = attention;
        DecoderLayer layer = decoder.layers().getFirst();
        FeedForward.Dense dense = layer.feedForward().first();
        outputStride = layer.output().stride();
        downStride = dense.down().stride();
        qkvStride = layer.qkv().stride();
        gateUp = dense.gateUp().offset(1);
        gateStride = dense.gateUp().stride();
        x = floats(arena, maxRows, hidden);
        normed = floats(arena, maxRows, hidden);
        qkv = floats(arena, maxRows, qkvStride);
        attended = floats(arena, maxRows, config.heads() * config.headDim());
        projected = floats(arena, maxRows, Math.max(outputStride, downStride));
        gates = floats(arena, maxRows, gateStride);
        activated = floats(arena, maxRows, feedForward);
        headIn = floats(arena, headRows, hidden);
        cos = new float[maxRows * ropes * half];
        sin = new float[maxRows * ropes * half];
        mixing = layer.feedForward() instanceof FeedForward.Mixture mixture
                ? Optional.of(
                        new Mixing(mixture, config.traits().experts().orElseThrow(), team, arena, maxRows, hidden))
                : Optional.empty();
        requestOf = new int[maxRows];
        lanes = new float[team.size()][Lanes.COUNT];
    }

    private static MemorySegment floats(Arena arena, int rows, int width) {
        return OffHeap.zeroed(arena, 4L * DnnlTeam.size(rows) * width);
    }

    /** Prepare what all workers share; on one thread, before {@link #layers}. */
    void plan(ForwardBatch batch) {
        abandoned = false;
        elements = takeover.forStep(batch.rows);
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
            if (config.traits().embeddingScale() != 1) {
                elements.multiply(x, 4L * row * hidden, config.traits().embeddingScale(), hidden);
            }
            for (int i = 0; i < ropes; i++) {
                decoder.ropes().get(i).angles(batch.positions[row], cos, sin, (row * ropes + i) * half);
            }
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
            keep(worker, batch, layer, index, row);
        }
        team.barrier();
        attention.run(worker, team, batch, index, layer.kind().window(), qkv, qkvStride, attended);
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
        add(worker, first, end, outputStride, layer.attentionPostNorm());
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

    /** Add biases, normalise, rotate, and write key and value of one row. */
    private void keep(int worker, ForwardBatch batch, DecoderLayer layer, int index, int row) {
        long at = 4L * row * qkvStride;
        if (layer.qkvBias().length > 0) {
            elements.add(qkv, at, layer.qkvBias());
        }
        heads(worker, layer, layer.queryNorm(), at, config.heads(), row);
        int r = requestOf[row];
        if (batch.noWrite[r]) {
            return;
        }
        int width = 4 * config.headDim();
        long keys = at + 4L * layer.qkv().offset(1);
        long values = at + 4L * layer.qkv().offset(2);
        heads(worker, layer, layer.keyNorm(), keys, config.kvHeads(), row);
        int slot = batch.kvLength[r] - (batch.qoIndptr[r + 1] - row);
        int page = batch.pageIndices[batch.pageOf(r, slot)];
        for (int h = 0; h < config.kvHeads(); h++) {
            kv.write(page, slot % kv.pageSize(), index, h, qkv, keys + (long) h * width, values + (long) h * width);
        }
    }

    /** Normalise and rotate heads that lie side by side. */
    private void heads(int worker, DecoderLayer layer, float[] norm, long at, int count, int row) {
        int rope = layer.kind().rotation() == Traits.Rotation.LOCAL ? 1 : 0;
        for (int h = 0; h < count; h++) {
            long head = at + 4L * h * config.headDim();
            if (norm.length > 0) {
                elements.rms(qkv, head, norm, config.rmsEpsilon(), qkv, head, lanes[worker]);
            }
            if (layer.kind().rotation() != Traits.Rotation.NONE) {
                elements.rotate(qkv, head, cos, sin, (row * ropes + rope) * half, half);
            }
        }
    }

    private void feedForward(int worker, ForwardBatch batch, DecoderLayer layer, int index, int first, int end) {
        norm(worker, first, end, layer.feedForwardNorm());
        team.barrier();
        switch (layer.feedForward()) {
            case FeedForward.Dense dense -> dense(worker, batch, dense, index, first, end);
            case FeedForward.Mixture mixture -> mixture(worker, batch.rows, mixture, first, end);
        }
        if (layer.feedForward() instanceof FeedForward.Dense) {
            add(worker, first, end, downStride, layer.feedForwardPostNorm());
        }
    }

    private void dense(int worker, ForwardBatch batch, FeedForward.Dense part, int index, int first, int end) {
        int rows = batch.rows;
        part.gateUp().run(worker, normed, rows, gates);
        team.barrier();
        if (adapted) {
            adaptGates(worker, batch, index, first, end);
            team.barrier();
        }
        activate(worker, rows);
        team.barrier();
        part.down().run(worker, activated, rows, projected);
        team.barrier();
        for (int row = first; adapted && row < end; row++) {
            int number = adapter(batch, row);
            if (number != 0) {
                LowRank down = adapters.layer(number, index).down();
                down.add(activated, 4L * row * feedForward, projected, 4L * row * downStride, lanes[worker]);
            }
        }
    }

    /** Send each row to its experts, one expert after the other, and add what they give in the order of experts. */
    private void mixture(int worker, int rows, FeedForward.Mixture mixture, int first, int end) {
        Mixing mix = mixing.orElseThrow();
        mix.route(worker, mixture.router(), normed, rows, first, end);
        for (int e = 0; e < mixture.experts().size(); e++) {
            int count = mix.count(e);
            if (count == 0) {
                continue;
            }
            FeedForward.Dense expert = mixture.experts().get(e);
            MemorySegment gathered = mix.gather(worker, e, normed);
            team.barrier();
            expert.gateUp().run(worker, gathered, count, gates);
            team.barrier();
            activate(worker, count);
            team.barrier();
            expert.down().run(worker, activated, count, projected);
            team.barrier();
            mix.add(e, projected, downStride, x, first, end);
        }
    }

    private void activate(int worker, int rows) {
        int blocks = Lanes.roundUp(feedForward) / Lanes.COUNT;
        int from = cut(blocks, worker) * Lanes.COUNT;
        int to = Math.min(feedForward, cut(blocks, worker + 1) * Lanes.COUNT);
        boolean silu = config.traits().activation() == Traits.Activation.SILU;
        for (int row = 0; row < rows; row++) {
            long at = 4L * row * gateStride + 4L * from;
            long out = 4L * row * feedForward + 4L * from;
            if (silu) {
                elements.swiGlu(gates, at, at + 4L * gateUp, activated, out, to - from);
            } else {
                elements.geGlu(gates, at, at + 4L * gateUp, activated, out, to - from);
            }
        }
    }

    private void adaptGates(int worker, ForwardBatch batch, int index, int first, int end) {
        for (int row = first; row < end; row++) {
            int number = adapter(batch, row);
            if (number != 0) {
                Adapters.Layer adapter = adapters.layer(number, index);
                long at = 4L * row * gateStride;
                adapter.gate().add(normed, 4L * row * hidden, gates, at, lanes[worker]);
                long up = at + 4L * gateUp;
                adapter.up().add(normed, 4L * row * hidden, gates, up, lanes[worker]);
            }
        }
    }

    private void norm(int worker, int first, int end, float[] weight) {
        for (int row = first; row < end; row++) {
            long at = 4L * row * hidden;
            elements.rms(x, at, weight, config.rmsEpsilon(), normed, at, lanes[worker]);
        }
    }

    private void add(int worker, int first, int end, int stride, float[] postNorm) {
        for (int row = first; row < end; row++) {
            long at = 4L * row * stride;
            if (postNorm.length > 0) {
                elements.rms(projected, at, postNorm, config.rmsEpsilon(), projected, at, lanes[worker]);
            }
            elements.add(x, 4L * row * hidden, projected, at, hidden);
        }
    }

    /** Compute logits of some rows: after {@link #layers}, by all workers; row i of {@code logits} belongs to {@code rows[from + i]}. */
    void head(int worker, int[] rows, int from, int count, MemorySegment logits) {
        int end = cut(count, worker + 1);
        for (int i = cut(count, worker); i < end; i++) {
            elements.rms(
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

    /** Return the kind of elements of this step. */
    Elements elements() {
        return elements;
    }

    private int cut(int n, int worker) {
        return (int) ((long) n * worker / team.size());
    }
}
