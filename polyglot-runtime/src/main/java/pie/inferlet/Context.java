package pie.inferlet;

import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import pie.engine.ContextHandle;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.generate.PassSpec;

/**
 * Hold a token sequence on one model together with its KV pages.
 *
 * <p>Tokens are pending until a pass has written them. Operations run in call order, one at a time, and leave the context as it was
 * when they fail. Pages go back at {@link #close}, at the latest when the program ends. Safe for several threads.
 */
public final class Context implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create(
            Thread.ofPlatform().name("pie-context-cleaner").daemon().factory());

    private static final Duration A_DAY = Duration.ofHours(24);

    private final Model model;
    private final ContextHandle handle;
    private final Conversation conversation;
    private final Cleaner.Cleanable cleanable;
    private volatile boolean released;
    private @Nullable Generator live;

    /** Make an empty context. */
    public Context(Model model) {
        this(model, ContextOptions.of());
    }

    public Context(Model model, ContextOptions options) {
        this(model, create(model, options), options.template());
    }

    public static CompletableFuture<Context> createAsync(Model model) {
        return createAsync(model, ContextOptions.of());
    }

    public static CompletableFuture<Context> createAsync(Model model, ContextOptions options) {
        return CompletableFuture.completedFuture(new Context(model, options));
    }

    private Context(Model model, ContextHandle handle, Map<String, Object> variables) {
        this(model, handle, new Conversation(model.loaded(), handle, variables));
    }

    private Context(Model model, ContextHandle handle, Conversation conversation) {
        this.model = model;
        this.handle = handle;
        this.conversation = conversation;
        this.cleanable = CLEANER.register(this, handle::close);
    }

    private static ContextHandle create(Model model, ContextOptions options) {
        model.host().checkLive();
        return model.engine().createContext(model.host().id(), options.prefixCache());
    }

    /** Make a context equal to a snapshot, which stays. @throws pie.engine.PieException NOT_FOUND */
    public static Context open(Model model, String name) {
        return model.host().await(openAsync(model, name), "host");
    }

    public static CompletableFuture<Context> openAsync(Model model, String name) {
        return open(model, name, false);
    }

    /** Make a context equal to a snapshot and remove that. @throws pie.engine.PieException NOT_FOUND */
    public static Context take(Model model, String name) {
        return model.host().await(takeAsync(model, name), "host");
    }

    public static CompletableFuture<Context> takeAsync(Model model, String name) {
        return open(model, name, true);
    }

    private static CompletableFuture<Context> open(Model model, String name, boolean take) {
        model.host().checkLive();
        return Futures.map(
                model.engine().openContext(model.host().id(), name, take),
                handle -> new Context(model, handle, Map.of()));
    }

    /** Remove a snapshot. @throws pie.engine.PieException NOT_FOUND */
    public static void delete(Model model, String name) {
        model.host().await(deleteAsync(model, name), "host");
    }

    public static CompletableFuture<Void> deleteAsync(Model model, String name) {
        model.host().checkLive();
        return model.engine().deleteSnapshot(model.host().owner(), name);
    }

    /** Save the logical sequence under a name; it is durable when this returns. @throws pie.engine.PieException ALREADY_EXISTS */
    public void save(String name) {
        save(name, SaveOptions.of());
    }

    public void save(String name, SaveOptions options) {
        model.host().await(saveAsync(name, options), "host");
    }

    public CompletableFuture<Void> saveAsync(String name) {
        return saveAsync(name, SaveOptions.of());
    }

    public CompletableFuture<Void> saveAsync(String name, SaveOptions options) {
        model.host().checkLive();
        return Futures.map(
                Futures.holding(this, settled().save(name, options.overwrite(), options.ttl())), saved -> null);
    }

    /** Save under a fresh name for a day. */
    public String snapshot() {
        return snapshot(A_DAY);
    }

    /** Save under a fresh name. */
    public String snapshot(Duration ttl) {
        return model.host().await(snapshotAsync(ttl), "host");
    }

    public CompletableFuture<String> snapshotAsync() {
        return snapshotAsync(A_DAY);
    }

    public CompletableFuture<String> snapshotAsync(Duration ttl) {
        String name = "snapshot-" + UUID.randomUUID();
        return Futures.map(saveAsync(name, SaveOptions.of().ttl(ttl)), saved -> name);
    }

    public Model model() {
        return model;
    }

    /** Return the tokens of a page. */
    public int pageSize() {
        return model.engine().capabilities().pageSize();
    }

    /** Return the number of written tokens. */
    public int seqLen() {
        return handle.written();
    }

    /** Return the pending ids. */
    public int[] buffer() {
        return settled().pending();
    }

    /** Return the logical sequence: written, then pending. */
    public int[] tokens() {
        return settled().tokens();
    }

    public int committedPageCount() {
        return handle.committedPages();
    }

    public int workingPageCount() {
        return handle.workingPages();
    }

    public int workingPageTokenCount() {
        return handle.workingTokens();
    }

    /** Say what the model is to be, through the chat template. */
    public Context system(String text) {
        return said("system", text);
    }

    public Context user(String text) {
        return said("user", text);
    }

    public Context assistant(String text) {
        return said("assistant", text);
    }

    /** Open the assistant's turn unless it is open already. */
    public synchronized Context cue() {
        checkUsable();
        ChatForm.template(model.loaded());
        conversation.cue();
        return this;
    }

    /** End the turn. */
    public synchronized Context seal() {
        checkUsable();
        ChatForm.template(model.loaded());
        conversation.seal();
        return this;
    }

    private synchronized Context said(String role, String text) {
        checkUsable();
        conversation.add(role, text);
        return this;
    }

    /** Add raw ids to the pending ones. */
    public Context append(int... ids) {
        model.host().checkLive();
        settled().append(ids);
        return this;
    }

    /** Encode and append. */
    public Context appendText(String text) {
        return append(model.tokenizer().encode(text));
    }

    /**
     * Register tools, {@link Tools#of tool functions} or maps with {@code name description parameters}: within the system turn if that is
     * the template's way and nothing is written yet, else in a turn of their own.
     *
     * @throws pie.engine.PieException UNSUPPORTED without a tool form, INVALID_ARGUMENT
     */
    public Context equip(List<?> tools) {
        if (!Tools.supported(model)) {
            throw Unsupported.later("ctx.equip: model '" + model.name() + "' has no tool form");
        }
        List<Map<String, Object>> described = Tools.described(tools);
        synchronized (this) {
            checkUsable();
            if (!conversation.equip(Tools.wrapped(described))) {
                settled().append(Tools.equipPrefix(model, tools));
            }
        }
        return this;
    }

    /** Append what a tool returned. @throws pie.engine.PieException UNSUPPORTED without a tool form */
    public Context answer(String name, @Nullable Object value) {
        if (!Tools.supported(model)) {
            throw Unsupported.later("ctx.answer: model '" + model.name() + "' has no tool form");
        }
        Map<String, Object> message = Tools.answer(model, name, value);
        synchronized (this) {
            checkUsable();
            conversation.add(message);
        }
        return this;
    }

    /** Write all pending tokens and commit full pages. */
    public void flush() {
        model.host().await(flushAsync(), "forward");
    }

    public CompletableFuture<Void> flushAsync() {
        model.host().checkLive();
        if (settled().pendingCount() == 0) {
            return CompletableFuture.completedFuture(null);
        }
        return Futures.map(working(handle.execute(PassSpec.FLUSH)), done -> null);
    }

    /** Drop the last n tokens of the logical sequence, pending ones first. */
    public void truncate(int n) {
        model.host().await(truncateAsync(n), "forward");
    }

    public CompletableFuture<Void> truncateAsync(int n) {
        model.host().checkLive();
        return working(settled().truncate(n));
    }

    /** Hide the first n tokens from all later rows, for good, and free the pages wholly inside. */
    public void dropPrefix(int n) {
        dropPrefix(n, 0);
    }

    /** Hide the tokens from {@code sink} to n from all later rows, for good, and free the pages wholly inside. */
    public void dropPrefix(int n, int sink) {
        model.host().await(dropPrefixAsync(n, sink), "forward");
    }

    public CompletableFuture<Void> dropPrefixAsync(int n) {
        return dropPrefixAsync(n, 0);
    }

    public CompletableFuture<Void> dropPrefixAsync(int n, int sink) {
        return working(settledLive().dropPrefix(n, sink));
    }

    /** Let later rows see the last w tokens only, their own included. */
    public void setWindow(int w) {
        setWindow(w, 0);
    }

    /** Let later rows see the first {@code sink} and the last w tokens only, and free the pages that none can see; w = 0 ends it. */
    public void setWindow(int w, int sink) {
        model.host().await(setWindowAsync(w, sink), "forward");
    }

    public CompletableFuture<Void> setWindowAsync(int w) {
        return setWindowAsync(w, 0);
    }

    public CompletableFuture<Void> setWindowAsync(int w, int sink) {
        return working(settledLive().setWindow(w, sink));
    }

    /** Build one forward pass. */
    public Forward forward() {
        model.host().checkLive();
        settled();
        return new Forward(this);
    }

    /** Generate with the defaults. */
    public Generator generate(Sampler sampler) {
        return generate(sampler, GenerateOptions.of());
    }

    /** Start a generation; an unfinished earlier one ends with reason {@code closed}. */
    public synchronized Generator generate(Sampler sampler, GenerateOptions options) {
        checkUsable();
        options.check(sampler);
        options.checkIds(model.vocabulary());
        conversation.settle();
        boolean cues = options.autoFlush() && model.loaded().chatTemplate().isPresent();
        if (cues) {
            conversation.cue();
        }
        if (live != null) {
            live.close();
        }
        Generator generator = new Generator(this, sampler, options, conversation.form());
        live = generator;
        return generator;
    }

    /** Bid credits a page and tick for the next pass, or the next step of a generation; then the default again. */
    public Context setBid(double bid) {
        return setBid(bid, false);
    }

    /**
     * Bid credits a page and tick, from 0 to 10⁶.
     *
     * @param hold until {@link #clearBid} or another bid, else for the next pass only
     */
    public Context setBid(double bid, boolean hold) {
        checkUsable();
        handle.setBid(OptionalDouble.of(bid), hold);
        return this;
    }

    /** Go back to the default bid. */
    public Context clearBid() {
        checkUsable();
        handle.setBid(OptionalDouble.empty(), false);
        return this;
    }

    /** Bid nothing until the scope is closed, whatever else is set. */
    public IdleScope idle() {
        checkUsable();
        return new IdleScope(handle);
    }

    /** Share the committed pages with all users, by content. @throws pie.engine.PieException PERMISSION_DENIED */
    public void publish() {
        model.host().await(publishAsync(), "forward");
    }

    public CompletableFuture<Void> publishAsync() {
        if (!model.host().mayPublish()) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED,
                    "publish: this program has no permission to share prefixes with all users");
        }
        return working(settledLive().publish());
    }

    /** Make an independent copy: committed pages shared, the rest copied. */
    public Context fork() {
        return model.host().await(forkAsync(), "forward");
    }

    public synchronized CompletableFuture<Context> forkAsync() {
        model.host().checkLive();
        return Futures.map(working(settled().fork()), copy -> new Context(model, copy, conversation.fork(copy)));
    }

    /** Give the pages up now; the next use restores them. */
    public void suspend() {
        model.host().await(suspendAsync(), "forward");
    }

    public CompletableFuture<Void> suspendAsync() {
        model.host().checkLive();
        return working(settled().suspend());
    }

    /** Add n empty working pages. */
    public void reserveWorkingPages(int n) {
        model.host().await(reserveWorkingPagesAsync(n), "forward");
    }

    public CompletableFuture<Void> reserveWorkingPagesAsync(int n) {
        return working(settledLive().reserveWorkingPages(n));
    }

    /** Commit the first k working pages, which must be full. */
    public void commitWorkingPages(int k) {
        model.host().await(commitWorkingPagesAsync(k), "forward");
    }

    public CompletableFuture<Void> commitWorkingPagesAsync(int k) {
        return working(settledLive().commitWorkingPages(k));
    }

    /** Free the last n working pages and the tokens in them. */
    public void releaseWorkingPages(int n) {
        model.host().await(releaseWorkingPagesAsync(n), "forward");
    }

    public CompletableFuture<Void> releaseWorkingPagesAsync(int n) {
        return working(settledLive().releaseWorkingPages(n));
    }

    /** Drop the last n working tokens; pages and pending tokens stay. */
    public void truncateWorkingPageTokens(int n) {
        model.host().await(truncateWorkingPageTokensAsync(n), "forward");
    }

    public CompletableFuture<Void> truncateWorkingPageTokensAsync(int n) {
        return working(settledLive().truncateWorkingPageTokens(n));
    }

    /** Free the pages now; no effect when repeated. */
    public void release() {
        close();
    }

    @Override
    public void close() {
        released = true;
        cleanable.clean();
    }

    private void checkUsable() {
        model.host().checkLive();
        if (released) {
            throw PieException.invalid(
                    "ctx: this context was released; make another, or fork it before you release it");
        }
    }

    /** Run one pass. */
    CompletableFuture<pie.engine.generate.PassResult> execute(PassSpec spec) {
        model.host().checkLive();
        return working(settled().execute(spec));
    }

    /** Take note of what the engine does for this context, which stays until that is done though nobody else holds it. */
    <T extends @Nullable Object> CompletableFuture<T> working(CompletableFuture<T> operation) {
        return model.host().begun(Futures.holding(this, operation), "forward");
    }

    ContextHandle handle() {
        return handle;
    }

    Host host() {
        return model.host();
    }

    /** Return the handle with all messages made pending. */
    synchronized ContextHandle settled() {
        if (released) {
            checkUsable();
        }
        conversation.settle();
        return handle;
    }

    private ContextHandle settledLive() {
        model.host().checkLive();
        return settled();
    }

    @Override
    public String toString() {
        return "Context(" + model.name() + ", seq_len=" + seqLen() + ")";
    }
}
