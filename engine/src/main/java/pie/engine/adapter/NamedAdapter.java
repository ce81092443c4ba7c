package pie.engine.adapter;

import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.AdapterFiles;
import pie.engine.model.AdapterFolder;
import pie.engine.model.LoraPair;

/** Stand for an adapter's name: what is loaded under it may change, and rows computed before keep what they were computed with. */
public final class NamedAdapter {
    private final AdapterShelf shelf;
    private final String owner;
    private final String name;
    private final boolean shared;
    private volatile State state = State.EMPTY;
    private volatile boolean destroyed;
    /** Perturbations of the present numbers that are in use, by seed. */
    private final Map<Long, WeakReference<Adapter>> perturbed = new HashMap<>();

    /**
     * What a name stands for at a time.
     *
     * @param version how often it has changed
     */
    private record State(Optional<Adapter> adapter, Optional<Evolution> evolution, long version) {
        static final State EMPTY = new State(Optional.empty(), Optional.empty(), 0);

        State next(Adapter other, Optional<Evolution> search) {
            return new State(Optional.of(other), search, version + 1);
        }
    }

    NamedAdapter(AdapterShelf shelf, String owner, String name, boolean shared) {
        this.shelf = shelf;
        this.owner = owner;
        this.name = name;
        this.shared = shared;
    }

    public String name() {
        return name;
    }

    /** Say whether the operator shares it with all: it can be used and forked, not changed. */
    public boolean shared() {
        return shared;
    }

    /** Return how often what stands under the name has changed. */
    public long version() {
        return state.version;
    }

    /** Return what is loaded, to compute rows again with; empty once destroyed. */
    Optional<Adapter> present() {
        return state.adapter;
    }

    /** Return what passes that begin now are computed with, empty while nothing is loaded. @throws PieException NOT_FOUND once destroyed */
    public Optional<Adapter> current() {
        checkThere();
        return state.adapter;
    }

    /**
     * Return what a seed makes of the present numbers: the same for the same numbers, step size and seed.
     *
     * @throws PieException INVALID_ARGUMENT before {@link #evolve}, NOT_FOUND once destroyed
     */
    public synchronized Adapter perturbed(long seed) {
        checkThere();
        State now = state;
        Evolution search = searched(now);
        WeakReference<Adapter> known = perturbed.get(seed);
        Adapter adapter = known == null ? null : known.get();
        if (adapter == null) {
            perturbed.values().removeIf(reference -> reference.get() == null);
            adapter = Adapter.perturbed(now.adapter.orElseThrow(), search.sigma(), seed);
            adapter.numbers(); // here rather than on the engine's thread
            perturbed.put(seed, new WeakReference<>(adapter));
        }
        return adapter;
    }

    /**
     * Load numbers in place of the present ones.
     *
     * @param folder in PEFT's form, {@code adapter_config.json} and {@code adapter_model.safetensors}; or one GGUF file
     * @throws PieException NOT_FOUND, INVALID_ARGUMENT for a damaged file or a shape that is not the model's, UNSUPPORTED for a target or
     *     rank that the driver does not take, PERMISSION_DENIED for an adapter that the operator shares, BUDGET_EXHAUSTED for more than
     *     an owner may have; nothing has changed then
     */
    public void load(AdapterFolder folder) {
        checkOwn("load");
        set(shelf.read(this, owner, folder), Optional.empty());
    }

    /** Begin anew with other numbers. */
    synchronized void set(Adapter adapter, Optional<Evolution> search) {
        checkThere();
        State next = state.next(adapter, search);
        shelf.admit(owner, this, bytes(next));
        retire();
        state = next;
    }

    /**
     * Begin to search around the present numbers; around those of a fresh LoRA on queries and values where nothing is loaded (Hu et al.,
     * 2021: A normal with variance 1 / inputs, B zero).
     *
     * @param alpha scales what is added, by alpha / rank
     * @param populationSize most perturbations of one {@link #update}
     * @param muFraction of them that are recombined, the best ones
     * @param initialSigma standard deviation of a perturbation
     * @throws PieException INVALID_ARGUMENT, UNSUPPORTED for a rank over the driver's, else as {@link #load}
     */
    public synchronized void evolve(
            int rank, double alpha, int populationSize, double muFraction, double initialSigma) {
        checkOwn("initialize");
        Evolution search = Evolution.begin(populationSize, muFraction, initialSigma);
        checkThere();
        if (!(alpha > 0 && alpha <= Float.MAX_VALUE)) {
            throw PieException.invalid("alpha must be a finite number above 0, got " + alpha);
        }
        Optional<LoraAdapter> present = state.adapter.map(Adapter::numbers);
        set(
                Adapter.of(
                        present.isPresent()
                                ? scaled(present.get(), rank, (float) (alpha / rank))
                                : shelf.fresh(this, owner, rank, (float) (alpha / rank))),
                Optional.of(search));
    }

    private LoraAdapter scaled(LoraAdapter numbers, int rank, float scale) {
        List<LoraPair> targets = numbers.targets().stream()
                .map(t -> {
                    if (t.rank() != rank) {
                        throw PieException.invalid(
                                "rank is " + rank + ": what is loaded has rank " + t.rank() + " at " + t.tensor());
                    }
                    return new LoraPair(t.tensor(), rank, t.inputs(), t.outputs(), scale, t.a(), t.b());
                })
                .toList();
        return new LoraAdapter(name, targets);
    }

    /**
     * Go to where the best perturbations lie.
     *
     * @param scores of what {@link #perturbed} made of each of {@code seeds}, higher is better
     * @throws PieException INVALID_ARGUMENT for lengths, a score that is no number, a seed that comes twice, or before {@link #evolve}
     */
    public synchronized void update(float[] scores, long[] seeds, double maxSigma) {
        checkOwn("update");
        checkThere();
        Evolution.Step step = searched(state).update(state.adapter.orElseThrow(), scores, seeds, maxSigma);
        set(Adapter.of(step.numbers()), Optional.of(step.evolution()));
    }

    private Evolution searched(State now) {
        return now.evolution.orElseThrow(() -> PieException.invalid(
                "adapter '" + name + "' has nothing to perturb: call zo.initialize first, and again after a load"));
    }

    /** Write the numbers as {@link #load} reads them, in PEFT's form. @throws PieException STORAGE_FULL, PERMISSION_DENIED */
    public void save(AdapterFolder folder) {
        AdapterFiles.write(
                folder,
                current().map(Adapter::numbers).map(LoraAdapter::targets).orElse(List.of()));
    }

    /** Copy the adapter to the name of another, of an owner. @throws PieException ALREADY_EXISTS, BUDGET_EXHAUSTED */
    public NamedAdapter fork(String to, String newName) {
        checkThere();
        State now = state;
        NamedAdapter copy = new NamedAdapter(shelf, to, newName, false);
        copy.state = new State(now.adapter.map(adapter -> adapter.named(newName)), now.evolution, now.version);
        return shelf.put(to, copy, bytes(now));
    }

    /** Remove the name; passes that run go on. Once more has no effect. @throws PieException PERMISSION_DENIED for a shared adapter */
    public synchronized void destroy() {
        checkOwn("destroy");
        shelf.remove(owner, this);
        destroyed = true;
        retire();
        state = State.EMPTY;
    }

    private void retire() {
        perturbed.clear();
        state.adapter.ifPresent(
                old -> shelf.retire(owner, old, Float.BYTES * old.numbers().size()));
    }

    /** Return about how much memory it takes. */
    long bytes() {
        return bytes(state);
    }

    private static long bytes(State state) {
        long numbers = state.adapter.map(a -> a.numbers().size()).orElse(0L);
        return Float.BYTES
                * (numbers + state.evolution.map(e -> (long) e.path().length).orElse(0L));
    }

    private void checkThere() {
        if (destroyed) {
            throw new PieException(
                    ErrorCode.NOT_FOUND,
                    "adapter '" + name + "' was destroyed",
                    Map.of("kind", "adapter", "name", name));
        }
    }

    private void checkOwn(String what) {
        if (shared) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED,
                    what + ": adapter '" + name + "' is the operator's: fork it and change the copy");
        }
    }
}
