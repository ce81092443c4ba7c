package pie.runtime;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.event.SessionFile;
import pie.engine.market.Explanation;
import pie.engine.process.Budget;
import pie.engine.process.ExplainRecord;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessState;
import pie.engine.process.ProcessTotals;
import pie.engine.trace.Lane;
import pie.engine.trace.Note;
import pie.engine.trace.Pattern;
import pie.engine.trace.Place;
import pie.engine.trace.Timeline;
import pie.inferlet.Host;
import pie.inferlet.Stats;
import pie.runtime.files.ProcessFiles;
import pie.runtime.files.SessionFiles;
import pie.runtime.mcp.ProcessMcp;
import pie.runtime.messaging.OwnerTopics;
import pie.runtime.serve.RequestQueue;
import pie.runtime.web.ProcessWeb;
import pie.runtime.web.WebLimits;

/** Serve one process's API objects: its engines, its waits, its messages, its output. */
final class ProcessHost implements Host {
    private static final String GUEST = "guest";
    private static final String MESSAGE = "message";

    private final GuestProcess<?> process;
    private final ProcessId id;
    private final OwnerId owner;
    private final String program;
    private final OwnerTopics topics;
    private final ProcessWeb web;
    private final ProcessWeb operatorsWeb;
    private final ProcessMcp mcp;
    private final ProcessFiles files;
    private final ForeignModules modules;
    private final Optional<RequestQueue> requests;
    private final boolean mayPublish;
    private final EngineAccounts accounts;
    private final long seed;
    private final Budget budget;
    private final EventLog log;
    private final long began = System.nanoTime();
    private final Inbox<String> inbox = new Inbox<>("messages", 1024);
    private final Inbox<ClientFile> fileInbox = new Inbox<>("files", 64);
    private final SessionFiles sessionFiles;
    private final ProcessOutput output;
    private final Set<CompletableFuture<?>> waits = new HashSet<>();
    private volatile @Nullable PieException end;
    private volatile @Nullable String returned;
    private volatile @Nullable Executor programThread;
    private volatile @Nullable Timeline timeline;
    private final WaitClock clock = new WaitClock("queued", System::nanoTime);
    private final Begun begun = new Begun(clock);

    ProcessHost(
            GuestProcess<?> process, LaunchRequest request, EngineAccounts accounts, long seed, Facilities facilities) {
        this.process = process;
        this.id = process.id();
        this.owner = request.owner();
        this.program = request.source().identity();
        this.accounts = accounts;
        this.seed = seed;
        this.budget = request.budget();
        this.log = process.log();
        this.topics = new OwnerTopics(facilities.board(), owner);
        Permissions caps = facilities.policy().caps();
        this.mayPublish = request.permissions().publish() && caps.publish();
        this.web = new ProcessWeb(facilities::web, request.permissions().network(), caps.network(), WebLimits.DEFAULT);
        this.operatorsWeb =
                new ProcessWeb(facilities::operatorsWeb, NetworkRule.ANY, NetworkRule.ANY, WebLimits.DEFAULT);
        this.mcp = new ProcessMcp(request.mcp(), facilities.policy().mcp(), web, operatorsWeb);
        this.files = new ProcessFiles(
                facilities.files(),
                id,
                owner,
                program.substring(0, program.indexOf('@')),
                request.source().texts(),
                request.permissions().files() && caps.files());
        this.modules = new ForeignModules(this, request.source(), facilities::pool);
        this.sessionFiles = new SessionFiles(id);
        this.requests = request.requests();
        this.output = new ProcessOutput(log, request.capture());
    }

    @Override
    public ProcessId id() {
        return id;
    }

    @Override
    public OwnerId owner() {
        return owner;
    }

    @Override
    public String program() {
        return program;
    }

    @Override
    public List<Engine> engines() {
        return accounts.engines();
    }

    @Override
    public long seed() {
        return seed;
    }

    @Override
    public void checkLive() {
        PieException why = end;
        if (why != null) {
            throw new PieException(why.code(), why.message(), why.details());
        }
    }

    @Override
    public <T extends @Nullable Object> T await(CompletableFuture<T> operation, String what) {
        synchronized (waits) {
            checkLive();
            waits.add(operation);
        }
        String before = begun.enter(what);
        Timeline record = timeline;
        String word = clock.now();
        if (record != null && !word.equals("forward")) {
            record.operation(word, operation);
        }
        output.flushSoon();
        try {
            return operation.get();
        } catch (CancellationException e) {
            checkLive();
            throw new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            if (cause instanceof PieException failure) {
                throw failure;
            }
            throw new PieException(ErrorCode.INTERNAL, "internal error: " + cause, Map.of(), cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            operation.cancel(true);
            throw new PieException(ErrorCode.CANCELLED, "cancelled", Map.of(), e);
        } finally {
            begun.leave(before);
            synchronized (waits) {
                waits.remove(operation);
            }
        }
    }

    /** Raise a failure at the next call of the guest, and in what it waits for. Only the first reason counts. */
    boolean end(PieException reason) {
        List<CompletableFuture<?>> pending;
        synchronized (waits) {
            if (end != null) {
                return false;
            }
            end = reason;
            pending = List.copyOf(waits);
        }
        pending.forEach(wait -> wait.cancel(true));
        return true;
    }

    @Nullable
    PieException ending() {
        return end;
    }

    @Override
    public <T extends @Nullable Object> CompletableFuture<T> begun(CompletableFuture<T> operation, String what) {
        if (!operation.isDone()) {
            begun.add(operation, what);
        }
        return operation;
    }

    String waitingFor() {
        return clock.now();
    }

    Inbox<String> inbox() {
        return inbox;
    }

    /** Return the files that the client and the process have sent. */
    SessionFiles sessionFiles() {
        return sessionFiles;
    }

    SessionFile deliverFile(String name, InputStream content, Optional<String> hash) throws IOException {
        fileInbox.check();
        SessionFile file = sessionFiles.keep(name, content, hash, false);
        try {
            fileInbox.deliver(() -> read(file));
        } catch (PieException e) {
            sessionFiles.remove(file);
            throw e;
        }
        return file;
    }

    private byte[] read(SessionFile file) {
        try {
            return java.nio.file.Files.readAllBytes(sessionFiles.content(file.hash()));
        } catch (IOException e) {
            throw new PieException(ErrorCode.NOT_FOUND, "file " + file.hash() + " is gone", Map.of("kind", "file"), e);
        }
    }

    private SessionFile kept(byte[] content, String name) {
        try {
            return sessionFiles.keep(name, new ByteArrayInputStream(content), Optional.empty(), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Let go of what outlives no process. */
    void close() {
        inbox.close();
        fileInbox.close();
        requests.ifPresent(RequestQueue::abandon);
        topics.close();
        mcp.close();
        web.close();
        operatorsWeb.close();
        files.close();
    }

    @Override
    public boolean mayPublish() {
        return mayPublish;
    }

    @Override
    public Topics topics() {
        return topics;
    }

    @Override
    public Web web() {
        return web;
    }

    @Override
    public Optional<Requests> requests() {
        return requests.map(queue -> queue);
    }

    @Override
    public Files files() {
        return files;
    }

    @Override
    public ProcessMcp mcp() {
        return mcp;
    }

    @Override
    public Launcher launcher() {
        return process.family();
    }

    @Nullable
    String returned() {
        return returned;
    }

    String stderrTail() {
        return output.stderrTail();
    }

    @Override
    public @Nullable Executor programRunsOn(@Nullable Executor own) {
        Executor before = programThread;
        programThread = own;
        return before;
    }

    @Override
    public Executor programThread() {
        Executor own = programThread;
        if (own == null) {
            throw new PieException(ErrorCode.INTERNAL, "nothing runs pieces of program " + program);
        }
        return own;
    }

    @Override
    public Foreign load(String file) {
        checkLive();
        return modules.load(file);
    }

    /** Return the files in other languages. */
    ForeignModules modules() {
        return modules;
    }

    @Override
    public void idle(String what) {
        output.flushSoon();
        clock.enter(what);
    }

    @Override
    public void busy() {
        clock.enter(GUEST);
    }

    @Override
    public void stdout(String text) {
        output.stdout(text);
    }

    @Override
    public void stderr(String text) {
        output.stderr(text);
    }

    @Override
    public void flush() {
        output.flush();
    }

    /** Send out what was printed without a line end; waits for no client. */
    void flushSoon() {
        output.flushSoon();
    }

    @Override
    public void message(String text) {
        if (process.parent().isEmpty()) {
            output.message(text);
            noteMessage(text);
        }
    }

    @Override
    public CompletableFuture<@Nullable Void> messageAsync(String text) {
        if (process.parent().isPresent()) {
            return CompletableFuture.completedFuture(null);
        }
        noteMessage(text);
        return output.messageLater(text);
    }

    private void noteMessage(String text) {
        Timeline record = timeline;
        if (record != null) {
            record.moment(Lane.OUTPUT, MESSAGE, System.nanoTime(), new Note.Amount("characters", text.length()));
        }
    }

    @Override
    public CompletableFuture<String> receive() {
        if (process.parent().isPresent()) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "session.receive: a child process has no client; use its input or messaging");
        }
        CompletableFuture<String> received = inbox.receive();
        Timeline record = timeline;
        if (record != null && !received.isDone()) {
            long from = System.nanoTime();
            Place place = record.here();
            received.whenComplete((text, error) -> {
                if (error == null) {
                    record.count(Pattern.ASKED_CLIENT, place, System.nanoTime() - from, 0);
                }
            });
        }
        return received;
    }

    @Override
    public void giveBack(String message) {
        inbox.giveBack(message);
    }

    @Override
    public void sendFile(byte[] content, String name) {
        if (process.parent().isEmpty()) {
            output.file(kept(content, name));
        }
    }

    @Override
    public CompletableFuture<@Nullable Void> sendFileAsync(byte[] content, String name) {
        return process.parent().isPresent()
                ? CompletableFuture.completedFuture(null)
                : output.fileLater(kept(content, name));
    }

    @Override
    public CompletableFuture<ClientFile> receiveFile() {
        if (process.parent().isPresent()) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "session.receive_file: a child process has no client; use /data or messaging");
        }
        return fileInbox.receive();
    }

    @Override
    public void giveBackFile(ClientFile file) {
        fileInbox.giveBack(file);
    }

    @Override
    public void returns(String text) {
        returned = text;
    }

    @Override
    public CompletableFuture<Map<String, Object>> explain() {
        var all = new LinkedHashMap<String, CompletableFuture<Explanation>>();
        for (Engine engine : accounts.engines()) {
            all.put(engine.model().name(), engine.explanation(id));
        }
        CompletableFuture<?>[] open = all.values().toArray(CompletableFuture<?>[]::new);
        // Totals are asked of the loop, which must not wait for itself.
        return CompletableFuture.allOf(open).thenApplyAsync(done -> {
            var known = new LinkedHashMap<String, Explanation>();
            all.forEach((model, explanation) -> known.put(model, explanation.join()));
            return ExplainRecord.of(
                    id, owner, ProcessState.RUNNING, waitingFor(), accounts.counted(), known, Instant.now());
        });
    }

    @Override
    public @Nullable Timeline timeline() {
        return timeline;
    }

    /** Write what the process does into a timeline from now on. */
    void record(Timeline record, boolean fromItsBeginning) {
        clock.record(record, fromItsBeginning);
        timeline = record;
    }

    /** Return where the time went. */
    WaitClock clock() {
        return clock;
    }

    @Override
    public Stats stats() {
        ProcessTotals t = accounts.counted();
        OptionalLong limit = budget.tokens();
        return new Stats(
                t.tokensIn(),
                t.tokensOut(),
                t.tokensReused(),
                t.tokensRecomputed(),
                t.tokensDrafted(),
                t.tokensAccepted(),
                t.tokensRolledBack(),
                t.forwardPasses(),
                t.waitingNanos() / 1e9,
                t.driverNanos() / 1e9,
                process.guestCpuNanos() / 1e9,
                (System.nanoTime() - began) / 1e9,
                t.pagesHeld(),
                t.pagesPeak(),
                t.pageSeconds(),
                t.market().rentPaid() + t.market().makeCost(),
                t.market().rentPaid(),
                t.market().makeCost(),
                t.market().dividends(),
                limit,
                process.tokensLeft(),
                log.droppedEvents());
    }
}
