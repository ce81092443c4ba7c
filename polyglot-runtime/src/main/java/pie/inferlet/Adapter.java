package pie.inferlet;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.adapter.NamedAdapter;

/**
 * Hold a LoRA adapter of one model by name: a low-rank addition to its matrices, used by passes that name it. Private to the user who
 * launched the program, common to all programs of that user, kept until it is destroyed or the server stops. Safe for several threads.
 */
public final class Adapter implements AutoCloseable {
    private final Model model;
    private final NamedAdapter named;
    private volatile boolean closed;

    private Adapter(Model model, NamedAdapter named) {
        this.model = model;
        this.named = named;
    }

    /** Make an adapter that adds nothing yet. @throws PieException ALREADY_EXISTS, BUDGET_EXHAUSTED, UNSUPPORTED */
    public static Adapter create(Model model, String name) {
        return model.host().await(createAsync(model, name), "host");
    }

    public static CompletableFuture<Adapter> createAsync(Model model, String name) {
        return work(model, () -> new Adapter(model, model.engine().adapters().create(owner(model), name)));
    }

    /** Return the user's adapter of a name, else the one that the operator shares; empty if there is neither. @throws PieException UNSUPPORTED */
    public static Optional<Adapter> open(Model model, String name) {
        return model.host().await(openAsync(model, name), "host");
    }

    public static CompletableFuture<Optional<Adapter>> openAsync(Model model, String name) {
        return work(
                model,
                () -> model.engine().adapters().open(owner(model), name).map(named -> new Adapter(model, named)));
    }

    /** Return the name. */
    public String name() {
        return named.name();
    }

    /** Say whether the operator shares it: it can be used, saved and forked, not changed. */
    public boolean shared() {
        return named.shared();
    }

    /** Copy to another name. @throws PieException ALREADY_EXISTS, BUDGET_EXHAUSTED */
    public Adapter fork(String newName) {
        return model.host().await(forkAsync(newName), "host");
    }

    public CompletableFuture<Adapter> forkAsync(String newName) {
        return work(model, () -> new Adapter(model, live().fork(owner(model), newName)));
    }

    /**
     * Load numbers in place of the present ones; what was computed stays as it was.
     *
     * @param path in {@code /scratch}, {@code /data} or {@code /app}: a directory in PEFT's form, or a GGUF file
     * @throws PieException NOT_FOUND, PERMISSION_DENIED, INVALID_ARGUMENT for a shape that is not the model's or a damaged file,
     *     UNSUPPORTED for a target or rank that the driver does not take, BUDGET_EXHAUSTED; nothing has changed then
     */
    public void load(String path) {
        model.host().await(loadAsync(path), "host");
    }

    public CompletableFuture<Void> loadAsync(String path) {
        return run(() -> live().load(new ProgramFolder(model.host().files(), path)));
    }

    /**
     * Write the numbers, as {@link #load} reads them.
     *
     * @param path of a directory in {@code /scratch} or {@code /data}, in PEFT's form
     * @throws PieException PERMISSION_DENIED, STORAGE_FULL
     */
    public void save(String path) {
        model.host().await(saveAsync(path), "host");
    }

    public CompletableFuture<Void> saveAsync(String path) {
        return run(() -> live().save(new ProgramFolder(model.host().files(), path)));
    }

    /** Remove the name; passes that run go on. @throws PieException PERMISSION_DENIED for one that the operator shares */
    public void destroy() {
        model.host().await(destroyAsync(), "host");
    }

    public CompletableFuture<Void> destroyAsync() {
        return run(() -> {
            live().destroy();
            close();
        });
    }

    /** Close the handle; the adapter stays. */
    @Override
    public void close() {
        closed = true;
    }

    /** End a scope that destroys its adapter: what the operator shares stays, and so does what was closed. For the runtime. */
    public void leave() {
        if (!closed && !named.shared()) {
            destroy();
        }
        close();
    }

    CompletableFuture<Void> run(Runnable body) {
        return work(model, () -> {
            body.run();
            return null;
        });
    }

    /** Read, write or compute off the program's thread, which waits or does not. */
    private static <T extends @Nullable Object> CompletableFuture<T> work(Model model, Supplier<T> body) {
        model.host().checkLive();
        var result = new CompletableFuture<T>();
        Thread.ofVirtual().name("pie-adapter").start(() -> {
            try {
                result.complete(body.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    Model model() {
        return model;
    }

    /** @throws PieException INVALID_ARGUMENT for a closed handle */
    NamedAdapter live() {
        if (closed) {
            throw PieException.invalid("adapter '" + named.name() + "': this handle is closed; open the adapter again");
        }
        return named;
    }

    /** Return what the passes of a context are computed with; what is loaded later does not change it. */
    static Optional<pie.engine.adapter.Adapter> chosen(Model model, @Nullable Adapter adapter, OptionalLong seed) {
        if (adapter == null) {
            if (seed.isPresent()) {
                checkTaken(model);
                throw PieException.invalid("zo_seed: there is no adapter to perturb; set adapter as well");
            }
            return Optional.empty();
        }
        NamedAdapter named = adapter.live();
        if (adapter.model.engine() != model.engine()) {
            throw PieException.invalid("adapter '" + named.name() + "' is of model '" + adapter.model.name()
                    + "', the context is of model '" + model.name() + "'");
        }
        return seed.isPresent() ? Optional.of(named.perturbed(seed.getAsLong())) : named.current();
    }

    /** @throws PieException UNSUPPORTED if the model's driver takes no adapters */
    static void checkTaken(Model model) {
        if (model.engine().capabilities().maxAdapters() == 0) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED, "the driver of model '" + model.name() + "' takes no adapters");
        }
    }

    private static String owner(Model model) {
        return model.host().owner().value();
    }

    @Override
    public String toString() {
        return "Adapter(" + name() + ")";
    }
}
