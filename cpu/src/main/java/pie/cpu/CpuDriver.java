package pie.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import pie.cpu.arch.Packer;
import pie.cpu.kernel.KvPool;
import pie.cpu.kernel.Team;
import pie.engine.driver.AdapterSink;
import pie.engine.driver.CopyList;
import pie.engine.driver.CopySink;
import pie.engine.driver.DeviceStatus;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverCapabilities;
import pie.engine.driver.DriverFault;
import pie.engine.driver.ForwardBatch;
import pie.engine.driver.ForwardResult;
import pie.engine.driver.LateMasks;
import pie.engine.driver.LoraAdapter;
import pie.engine.driver.StepSink;

/** Run steps and page copies in order of submission, on one thread that leads the team of workers. */
final class CpuDriver implements Driver {
    private final DriverCapabilities capabilities;
    private final StepRunner runner;
    private final Adapters adapters;
    private final LateMasks late = new LateMasks();
    private final @Nullable Warmup warmup;
    private final KvPool kv;
    private final Team team;
    private final Arena arena;
    private final Packer packer;
    private final LinkedBlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
    private final ChainedDraws chained;
    private final Map<ForwardBatch, ForwardResult> results = new ConcurrentHashMap<>();
    private final Set<Long> cancelled = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Thread leader;
    private volatile int touchedPages;

    CpuDriver(
            DriverCapabilities capabilities,
            ThreadPriority priority,
            StepRunner runner,
            Adapters adapters,
            @Nullable Warmup warmup,
            KvPool kv,
            Team team,
            Arena arena,
            Packer packer) {
        this.capabilities = capabilities;
        chained = new ChainedDraws(capabilities.maxDraws());
        this.runner = runner;
        this.adapters = adapters;
        this.warmup = warmup;
        this.kv = kv;
        this.team = team;
        this.arena = arena;
        this.packer = packer;
        leader = Thread.ofPlatform().name("pie-cpu-0").daemon(true).start(() -> {
            priority.take();
            lead();
        });
    }

    @Override
    public DriverCapabilities capabilities() {
        return capabilities;
    }

    @Override
    public ForwardBatch newBatch() {
        ForwardBatch batch = new ForwardBatch(capabilities);
        results.put(batch, new ForwardResult(capabilities));
        return batch;
    }

    @Override
    public void submit(ForwardBatch batch, StepSink sink) {
        long submitted = System.nanoTime();
        enqueue(() -> step(batch, sink, submitted), () -> sink.failed(batch, closed()));
    }

    @Override
    public void copyPages(CopyList list, CopySink sink) {
        enqueue(() -> copy(list, sink), () -> sink.failed(list, closed()));
    }

    @Override
    public void readPages(CopyList list, MemorySegment bytes, CopySink sink) {
        enqueue(
                () -> move(list, sink, list.from(), (from, to) -> kv.read(from, bytes, to * kv.pageBytes())),
                () -> sink.failed(list, closed()));
    }

    @Override
    public void writePages(MemorySegment bytes, CopyList list, CopySink sink) {
        enqueue(
                () -> move(list, sink, list.to(), (from, to) -> kv.write(to, bytes, from * kv.pageBytes())),
                () -> sink.failed(list, closed()));
    }

    @Override
    public void supplyLate(long step, int draw, long[] mask) {
        late.supply(step, draw, mask);
    }

    @Override
    public void loadAdapter(int number, LoraAdapter adapter, AdapterSink sink) {
        enqueue(() -> adapt(number, sink, () -> adapters.load(number, adapter)), () -> sink.failed(number, closed()));
    }

    @Override
    public void unloadAdapter(int number, AdapterSink sink) {
        enqueue(() -> adapt(number, sink, () -> adapters.unload(number)), () -> sink.failed(number, closed()));
    }

    private static void adapt(int number, AdapterSink sink, Runnable change) {
        try {
            change.run();
        } catch (RuntimeException e) {
            sink.failed(number, new DriverFault("adapter " + number + " failed: " + e.getMessage(), false, e));
            return;
        }
        sink.done(number);
    }

    @Override
    public void cancel(long step) {
        cancelled.add(step);
    }

    @Override
    public DeviceStatus status() {
        return new DeviceStatus(packer.bytes() + touchedPages * kv.pageBytes(), Processor.memory(), Double.NaN);
    }

    private void enqueue(Runnable task, Runnable refused) {
        synchronized (queue) {
            if (!closing.get()) {
                queue.add(task);
                return;
            }
        }
        refused.run();
    }

    private static DriverFault closed() {
        return new DriverFault("the cpu driver is closed", true, null);
    }

    private void lead() {
        while (true) {
            Runnable task = queue.poll();
            if (task == null && closing.get()) {
                task = queue.poll();
                if (task == null) {
                    return;
                }
            }
            if (task == null && warmup != null && warmup.more()) {
                warmup.step();
            } else if (task == null) {
                task = await();
            }
            if (task != null) {
                task.run();
            }
        }
    }

    private @Nullable Runnable await() {
        try {
            return queue.take();
        } catch (InterruptedException e) { // only close() interrupts: look again
            return null;
        }
    }

    private void step(ForwardBatch batch, StepSink sink, long submitted) {
        long step = batch.step;
        try {
            ForwardResult result = results.computeIfAbsent(batch, b -> new ForwardResult(capabilities));
            result.queuedNanos = System.nanoTime() - submitted;
            touch(batch);
            chained.resolve(batch);
            boolean ran = !cancelled.contains(step) && runner.run(batch, result, late, () -> cancelled.contains(step));
            if (ran) {
                chained.keep(batch, result);
                sink.done(batch, result);
            } else {
                sink.failed(batch, new DriverFault("step " + step + " was cancelled", false, null));
            }
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
            sink.failed(batch, new DriverFault("step " + step + " failed: " + e.getMessage(), false, e));
        } finally {
            cancelled.remove(step);
        }
    }

    private void touch(ForwardBatch batch) {
        int most = touchedPages;
        for (int i = 0; i < batch.pageIndptr[batch.requests]; i++) {
            most = Math.max(most, batch.pageIndices[i] + 1);
        }
        touchedPages = most;
    }

    private interface Move {
        void page(int from, int to);
    }

    private void copy(CopyList list, CopySink sink) {
        move(list, sink, list.to(), (from, to) -> {
            check(from);
            kv.copy(from, to);
        });
    }

    private void move(CopyList list, CopySink sink, int[] pages, Move move) {
        try {
            for (int i = 0; i < list.from().length; i++) {
                check(pages[i]);
                move.page(list.from()[i], list.to()[i]);
            }
            sink.done(list);
        } catch (RuntimeException e) {
            sink.failed(list, new DriverFault("page copy failed: " + e.getMessage(), false, e));
        }
    }

    private void check(int page) {
        if (page < 0 || page >= capabilities.totalPages()) {
            throw new IndexOutOfBoundsException("page " + page + " is not in 0 .. " + (capabilities.totalPages() - 1));
        }
    }

    @Override
    public void close() {
        synchronized (queue) {
            if (!closing.compareAndSet(false, true)) {
                return;
            }
        }
        leader.interrupt();
        try {
            leader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return; // memory stays: the leader may still use it
        }
        packer.close();
        team.close();
        arena.close();
    }
}
