package pie.inferlet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.generate.FinishReason;
import pie.engine.generate.Generation;
import pie.engine.generate.GenerationStep;
import pie.engine.generate.ProbeSpec;
import pie.engine.generate.StepSpec;

/**
 * Generate tokens on a context: step by step, or to the end without a line of the program's code per token.
 *
 * <p>After a step all kept tokens but the last are written; the last is pending. Setters hold from the next step on.
 */
public final class Generator implements AutoCloseable, Iterable<GenStep> {
    private final Context context;
    private volatile GenerateOptions options;
    private final GuidedPlan plan;
    private final Generation generation;
    private final List<ProbeSpec> probes = new ArrayList<>();
    private final TokenQueue undelivered = new TokenQueue();
    private final StepTexts texts;
    private final boolean reasoningOpen;
    private volatile boolean closed;

    Generator(Context context, Sampler sampler, GenerateOptions options, ChatForm form) {
        this.context = context;
        this.options = options.copy();
        this.plan = new GuidedPlan(context.model(), sampler, form);
        this.reasoningOpen = ReasoningMarks.opened(context.model(), form);
        this.texts = new StepTexts(new Chat.Decoder(context.model(), false, reasoningOpen));
        this.generation = context.handle().generate(plan.of(this.options, probes));
    }

    private synchronized Generator set(Consumer<GenerateOptions> change) {
        GenerateOptions changed = options.copy();
        change.accept(changed);
        changed.checkDrafters();
        options = changed;
        generation.change(plan.of(options, probes));
        return this;
    }

    public Generator maxTokens(int n) {
        return set(o -> o.maxTokens(n));
    }

    public Generator stop(String... strings) {
        return set(o -> o.stop(strings));
    }

    public Generator stop(int... ids) {
        return set(o -> o.stop(ids));
    }

    public Generator stop(List<Integer> ids, List<String> strings) {
        return set(o -> o.stop(ids, strings));
    }

    public Generator addStop(String... strings) {
        return set(o -> o.extraStop(strings));
    }

    public Generator addStop(int... ids) {
        return set(o -> o.extraStop(ids));
    }

    public Generator addStop(List<Integer> ids, List<String> strings) {
        return set(o -> o.extraStop(ids, strings));
    }

    /** Constrain from here on, as {@link GenerateOptions#constrain} does. */
    public Generator constrain(Object constraint) {
        return set(o -> o.constrain(constraint));
    }

    public Generator logitMask(Mask mask) {
        mask.checkIds("logit_mask", context.model().vocabulary());
        return set(o -> o.logitMask(mask));
    }

    /** Return what the masks and the program's own constraints say of the next token; those are asked. */
    Optional<Mask> nextMask() {
        Guidance guide = plan.guidance();
        return Optional.ofNullable(guide == null ? options.logitMask() : guide.mask());
    }

    public Generator horizon(int n) {
        return set(o -> o.horizon(n));
    }

    public Generator rebidEachStep(boolean on) {
        return set(o -> o.rebidEachStep(on));
    }

    /** Compute the next rows through an adapter as it is now; null for the model as it is. */
    public Generator adapter(@Nullable Adapter adapter) {
        return set(o -> o.adapter(adapter));
    }

    /** Perturb the adapter by a seed; see {@link Zo}. @throws PieException INVALID_ARGUMENT without an adapter, UNSUPPORTED */
    public Generator zoSeed(long seed) {
        return set(o -> o.zoSeed(seed));
    }

    /** Let a drafter of the program's own guess tokens, from the next step on. */
    public Generator speculator(Speculator speculator) {
        return set(o -> o.speculator(speculator));
    }

    /** Let the engine's own drafter guess tokens, or not. */
    public Generator systemSpeculation(boolean on) {
        return set(o -> o.systemSpeculation(on));
    }

    public Generator disableSystemSpeculation() {
        return systemSpeculation(false);
    }

    public Generator seed(long seed) {
        return set(o -> o.seed(seed));
    }

    public Generator runAhead(int n) {
        return set(o -> o.runAhead(n));
    }

    /** Take a probe at every step from the next one on. Index 0 is the row that predicts the next token. */
    public synchronized ProbeHandle probeEachStep(int index, Probe probe) {
        GenStep.checkRow(index);
        probes.add(probe.at(index));
        generation.change(plan.of(options, probes));
        return new ProbeHandle(this, probes.size() - 1, probes.size() - 1, probe.kind());
    }

    public int tokensGenerated() {
        return generation.tokensGenerated();
    }

    public boolean isDone() {
        return finish() != null && undelivered.isEmpty();
    }

    /** Return {@code stop length stop_string constraint closed}; absent while running. */
    public Optional<String> finishReason() {
        return Optional.ofNullable(finish()).map(FinishReason::word);
    }

    public Context context() {
        return context;
    }

    /** Return the next step, to be executed; absent when done. */
    public Optional<GenStep> next() {
        return finish() != null ? Optional.empty() : Optional.of(new GenStep(this));
    }

    public CompletableFuture<Optional<GenStep>> nextAsync() {
        return CompletableFuture.completedFuture(next());
    }

    /** Iterate over the steps until done. */
    @Override
    public Iterator<GenStep> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return finish() == null;
            }

            @Override
            public GenStep next() {
                return Generator.this.next().orElseThrow(NoSuchElementException::new);
            }
        };
    }

    /** Return the next single accepted token; absent when done. */
    public OptionalInt nextToken() {
        leadHere(false);
        return context.host().await(nextTokenAsync(), "forward");
    }

    public CompletableFuture<OptionalInt> nextTokenAsync() {
        OptionalInt token = undelivered.poll();
        if (token.isPresent()) {
            return CompletableFuture.completedFuture(token);
        }
        if (finish() != null) {
            return CompletableFuture.completedFuture(OptionalInt.empty());
        }
        if (plan.guidance() != null) {
            return Futures.then(Lead.begin(this, false), led -> nextTokenAsync());
        }
        var result = new CompletableFuture<OptionalInt>();
        stepUntilToken(result);
        return result;
    }

    private void stepUntilToken(CompletableFuture<OptionalInt> result) {
        CompletableFuture<GenerationStep> step = run(StepSpec.PLAIN);
        result.whenComplete((token, error) -> {
            if (result.isCancelled()) {
                step.cancel(true);
            }
        });
        step.whenComplete((done, error) -> {
            if (error != null) {
                result.completeExceptionally(Futures.unwrap(error));
            } else if (done.tokens().length > 0) {
                undelivered.add(done.tokens(), 1);
                result.complete(OptionalInt.of(done.tokens()[0]));
            } else if (done.finish() != null) {
                result.complete(OptionalInt.empty());
            } else {
                stepUntilToken(result);
            }
        });
    }

    /** Register tokens chosen by the program: cut at stop and at the token limit, made pending; returns the accepted ones. */
    public int[] accept(int... ids) {
        context.host().checkLive();
        Guidance guide = plan.guidance();
        if (guide != null) {
            guide.check(ids);
        }
        int[] accepted = context.host().await(generation.accept(ids.clone()), "forward");
        if (guide != null) {
            guide.told(accepted);
        }
        if (finish() == null && (accepted.length < ids.length || tokensGenerated() >= options.maxTokensOrAll())) {
            // The end is due: take its report now, so that no step is begun in vain.
            var unused = context.host().await(generation.step(StepSpec.PLAIN), "forward");
        }
        settle();
        return accepted;
    }

    /** Copy the context at the delivered state. */
    public Context fork() {
        return context.fork();
    }

    public CompletableFuture<Context> forkAsync() {
        return context.forkAsync();
    }

    /** Save the context as it was delivered. */
    public void save(String name) {
        context.save(name);
    }

    public void save(String name, SaveOptions options) {
        context.save(name, options);
    }

    public CompletableFuture<Void> saveAsync(String name) {
        return saveAsync(name, SaveOptions.of());
    }

    public CompletableFuture<Void> saveAsync(String name, SaveOptions options) {
        return context.saveAsync(name, options);
    }

    /** Save the context as it was delivered, under a fresh name, for a day. */
    public String snapshot() {
        return context.snapshot();
    }

    public String snapshot(java.time.Duration ttl) {
        return context.snapshot(ttl);
    }

    public CompletableFuture<String> snapshotAsync(java.time.Duration ttl) {
        return context.snapshotAsync(ttl);
    }

    /** End the generation. */
    @Override
    public void close() {
        closed = true;
        generation.close();
        settle();
    }

    /** Return why the generation ended; a closed one has, even if the engine has yet to hear of it. */
    private @Nullable FinishReason finish() {
        FinishReason reason = generation.finishReason();
        return reason == null && closed ? FinishReason.CLOSED : reason;
    }

    /** Generate to the end; returns all tokens from here on. */
    public int[] collectTokens() {
        leadHere(true);
        return context.host().await(collectTokensAsync(), "forward");
    }

    public CompletableFuture<int[]> collectTokensAsync() {
        return Futures.map(collect(), GenerationStep::tokens);
    }

    /** Generate to the end; returns the visible text of the turn. */
    public String collectText() {
        return collectText(false);
    }

    public String collectText(boolean includeReasoning) {
        leadHere(true);
        return context.host().await(collectTextAsync(includeReasoning), "forward");
    }

    public CompletableFuture<String> collectTextAsync() {
        return collectTextAsync(false);
    }

    public CompletableFuture<String> collectTextAsync(boolean includeReasoning) {
        return Futures.map(collect(), step -> text(step, includeReasoning));
    }

    /** Generate any JSON value to the end and parse it: {@code Map List String Number Boolean null}. */
    public @Nullable Object collectJson() {
        constrainJson(null);
        return Json.parse(collectText(), "collect_json");
    }

    /** Generate JSON that satisfies a JSON Schema, as JSON text or a {@code Map}, to the end and parse it. */
    public @Nullable Object collectJson(Object schema) {
        constrainJson(schema);
        return Json.parse(collectText(), "collect_json");
    }

    /**
     * Generate a value of a type, to the end: a record by its components, or whatever else the input of a program may be.
     *
     * @throws PieException GRAMMAR_VIOLATION if the JSON is incomplete
     */
    public <T> T collectJson(Class<T> type) {
        constrainJson(type);
        return bound(collectText(), type);
    }

    public CompletableFuture<@Nullable Object> collectJsonAsync() {
        constrainJson(null);
        return Futures.map(collectTextAsync(), text -> Json.parse(text, "collect_json"));
    }

    public CompletableFuture<@Nullable Object> collectJsonAsync(Object schema) {
        constrainJson(schema);
        return Futures.map(collectTextAsync(), text -> Json.parse(text, "collect_json"));
    }

    /** Generate a value of a type; it is made on the program's thread. */
    public <T> CompletableFuture<T> collectJsonAsync(Class<T> type) {
        constrainJson(type);
        CompletableFuture<String> text = collectTextAsync();
        CompletableFuture<T> made =
                text.thenApplyAsync(done -> bound(done, type), context.host().programThread());
        var unused = made.whenComplete((value, error) -> {
            if (made.isCancelled()) {
                text.cancel(true);
            }
        });
        return made;
    }

    @SuppressWarnings("unchecked") // what conversion returns fits the type, primitives come boxed
    private static <T> T bound(String text, Class<T> type) {
        try {
            Object value = JsonBinding.convert(Json.parse(text, "collect_json"), type, type, "collect_json");
            if (value == null) {
                throw PieException.invalid("collect_json: the value is null, not a " + type.getSimpleName());
            }
            return (T) value;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new PieException(ErrorCode.GUEST_ERROR, String.valueOf(e.getMessage()), Map.of(), e);
        }
    }

    /** Add a schema as constraint, any JSON if there is none; not to a text that has begun. */
    public void constrainJson(@Nullable Object schema) {
        if (schema != null || tokensGenerated() == 0) {
            Schema wanted = schema == null ? Schema.anyJson() : Schema.json(schema);
            set(o -> o.constrainAlso(wanted));
        }
    }

    /** Say whether a step must be run by {@link #advance} before tokens can be had: because the program has a say in each. */
    public boolean awaitsAdvance(boolean all) {
        return plan.guidance() != null && finish() == null && (all || undelivered.isEmpty());
    }

    /** Run a step in which the program has a say, and keep its tokens for the next collector. On the program's thread. */
    public CompletableFuture<Boolean> advance() {
        return Futures.map(run(StepSpec.PLAIN), step -> {
            undelivered.add(step.tokens(), 0);
            return true;
        });
    }

    /** Tell the program's own constraints and drafter of the last steps. On the program's thread. */
    public void settle() {
        Guidance guide = plan.guidance();
        if (guide == null) {
            return;
        }
        if (finish() == null) {
            guide.settle();
        } else {
            guide.end();
        }
    }

    private void leadHere(boolean all) {
        while (awaitsAdvance(all)) {
            context.host().await(advance(), "forward");
            settle();
        }
    }

    private CompletableFuture<GenerationStep> collect() {
        context.host().checkLive();
        context.settled();
        if (awaitsAdvance(true)) {
            return Futures.then(Lead.begin(this, true), led -> collect());
        }
        int[] before = undelivered.drain();
        FinishReason finish = finish();
        CompletableFuture<GenerationStep> rest = finish != null
                ? CompletableFuture.completedFuture(new GenerationStep(new int[0], finish, List.of()))
                : context.working(generation.collect());
        return before.length == 0
                ? rest
                : Futures.map(
                        rest, step -> new GenerationStep(joined(before, step.tokens()), step.finish(), List.of()));
    }

    private static int[] joined(int[] before, int[] rest) {
        int[] all = Arrays.copyOf(before, before.length + rest.length);
        System.arraycopy(rest, 0, all, before.length, rest.length);
        return all;
    }

    private String text(GenerationStep step, boolean includeReasoning) {
        return new Chat.Decoder(context.model(), includeReasoning, reasoningOpen).text(step.tokens(), true);
    }

    CompletableFuture<GenerationStep> run(StepSpec spec) {
        context.host().checkLive();
        context.settled();
        Guidance guide = plan.guidance();
        if (guide == null) {
            return context.working(generation.step(spec));
        }
        return Futures.seen(
                context.working(generation.step(guide.guide(spec))),
                (step, error) -> guide.told(step == null ? new int[0] : step.run()));
    }

    /** Tell how many probes every step takes. */
    synchronized int probeCount() {
        return probes.size();
    }

    /** Register the tokens of a step for decoding in order, when someone asks. */
    Supplier<String> textOf(GenerationStep step) {
        return texts.add(step);
    }
}
