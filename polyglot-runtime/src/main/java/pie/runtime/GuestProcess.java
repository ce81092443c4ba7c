package pie.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.event.SessionFile;
import pie.engine.market.Explanation;
import pie.engine.process.Budget;
import pie.engine.process.InferletProcess;
import pie.engine.process.Outcome;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessState;
import pie.engine.process.ProcessTotals;
import pie.engine.trace.StackSource;
import pie.engine.trace.Timeline;
import pie.inferlet.Host;
import pie.runtime.bridge.Recorder;
import pie.runtime.mcp.McpPeer;
import pie.runtime.replay.RecordingEnd;
import pie.runtime.replay.RecordingHeader;
import pie.runtime.replay.RecordingWriter;

/** Run one launch on a thread of its own, and end it once, however it goes. */
final class GuestProcess<P> implements InferletProcess {
    private static final Logger LOG = LoggerFactory.getLogger(GuestProcess.class);
    private static final long STACK_BYTES = 16L << 20;
    private static final long MOST_RECORDED = 1L << 30;
    /** A spent budget is no request: who has used up its time has this long to unwind. */
    private static final Duration LIMIT_GRACE = Duration.ofMillis(400);
    /** How long a thread may take to notice that its guest is gone before it counts as one that cannot be stopped. */
    private static final Duration FORCE = Duration.ofSeconds(2);

    private static final Duration LIMIT_FORCE = Duration.ofMillis(400);
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final ProcessId id;
    private final Optional<GuestProcess<?>> parent;
    private final Family family;
    private final LaunchRequest request;
    private final P program;
    private final GuestPool<P> pool;
    private final List<Engine> engines;
    private final List<Engine> opened = new CopyOnWriteArrayList<>();
    private final ProcessHost host;
    private final EventLog log;
    private final Duration killGrace;
    private final Consumer<GuestProcess<?>> onEnd;
    private final Instant created = Instant.now();
    private final long createdNanos = System.nanoTime();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final AtomicBoolean finished = new AtomicBoolean();
    private final long seed;
    private final SplittableRandom childSeeds;
    private final Thread thread;
    private volatile ProcessState state = ProcessState.QUEUED;
    private volatile @Nullable Instant started;
    private volatile @Nullable Instant ended;
    private volatile @Nullable Guest<P> guest;
    private final ProcessTime time;
    private volatile long allocatedBytes;
    private volatile ProcessTotals lastTotals = ProcessTotals.NONE;
    /** Whether these are the totals of its whole life. */
    private volatile boolean totalled;

    private volatile Map<String, Explanation> lastExplanations = Map.of();
    private volatile boolean stuck;
    /** When to use force again, by the clock of nanoseconds, 0 for never: where memory is short even ending a guest can fail. */
    private volatile long forceAgain;

    private volatile @Nullable Timeline timeline;
    private volatile @Nullable Timeline steps;
    private @Nullable GuestSampler sampler;
    private boolean sampled;
    private volatile @Nullable RecordingWriter recorder;
    private volatile @Nullable Path recording;

    /** @param parent empty for a process that a client started; the engines know those of others already, see {@link Family} */
    GuestProcess(
            ProcessId id,
            Optional<GuestProcess<?>> parent,
            LaunchRequest request,
            P program,
            GuestPool<P> pool,
            List<Engine> engines,
            Facilities facilities,
            long seed,
            Consumer<GuestProcess<?>> onEnd) {
        this.id = id;
        this.parent = parent;
        RuntimeConfig config = facilities.config();
        this.family = new Family(
                this,
                facilities.starter(),
                request.permissions().launch() && config.policy().caps().launch(),
                parent.map(p -> p.family.generation() + 1).orElse(0));
        this.request = request;
        this.program = program;
        this.pool = pool;
        this.engines = engines;
        this.seed = seed;
        this.childSeeds = new SplittableRandom(seed);
        this.time = new ProcessTime(request.budget(), parent.map(of -> of.time), System::nanoTime);
        parent.ifPresent(of -> opened.addAll(engines));
        this.log = new EventLog(config.events());
        this.killGrace = config.killGrace();
        this.onEnd = onEnd;
        this.host = new ProcessHost(this, request, engines, seed, facilities);
        if (request.profiled()) {
            var record = new Timeline();
            host.record(record, true);
            timeline = record;
        }
        this.thread = Thread.ofPlatform()
                .name("pie-guest-" + id)
                .stackSize(STACK_BYTES)
                .daemon()
                .unstarted(this::run);
    }

    void start() {
        state = ProcessState.STARTING;
        host.clock().enter("starting");
        thread.start();
    }

    private void run() {
        Host.bind(host);
        Outcome result;
        try {
            result = runGuest();
        } catch (Throwable e) {
            result = toldFailed(e);
        } finally {
            Host.bind(null);
        }
        sample();
        finish(result);
    }

    private Outcome runGuest() throws InterruptedException {
        Guest<P> taken = pool.take();
        try {
            guest = taken;
            for (Engine engine : engines) {
                if (parent.isEmpty()) {
                    engine.openProcess(id, request.owner(), request.budget(), seed, request.bid());
                    opened.add(engine);
                }
                Timeline record = timeline != null ? timeline : steps;
                if (record != null) {
                    engine.record(id, record);
                }
            }
            host.checkLive();
            sampleCode();
            record(taken);
            started = Instant.now();
            time.begin();
            host.busy();
            state = ProcessState.RUNNING;
            String value = taken.run(host, program, request.input());
            PieException ending = host.ending();
            if (ending != null) {
                host.returns(value.isEmpty() && host.returned() != null ? host.returned() : value);
                return failed(ending);
            }
            String set = host.returned();
            return new Outcome.Completed(value.isEmpty() && set != null ? set : value);
        } finally {
            if (state != ProcessState.STOPPING) {
                state = ProcessState.STOPPING;
            }
            host.clock().enter("stopping");
            stopSampling();
            host.flush();
            taken.close();
            host.modules().close();
            guest = null; // what the program held must not be held as long as its outcome is
        }
    }

    @Override
    public Optional<Timeline> timeline() {
        Timeline record = timeline;
        if (record != null) {
            host.clock().show();
        }
        return Optional.ofNullable(record);
    }

    @Override
    public synchronized Timeline profile() {
        Optional<Timeline> known = timeline();
        if (known.isPresent()) {
            return known.get();
        }
        if (finished.get()) {
            throw new PieException(
                    ErrorCode.CONFLICT,
                    "process " + id + " has ended and was not profiled: launch it with \"profile\": true",
                    Map.of("reason", "ended"));
        }
        var record = new Timeline();
        host.record(record, false);
        timeline = record;
        for (Engine engine : opened) {
            try {
                engine.record(id, record);
            } catch (PieException gone) {
                if (gone.code() != ErrorCode.NOT_FOUND) {
                    throw gone;
                } // it ends just now: what is left of it has no steps
            }
        }
        sampleCode();
        return record;
    }

    @Override
    public void recordSteps(Timeline record) {
        steps = record;
    }

    /** Look at its code from now on, if it is profiled and in its code. */
    private synchronized void sampleCode() {
        Timeline record = timeline;
        Guest<P> taken = guest;
        if (record != null && taken != null && sampler == null && !sampled) {
            StackSource stacks = taken.stacks(thread);
            record.stacks(stacks);
            sampler = GuestSampler.start(record, stacks, thread, host.clock());
        }
    }

    private synchronized void stopSampling() {
        sampled = true;
        if (sampler != null) {
            sampler.close();
        }
    }

    @Override
    public String kind() {
        return request.requests().isPresent() ? "app" : InferletProcess.super.kind();
    }

    /** Return what the program runs in, null before and after. */
    @Nullable
    Guest<P> guest() {
        return guest;
    }

    Family family() {
        return family;
    }

    Optional<GuestProcess<?>> parent() {
        return parent;
    }

    /** Return the seed of the next child: children of equal programs with equal seeds are equal. */
    long childSeed() {
        return childSeeds.nextLong();
    }

    void registerMcp(String name, McpPeer peer) {
        host.mcp().register(name, peer);
    }

    LaunchRequest request() {
        return request;
    }

    List<Engine> engines() {
        return engines;
    }

    /** Return the tokens used so far, those of children included. */
    long tokensSpent() {
        ProcessTotals t = totals();
        return t.tokensIn() + t.tokensOut() + family.tokensTaken();
    }

    /** Return the tokens of the budget that are left to this process and to children that have none of their own. */
    OptionalLong tokensLeft() {
        OptionalLong limit = request.budget().tokens();
        if (limit.isPresent()) {
            return OptionalLong.of(Math.max(0, limit.getAsLong() - tokensSpent()));
        }
        return parent.map(GuestProcess::tokensLeft).orElse(OptionalLong.empty());
    }

    private void record(Guest<P> taken) {
        Optional<Path> folder = request.recordings();
        if (folder.isEmpty()) {
            return;
        }
        Path file = folder.get().resolve(id + ".pierec");
        try {
            Files.createDirectories(folder.get());
            var writer = new RecordingWriter(file, header(), MOST_RECORDED);
            recorder = writer;
            recording = file;
            taken.use(new Recorder(writer, log::lastId));
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.STORAGE_FULL,
                    "recording to " + file + " failed: " + e,
                    Map.of("file", file.toString()),
                    e);
        }
    }

    private RecordingHeader header() {
        ProgramSource source = request.source();
        return new RecordingHeader(
                id.toString(),
                request.owner().value(),
                source.language().word(),
                source.file(),
                source.code(),
                source.files(),
                source.entry(),
                request.input(),
                seed,
                model(),
                created.toString());
    }

    private void endRecording(Outcome result) {
        RecordingWriter writer = recorder;
        if (writer != null) {
            writer.end(
                    switch (result) {
                        case Outcome.Completed done ->
                            new RecordingEnd(result.state().word(), done.value(), null, null, Map.of());
                        case Outcome.Failed failed ->
                            new RecordingEnd(
                                    result.state().word(),
                                    null,
                                    failed.code().name(),
                                    failed.message(),
                                    failed.details());
                    });
        }
    }

    void forgetFiles() {
        host.sessionFiles().forget();
    }

    /** Forget what outlives the process: its files and its recording. */
    void forget() {
        forgetFiles();
        recording().ifPresent(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                LOG.warn("recording {} cannot be deleted: {}", file, e.toString());
            }
        });
    }

    @Override
    public Optional<Path> recording() {
        RecordingWriter writer = recorder;
        if (writer != null) {
            writer.flush();
        }
        return Optional.ofNullable(recording);
    }

    /** A process ends even if what ended it is an object of the program that cannot be asked what it is. */
    private Outcome toldFailed(Throwable error) {
        try {
            return failed(error);
        } catch (Throwable mute) {
            LOG.error(
                    "guest {} failed with a {} that cannot be told",
                    id,
                    error.getClass().getName());
            return failed(new PieException(
                    ErrorCode.GUEST_ERROR,
                    "an error that cannot be told: " + error.getClass().getName()));
        }
    }

    private Outcome failed(Throwable error) {
        PieException ending = host.ending();
        PieException failure = ending != null ? ending : Mishap.of(error, id, program());
        ProcessState end = failure.code() == ErrorCode.BUDGET_EXHAUSTED
                ? ProcessState.EXHAUSTED
                : ending != null && failure.code() == ErrorCode.CANCELLED
                        ? ProcessState.CANCELLED
                        : ProcessState.FAILED;
        var details = new LinkedHashMap<String, Object>(failure.details());
        String errors = host.stderrTail();
        if (failure.code() == ErrorCode.GUEST_ERROR && !errors.isEmpty()) {
            details.put("stderr", errors);
        }
        return new Outcome.Failed(end, failure.code(), failure.message(), Map.copyOf(details), host.returned());
    }

    /** Give pages back, log the terminal event, publish the outcome; only the first call counts. */
    private void finish(Outcome result) {
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        state = ProcessState.STOPPING;
        endRecording(result);
        host.close();
        family.parentEnded(result.state());
        lastTotals = totalsNow();
        totalled = true;
        lastExplanations = explanationsNow();
        var closes = new ArrayList<CompletableFuture<Void>>();
        for (Engine engine : opened) {
            closes.add(engine.closeProcess(id));
        }
        CompletableFuture.allOf(closes.toArray(new CompletableFuture<?>[0])).whenComplete((done, error) -> {
            if (error != null) {
                LOG.warn("process {} could not be closed in the engine", id, error);
            }
            publish(result);
        });
    }

    private void publish(Outcome result) {
        // The log may wait for a slow client, which the engine's loop must not.
        Thread.ofVirtual().name("pie-end-" + id).start(() -> {
            try {
                switch (result) {
                    case Outcome.Completed done -> log.returned(done.value());
                    case Outcome.Failed failed -> log.failed(failed.code(), failed.message(), failed.details());
                }
            } finally {
                ended = Instant.now();
                host.clock().stop();
                state = result.state();
                onEnd.accept(this);
                outcome.complete(result);
            }
        });
    }

    private ProcessTotals totalsNow() {
        try {
            return host.totals();
        } catch (PieException unknown) {
            return lastTotals;
        }
    }

    /** Take the thread's clocks. */
    void sample() {
        if (thread.isAlive()) {
            Guest<P> running = guest;
            long cpu = THREADS.getThreadCpuTime(thread.threadId()) + (running == null ? 0 : running.cpuNanos());
            long bytes = THREADS.getThreadAllocatedBytes(thread.threadId());
            time.cpu(cpu);
            allocatedBytes = Math.max(allocatedBytes, bytes);
        }
    }

    /** Check budgets and let printed text out; called by the watchdog. */
    void tick() {
        sample();
        if (state == ProcessState.RUNNING) {
            host.flushSoon();
            time.spent().ifPresent(this::end);
        }
        long due = forceAgain;
        if (due != 0 && System.nanoTime() - due > 0 && thread.isAlive() && !finished.get()) {
            forceAgain = System.nanoTime() + FORCE.toNanos();
            forceSoon();
        }
    }

    /** End the guest: a reason at its next call, force after the grace. */
    void end(PieException reason) {
        if (outcome.isDone() || !host.end(reason)) {
            return;
        }
        if (state == ProcessState.QUEUED) {
            return;
        }
        if (state == ProcessState.RUNNING || state == ProcessState.STARTING) {
            state = ProcessState.STOPPING;
        }
        boolean limit = reason.code() != ErrorCode.CANCELLED;
        Duration grace = limit && killGrace.compareTo(LIMIT_GRACE) > 0 ? LIMIT_GRACE : killGrace;
        forceAgain = System.nanoTime() + grace.plus(FORCE).toNanos();
        Guest<P> running = guest;
        if (running != null) {
            running.interrupt();
            host.modules().interrupt();
        }
        Thread.ofVirtual().name("pie-kill-" + id).start(() -> {
            try {
                if (!thread.join(grace)) {
                    force(limit ? LIMIT_FORCE : FORCE);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Stop the guest by force; a thread that cannot be stopped is left behind, but its pages come back now. */
    private void force(Duration patience) throws InterruptedException {
        Guest<P> running = guest;
        Thread killer = Thread.ofPlatform().name("pie-close-" + id).daemon().start(() -> {
            if (running != null) {
                host.modules().kill();
                running.kill();
            }
        });
        if (!thread.join(patience)) {
            stuck = true;
            thread.setPriority(Thread.MIN_PRIORITY);
            LOG.warn("guest {} ({}) is inside a call that cannot be stopped; its thread is left behind", id, program());
            sample();
            finish(failed(new InterruptedException("killed")));
        }
        killer.join(Duration.ofMillis(1));
    }

    /** End a process that was never started. */
    void abandon() {
        finish(failed(new PieException(ErrorCode.CANCELLED, "cancelled")));
    }

    private static PieException cancelled(String by) {
        return new PieException(ErrorCode.CANCELLED, "cancelled", Map.of("by", by));
    }

    @Override
    public void interrupt(String by) {
        end(cancelled(by));
        if (state == ProcessState.QUEUED) {
            onEnd.accept(this);
        }
    }

    @Override
    public void kill(String by) {
        interrupt(by);
        if (thread.isAlive()) {
            forceSoon();
        }
    }

    private void forceSoon() {
        Thread.ofVirtual().name("pie-kill-" + id).start(() -> {
            try {
                force(FORCE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Say whether the thread runs on although the process has ended. */
    boolean stuck() {
        return stuck && thread.isAlive();
    }

    long allocatedBytes() {
        return allocatedBytes;
    }

    @Override
    public ProcessId id() {
        return id;
    }

    @Override
    public OwnerId owner() {
        return request.owner();
    }

    @Override
    public String program() {
        return request.source().identity();
    }

    @Override
    public String language() {
        return request.source().language().word();
    }

    @Override
    public String model() {
        return engines.getFirst().model().name();
    }

    @Override
    public Map<String, String> labels() {
        return request.labels();
    }

    @Override
    public Instant created() {
        return created;
    }

    @Override
    public Optional<Instant> started() {
        return Optional.ofNullable(started);
    }

    @Override
    public Optional<Instant> ended() {
        return Optional.ofNullable(ended);
    }

    @Override
    public ProcessState state() {
        return state;
    }

    @Override
    public String waitingFor() {
        return host.waitingFor();
    }

    @Override
    public EventLog log() {
        return log;
    }

    @Override
    public ProcessTotals totals() {
        if (!finished.get() && opened.size() == engines.size()) {
            lastTotals = totalsNow();
        }
        return lastTotals;
    }

    @Override
    public ProcessTotals glance() {
        ProcessTotals now = host.glance();
        return totalled ? lastTotals : now;
    }

    @Override
    public Map<String, Long> waits() {
        return host.clock().sums();
    }

    @Override
    public OptionalLong firstTokenNanos() {
        long at = glance().pace().firstTokenAt();
        return at == 0 ? OptionalLong.empty() : OptionalLong.of(at - createdNanos);
    }

    private Map<String, Explanation> explanationsNow() {
        try {
            return host.explanations();
        } catch (PieException unknown) {
            return lastExplanations;
        }
    }

    @Override
    public Map<String, Explanation> explain() {
        if (!finished.get() && opened.size() == engines.size()) {
            lastExplanations = explanationsNow();
        }
        return lastExplanations;
    }

    @Override
    public long guestCpuNanos() {
        sample();
        return time.cpuNanos();
    }

    @Override
    public Budget budget() {
        return request.budget();
    }

    @Override
    public int deliver(String message) {
        if (parent.isPresent()) {
            throw new PieException(ErrorCode.UNSUPPORTED, "a child process has no client and takes no messages");
        }
        return host.inbox().deliver(message);
    }

    @Override
    public SessionFile deliverFile(String name, InputStream content, Optional<String> hash) throws IOException {
        if (parent.isPresent()) {
            throw new PieException(ErrorCode.UNSUPPORTED, "a child process has no client and takes no files");
        }
        return host.deliverFile(name, content, hash);
    }

    @Override
    public List<SessionFile> files() {
        return host.sessionFiles().all();
    }

    @Override
    public Path fileContent(String hash) {
        return host.sessionFiles().content(hash);
    }

    @Override
    public CompletableFuture<Outcome> outcome() {
        return outcome;
    }
}
