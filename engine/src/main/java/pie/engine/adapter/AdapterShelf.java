package pie.engine.adapter;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.ModelConfig;

/** Keep the adapters of one model by owner and name. Safe for use from several threads. */
public final class AdapterShelf {
    /** Adapters that an owner may have at once. */
    static final int MOST = 64;

    private static final String EVERYBODY = "";

    private final String model;
    private final ModelConfig config;
    private final int maxAdapters;
    private final int maxRank;
    private final Map<String, Map<String, NamedAdapter>> owners = new HashMap<>();

    /**
     * @param maxAdapters adapters that the driver holds at once, 0 if it takes none
     * @param maxRank of the driver
     */
    public AdapterShelf(String model, ModelConfig config, int maxAdapters, int maxRank) {
        this.model = model;
        this.config = config;
        this.maxAdapters = maxAdapters;
        this.maxRank = maxRank;
    }

    /** Make an adapter that adds nothing yet. @throws PieException ALREADY_EXISTS, UNSUPPORTED, BUDGET_EXHAUSTED */
    public NamedAdapter create(String owner, String name) {
        return put(owner, new NamedAdapter(this, owner, name, false));
    }

    /** Return an owner's adapter, else one that the operator shares. @throws PieException UNSUPPORTED */
    public synchronized Optional<NamedAdapter> open(String owner, String name) {
        check(name);
        @Nullable NamedAdapter own = named(owner).get(name);
        return Optional.ofNullable(own == null ? named(EVERYBODY).get(name) : own);
    }

    /** Share an adapter with all owners, as the operator. @throws PieException as {@link NamedAdapter#load} */
    public void share(String name, Path path) {
        NamedAdapter shared = new NamedAdapter(this, EVERYBODY, name, true);
        shared.set(read(name, path));
        put(EVERYBODY, shared);
    }

    /** Return the adapter that has some content and that an owner may use. */
    public synchronized Optional<Adapter> find(String owner, AdapterId id) {
        List<NamedAdapter> all = new ArrayList<>(named(owner).values());
        all.addAll(named(EVERYBODY).values());
        return all.stream()
                .flatMap(named -> named.current().stream())
                .filter(adapter -> adapter.id().sameContent(id))
                .findFirst();
    }

    synchronized NamedAdapter put(String owner, NamedAdapter adapter) {
        check(adapter.name());
        Map<String, NamedAdapter> known = owners.computeIfAbsent(owner, o -> new HashMap<>());
        if (known.containsKey(adapter.name())) {
            throw new PieException(
                    ErrorCode.ALREADY_EXISTS,
                    "an adapter '" + adapter.name() + "' exists on model '" + model
                            + "': choose another name, or destroy it",
                    Map.of("kind", "adapter", "name", adapter.name()));
        }
        if (known.size() >= MOST && !owner.equals(EVERYBODY)) {
            throw new PieException(
                    ErrorCode.BUDGET_EXHAUSTED,
                    "there are " + known.size() + " adapters, the most that an owner may have: destroy some",
                    Map.of("budget", "adapters", "scope", "owner", "limit", MOST, "used", known.size()));
        }
        known.put(adapter.name(), adapter);
        return adapter;
    }

    synchronized void remove(String owner, NamedAdapter adapter) {
        named(owner).remove(adapter.name(), adapter);
    }

    private Map<String, NamedAdapter> named(String owner) {
        return owners.getOrDefault(owner, new HashMap<>());
    }

    private void check(String name) {
        if (maxAdapters == 0) {
            throw new PieException(ErrorCode.UNSUPPORTED, "the driver of model '" + model + "' takes no adapters");
        }
        if (name.isBlank() || name.length() > 200) {
            throw PieException.invalid("an adapter's name must have 1 to 200 characters");
        }
    }

    /** Read numbers that fit the model and its driver. @throws PieException NOT_FOUND, INVALID_ARGUMENT, UNSUPPORTED */
    Adapter read(String name, Path path) {
        LoraAdapter numbers = PeftAdapter.read(name, path, config);
        numbers.check(config, maxRank);
        return Adapter.of(numbers);
    }
}
