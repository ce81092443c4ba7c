package pie.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
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
import pie.engine.trace.Timeline;
import pie.inferlet.Host;
import pie.runtime.mcp.McpPeer;

/** Run one launch on a thread of its own, and end it once, however it goes. */
final class GuestProcess<P> implements InferletProcess {
    private static final Logger LOG = LoggerFactory.getLogger(GuestProcess.class);

    private final ProcessId id;
    private final Optional<GuestProcess<?>> parent;
    private final Family family;
    private final LaunchRequest request;
    private final P program;
    private final GuestPool<P> pool;
    private final EngineAccounts accounts;
    private final ProcessHost host;
    private final ProcessProfile profile;
    private final ProcessRecording recording;
    private final EventLog log;
    private final ProcessTime time;
    private final GuestThread<P> thread;
    private final GuestStop<P> stop;
    private final RunOutcome result;
    private final Consumer<GuestProcess<?>> onEnd;
    private final Instant created = Instant.now();
    private final long createdNanos = System.nanoTime();
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private final AtomicBoolean finished = new AtomicBoolean();
    private final long seed;
    private final SplittableRandom childSeeds;
    private volatile ProcessState state = ProcessState.QUEUED;
    private volatile @Nullable Instant started;
    private volatile @Nullable Instant ended;

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
        this.seed = seed;
        this.childSeeds = new SplittableRandom(seed);
        this.accounts = new EngineAccounts(id, engines);
        if (parent.isPresent()) {
            accounts.known();
        }
        this.log = new EventLog(config.events());
        this.onEnd = onEnd;
        this.host = new ProcessHost(this, request, accounts, seed, facilities);
        this.profile = new ProcessProfile(id, host, accounts, request.profiled());
        this.recording = new ProcessRecording(id, request, log);
        this.result = new RunOutcome(id, program(), host);
        this.time = new ProcessTime(request.budget(), parent.map(of -> of.time), System::nanoTime);
        this.thread = new GuestThread<>(id, time, this::run);
        this.stop = new GuestStop<>(id, program(), thread, host.modules(), config.killGrace(), this::leftBehind);
    }

    void start() {
        state = ProcessState.STARTING;
        host.clock().enter("starting");
        thread.start();
    }

    private void run() {
        Host.bind(host);
        Outcome end;
        try {
            end = runGuest();
        } catch (Throwable e) {
            end = result.failed(e);
        } finally {
            Host.bind(null);
        }
        thread.sample();
        finish(end);
    }

    private Outcome runGuest() throws InterruptedException {
        Guest<P> guest = pool.take();
        try {
            thread.runs(guest);
            accounts.open(request, seed);
            profile.opened();
            host.checkLive();
            profile.entered(guest, thread.thread());
            recording.begin(guest, seed, model(), created);
            started = Instant.now();
            time.begin();
            host.busy();
            state = ProcessState.RUNNING;
            return result.returned(guest.run(host, program, request.input()));
        } finally {
            if (!finished.get()) { // else its thread was left behind, and it has ended
                state = ProcessState.STOPPING;
            }
            host.clock().enter("stopping");
            profile.left();
            host.flush();
            guest.close();
            host.modules().close();
            thread.runs(null);
        }
    }

    /**
     * Give pages back, log the terminal event, publish the outcome; only the first call counts, but one that fails, for want of
     * memory, is as if it had not been made.
     */
    private void finish(Outcome end) {
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        try {
            state = ProcessState.STOPPING;
            stop.over();
            recording.end(end);
            host.close();
            family.parentEnded(end.state());
            accounts.close().whenComplete((done, error) -> closed(end, error));
        } catch (Throwable e) {
            finished.set(false);
            throw e;
        }
    }

    private void closed(Outcome end, @Nullable Throwable error) {
        try {
            if (error != null) {
                LOG.warn("process {} could not be closed in the engine", id, error);
            }
            publish(end);
        } catch (Throwable e) {
            finished.set(false);
            throw e;
        }
    }

    private void publish(Outcome end) {
        // The log may wait for a slow client, which the engine's loop must not.
        Thread.ofVirtual().name("pie-end-" + id).start(() -> {
            try {
                switch (end) {
                    case Outcome.Completed done -> log.returned(done.value());
                    case Outcome.Failed failed -> log.failed(failed.code(), failed.message(), failed.details());
                }
            } finally {
                ended = Instant.now();
                host.clock().stop();
                state = end.state();
                onEnd.accept(this);
                outcome.complete(end);
            }
        });
    }

    /** Check budgets and let printed text out; called by the watchdog. */
    void tick() {
        if (thread.ended() && !finished.get()) { // it ran out of memory while it told how it ended
            finish(result.failed(new OutOfMemoryError()));
            return;
        }
        thread.sample();
        if (state == ProcessState.RUNNING) {
            host.flushSoon();
            time.spent().ifPresent(this::end);
        }
        stop.tick();
    }

    /** End the guest: a reason at its next call, force after the grace. */
    void end(PieException reason) {
        if (outcome.isDone() || !host.end(reason) || state == ProcessState.QUEUED) {
            return;
        }
        if (state == ProcessState.RUNNING || state == ProcessState.STARTING) {
            state = ProcessState.STOPPING;
        }
        stop.begin(reason.code() != ErrorCode.CANCELLED);
    }

    private void leftBehind() {
        thread.sample();
        finish(result.failed(new InterruptedException("killed")));
    }

    /** End a process that was never started. */
    void abandon() {
        finish(result.failed(new PieException(ErrorCode.CANCELLED, "cancelled")));
    }

    @Override
    public void interrupt(String by) {
        end(new PieException(ErrorCode.CANCELLED, "cancelled", Map.of("by", by)));
        if (state == ProcessState.QUEUED) {
            onEnd.accept(this);
        }
    }

    @Override
    public void kill(String by) {
        interrupt(by);
        stop.now();
    }

    /** Say whether the thread runs on although the process has ended. */
    boolean stuck() {
        return stop.stuck();
    }

    long allocatedBytes() {
        return thread.allocatedBytes();
    }

    @Override
    public Optional<Timeline> timeline() {
        return profile.timeline();
    }

    @Override
    public Timeline profile() {
        return profile.begin(finished.get());
    }

    @Override
    public void recordSteps(Timeline record) {
        profile.recordSteps(record);
    }

    @Override
    public String kind() {
        return request.requests().isPresent() ? "app" : InferletProcess.super.kind();
    }

    /** Return what the program runs in, null before and after. */
    @Nullable
    Guest<P> guest() {
        return thread.guest();
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
        return accounts.engines();
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

    void forgetFiles() {
        host.sessionFiles().forget();
    }

    /** Forget what outlives the process: its files and its recording. */
    void forget() {
        forgetFiles();
        recording.delete();
    }

    @Override
    public Optional<Path> recording() {
        return recording.file();
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
        return accounts.engines().getFirst().model().name();
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
        return accounts.totals();
    }

    @Override
    public ProcessTotals glance() {
        return accounts.glance();
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

    @Override
    public Map<String, Explanation> explain() {
        return accounts.explanations();
    }

    @Override
    public long guestCpuNanos() {
        thread.sample();
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
