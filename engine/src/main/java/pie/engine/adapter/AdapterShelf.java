package pie.engine.adapter;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.LoraAdapter;
import pie.engine.model.AdapterFiles;
import pie.engine.model.AdapterFolder;
import pie.engine.model.LoraPair;
import pie.engine.model.ModelConfig;

/** Keep the adapters of one model by owner and name. Safe for use from several threads. */
public final class AdapterShelf {
    /** Adapters that an owner may have at once. */
    static final int MOST = 64;

    /** Bytes that an owner's adapters may take together, versions that only rows still hold among them. */
    public static final long MOST_BYTES = 512L << 20;

    private static final String EVERYBODY = "";

    /** What a fresh adapter's numbers are drawn from: those of one rank are the same. */
    private static final AdapterId ORIGIN = new AdapterId("", 0, 0);

    private final String model;
    private final ModelConfig config;
    private final int maxAdapters;
    private final int maxRank;
    private final long mostBytes;
    private final RetiredVersions retired;
    private final Map<String, Map<String, NamedAdapter>> owners = new HashMap<>();

    /**
     * @param maxAdapters adapters that the driver holds at once, 0 if it takes none
     * @param maxRank of the driver
     */
    public AdapterShelf(String model, ModelConfig config, int maxAdapters, int maxRank) {
        this(model, config, maxAdapters, maxRank, MOST_BYTES, new SparseCollector());
    }

    /** @param collect has versions found that nobody holds any more */
    AdapterShelf(String model, ModelConfig config, int maxAdapters, int maxRank, long mostBytes, Runnable collect) {
        this.model = model;
        this.config = config;
        this.maxAdapters = maxAdapters;
        this.maxRank = maxRank;
        this.mostBytes = mostBytes;
        retired = new RetiredVersions(collect);
    }

    /** Make an adapter that adds nothing yet. @throws PieException ALREADY_EXISTS, UNSUPPORTED, BUDGET_EXHAUSTED */
    public NamedAdapter create(String owner, String name) {
        return put(owner, new NamedAdapter(this, owner, name, false), 0);
    }

    /** Return an owner's adapter, else one that the operator shares. @throws PieException UNSUPPORTED */
    public synchronized Optional<NamedAdapter> open(String owner, String name) {
        check(name);
        @Nullable NamedAdapter own = named(owner).get(name);
        return Optional.ofNullable(own == null ? named(EVERYBODY).get(name) : own);
    }

    /** Share an adapter with all owners, as the operator. @throws PieException as {@link NamedAdapter#load} */
    public void share(String name, AdapterFolder folder) {
        NamedAdapter shared = new NamedAdapter(this, EVERYBODY, name, true);
        shared.set(read(shared, EVERYBODY, folder), Optional.empty());
        put(EVERYBODY, shared, 0);
    }

    /** Return the adapter that has some content and that an owner may use. */
    public Optional<Adapter> find(String owner, AdapterId id) {
        List<NamedAdapter> all;
        synchronized (this) {
            all = new ArrayList<>(named(owner).values());
            all.addAll(named(EVERYBODY).values());
        }
        return all.stream()
                .flatMap(named -> named.present().stream())
                .filter(adapter -> adapter.id().sameContent(id))
                .findFirst();
    }

    synchronized NamedAdapter put(String owner, NamedAdapter adapter, long bytes) {
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
            throw exhausted("adapters", MOST, known.size(), "there are " + known.size() + " adapters", "destroy some");
        }
        admit(owner, adapter, bytes);
        known.put(adapter.name(), adapter);
        return adapter;
    }

    /** See whether an adapter may take so much memory in place of its present numbers. @throws PieException BUDGET_EXHAUSTED */
    synchronized void admit(String owner, NamedAdapter adapter, long bytes) {
        if (owner.equals(EVERYBODY)) {
            return;
        }
        long named = bytes;
        for (NamedAdapter other : named(owner).values()) {
            named += other == adapter ? 0 : other.bytes();
        }
        if (named + retired.bytes(owner) <= mostBytes) {
            return;
        }
        long held = retired.heldBytes(owner);
        if (named + held > mostBytes) {
            String rows = held == 0 ? "" : ", " + held + " of them for contexts computed with earlier versions";
            throw exhausted(
                    "adapter_bytes",
                    mostBytes,
                    named + held,
                    "adapters would take " + (named + held) + " bytes" + rows,
                    held == 0 ? "destroy some" : "destroy some, or close those contexts");
        }
    }

    /** Count a version that its name does not stand for any more, as long as somebody holds it. */
    synchronized void retire(String owner, Adapter version, long bytes) {
        if (!owner.equals(EVERYBODY)) {
            retired.add(owner, version, bytes);
        }
    }

    /** Return the bytes that an owner's earlier versions take, as somebody still holds them. */
    public synchronized long heldBytes(String owner) {
        return retired.heldBytes(owner);
    }

    private static PieException exhausted(String budget, long limit, long used, String what, String fix) {
        return new PieException(
                ErrorCode.BUDGET_EXHAUSTED,
                what + ", where an owner may have " + limit + ": " + fix,
                Map.of("budget", budget, "scope", "owner", "limit", limit, "used", used));
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
    Adapter read(NamedAdapter adapter, String owner, AdapterFolder folder) {
        List<LoraPair> targets =
                AdapterFiles.read(folder, config, numbers -> admit(owner, adapter, Float.BYTES * numbers));
        return Adapter.of(fitting(new LoraAdapter(adapter.name(), targets)));
    }

    /** Make an adapter of queries and values that adds nothing yet. @throws PieException INVALID_ARGUMENT, UNSUPPORTED for the rank, BUDGET_EXHAUSTED */
    LoraAdapter fresh(NamedAdapter adapter, String owner, int rank, float scale) {
        if (rank < 1) {
            throw PieException.invalid("rank must be >= 1, got " + rank);
        }
        int most = Math.min(maxRank, config.kvHeads() * config.headDim());
        if (rank > most) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "rank is " + rank + ": adapters of model '" + model + "' have ranks up to " + most + " here");
        }
        int queries = config.heads() * config.headDim();
        int values = config.kvHeads() * config.headDim();
        admit(owner, adapter, (long) Float.BYTES * config.layers() * rank * (2L * config.hidden() + queries + values));
        List<LoraPair> targets = new ArrayList<>();
        for (int layer = 0; layer < config.layers(); layer++) {
            for (String part : List.of("attn_q", "attn_v")) {
                int outputs = part.equals("attn_q") ? queries : values;
                float[] a = new float[rank * config.hidden()];
                new Noise(ORIGIN, targets.size()).add(a, 0, (float) (1 / Math.sqrt(config.hidden())));
                targets.add(new LoraPair(
                        "blk." + layer + "." + part + ".weight",
                        rank,
                        config.hidden(),
                        outputs,
                        scale,
                        a,
                        new float[outputs * rank]));
            }
        }
        return fitting(new LoraAdapter(adapter.name(), targets));
    }

    private LoraAdapter fitting(LoraAdapter numbers) {
        numbers.check(config, maxRank);
        return numbers;
    }
}
