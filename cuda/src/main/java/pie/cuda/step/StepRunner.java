package pie.cuda.step;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import pie.cuda.CuBlas;
import pie.cuda.Kernels;
import pie.cuda.api.CudaApi;
import pie.cuda.api.CudaCallException;
import pie.cuda.model.AdapterTables;
import pie.cuda.model.DeviceModel;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LateMasks;
import pie.engine.generate.RowSampler;

/**
 * Launch steps and read their results. Two steps may be under way: {@link #launch} of the second needs nothing of the first's results, not
 * even where its rows take the first's draws, unless the host made one of them.
 */
public final class StepRunner {
    private static final int MOST_GRAPHS = 128;

    /** Hold what is in flight of one step. */
    private static final class Turn {
        final CudaApi.Event done;
        /** Inputs have arrived; layers have run: of a step that waits for late masks. */
        final CudaApi.Event sent;

        final CudaApi.Event forwarded;
        boolean waiting;
        final MemorySegment result;
        final HeadPlan plan;
        MemorySegment logits;
        boolean open;

        Turn(CudaApi api, StepShape shape) {
            done = api.newEvent();
            sent = api.newEvent();
            forwarded = api.newEvent();
            result = api.allocateHost(8L * shape.maxRows());
            plan = new HeadPlan(shape.maxRows());
            logits = api.allocateHost(4L * shape.model().vocab());
        }
    }

    private final CudaApi api;
    private final StepShape shape;
    private final StepInputs inputs;
    private final ForwardPass pass;
    private final Head head;
    private final long drawn;
    private final Turn[] turns;
    private final RowSampler sampler;
    private final boolean graphs;
    private final Map<Grid, CudaApi.Graph> recorded = new HashMap<>();
    private int next;
    private int lastDraws;

    /**
     * @param pool address of the page pool
     * @param graphs whether launches of decode steps are recorded and replayed
     */
    public StepRunner(
            CudaApi api,
            Kernels kernels,
            DeviceModel model,
            AdapterTables adapters,
            StepShape shape,
            Optional<CuBlas> library,
            long pool,
            boolean graphs) {
        this.api = api;
        this.shape = shape;
        this.graphs = graphs;
        CoreLayout layout = new CoreLayout(shape);
        inputs = new StepInputs(api, shape, layout, adapters);
        drawn = ForwardPass.zeroed(api, 8L * shape.maxRows());
        pass = new ForwardPass(api, kernels, model, adapters, shape, layout, library, inputs.core(), drawn, pool);
        head = new Head(api, kernels, model, shape, layout, inputs, pass, drawn, drawn + 4L * shape.maxRows());
        bind();
        turns = new Turn[] {new Turn(api, shape), new Turn(api, shape)};
        sampler = new RowSampler(shape.model().vocab());
        touch();
        api.synchronize();
    }

    /** Launch each kernel once for no rows, so that none is loaded while launches are recorded. */
    private void touch() {
        Grid nothing = new Grid(1, 1, 1, 1, 1, false);
        pass.touch(nothing);
        head.launch(nothing);
    }

    private void bind() {
        pass.bind(inputs.tables(), inputs.masks());
        head.bind();
        recorded.values().forEach(api::free);
        recorded.clear();
    }

    /** Say whether the host draws in the step of a turn, so that it must be finished before a later one begins. */
    public boolean drawsOnHost(int turn) {
        return turns[turn].open && turns[turn].plan.hostDraws() > 0;
    }

    /** Launch a step; returns the turn to hand to {@link #finish}. No more than two turns may be open. */
    public int launch(ForwardBatch batch) {
        int turn = next;
        Turn t = turns[turn];
        if (t.open) {
            throw new IllegalStateException("two steps are under way");
        }
        t.plan.plan(batch);
        try {
            if (inputs.send(batch, t.plan, turn, lastDraws)) {
                api.synchronize();
                bind();
            }
            logits(t);
            t.waiting = LateMasks.expected(batch);
            if (t.waiting) {
                api.record(t.sent);
                layers(batch, t);
                api.record(t.forwarded);
            } else {
                run(batch, t);
                end(t);
            }
        } catch (CudaCallException e) {
            settle(e);
            throw e;
        }
        t.open = true;
        next = 1 - turn;
        lastDraws = batch.draws;
        return turn;
    }

    private void end(Turn t) {
        api.copyOut(t.result, drawn, 8L * shape.maxRows());
        api.record(t.done);
    }

    /** Say whether a step waits for late masks before its draws are launched. */
    public boolean waits(int turn) {
        return turns[turn].waiting;
    }

    /** Say whether the draws of a waiting step could be launched: its first inputs have left the memory that later ones go through. */
    public boolean mayDraw(int turn) {
        return api.reached(turns[turn].sent);
    }

    /** Say whether the layers of a waiting step have run. */
    public boolean forwarded(int turn) {
        return api.reached(turns[turn].forwarded);
    }

    /** Launch the draws of a waiting step, with the masks that its batch has by now. */
    public void draw(int turn, ForwardBatch batch) {
        Turn t = turns[turn];
        t.waiting = false;
        try {
            if (inputs.sendLate(batch, t.plan, turn)) {
                api.synchronize();
                bind();
            }
            head.launch(t.plan, t.logits);
            end(t);
        } catch (CudaCallException e) {
            settle(e);
            throw e;
        }
    }

    /** Wait for what was launched of a step that failed, so that the next one may use the same memory of the host. */
    private void settle(CudaCallException failure) {
        if (!failure.sticky()) {
            try {
                api.synchronize();
            } catch (CudaCallException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private void logits(Turn t) {
        long bytes = 4L * shape.model().vocab() * t.plan.hostRows();
        if (t.logits.byteSize() < bytes) {
            MemorySegment larger = api.allocateHost(bytes);
            api.synchronize();
            api.freeHost(t.logits);
            t.logits = larger;
        }
    }

    private void run(ForwardBatch batch, Turn t) {
        Grid grid = inputs.grid(batch, t.plan);
        if (!graphs || !repeats(batch, t.plan)) {
            pass.launch(grid, false);
            head.launch(t.plan, t.logits);
            return;
        }
        replay(grid.bucket());
    }

    /** Launch the layers alone: a grid without heads stands for them. */
    private void layers(ForwardBatch batch, Turn t) {
        Grid grid = inputs.grid(batch, t.plan);
        Grid alone = new Grid(grid.rows(), grid.items(), grid.merges(), 0, 0, grid.adapted());
        if (graphs && batch.rows == batch.requests) {
            replay(alone.bucket());
        } else {
            pass.launch(alone, false);
        }
    }

    private void replay(Grid bucket) {
        CudaApi.Graph graph = recorded.get(bucket);
        if (graph == null) {
            if (recorded.size() >= MOST_GRAPHS) {
                bind();
            }
            graph = record(bucket);
            recorded.put(bucket, graph);
        }
        api.launch(graph);
    }

    private CudaApi.Graph record(Grid bucket) {
        api.beginCapture();
        try {
            pass.launch(bucket, true);
            if (bucket.heads() > 0) {
                head.launch(bucket);
            }
        } catch (RuntimeException e) {
            api.dropCapture();
            throw e;
        }
        return api.endCapture();
    }

    /** Say whether the step is one of many alike: one row a request, drawn from on the device. */
    private static boolean repeats(ForwardBatch batch, HeadPlan plan) {
        return batch.rows == batch.requests
                && plan.hostRows() == 0
                && plan.chunks().size() == 1
                && plan.chunks().getFirst().draws() <= StepShape.HEAD_ROWS
                && plan.chunks().getFirst().draws() > 0;
    }

    public boolean reached(int turn) {
        return api.reached(turns[turn].done);
    }

    /** Wait for a step and read its result. */
    public void finish(int turn, ForwardBatch batch, ForwardResult result) {
        Turn t = turns[turn];
        t.open = false;
        long begin = System.nanoTime();
        api.await(t.done);
        result.forwardNanos += System.nanoTime() - begin;
        long sampling = System.nanoTime();
        MemorySegment.copy(t.result, JAVA_INT, 0, result.token, 0, batch.draws);
        for (int s = 0; s < batch.draws; s++) {
            result.status[s] = (byte) t.result.getAtIndex(JAVA_INT, (long) shape.maxRows() + s);
        }
        long bytes = 4L * shape.model().vocab();
        for (int n = 0; n < batch.probes; n++) {
            int host = t.plan.hostOfHead(t.plan.headOfRow(batch.probeRow[n]));
            sampler.probe(batch, n, t.logits, bytes * host, result);
        }
        for (int i = 0; i < t.plan.hostDraws(); i++) {
            int s = t.plan.hostDraw(i);
            int host = t.plan.hostOfHead(t.plan.headOfRow(batch.drawRow[s]));
            sampler.draw(batch, s, t.logits, bytes * host, result);
        }
        if (t.plan.hostDraws() > 0) {
            MemorySegment.copy(result.token, 0, t.result, JAVA_INT, 0, batch.draws);
            api.copyIn(drawn, t.result, 4L * batch.draws);
            api.synchronize();
        }
        LateMasks.refuse(batch, result);
        result.sampleNanos = System.nanoTime() - sampling;
    }

    /** Give up a turn whose step failed. */
    public void abandon(int turn) {
        turns[turn].open = false;
        turns[turn].waiting = false;
    }
}
