package pie.engine.adapter;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.LoraAdapter;

/** Stand for an adapter's name: what is loaded under it may change, and rows computed before keep what they were computed with. */
public final class NamedAdapter {
    private final AdapterShelf shelf;
    private final String owner;
    private final String name;
    private final boolean shared;
    private volatile Optional<Adapter> current = Optional.empty();
    private volatile long version;

    NamedAdapter(AdapterShelf shelf, String owner, String name, boolean shared) {
        this.shelf = shelf;
        this.owner = owner;
        this.name = name;
        this.shared = shared;
    }

    public String name() {
        return name;
    }

    /** Return how often numbers were loaded under the name. */
    public long version() {
        return version;
    }

    /** Return what passes that begin now are computed with, empty while nothing is loaded. */
    public Optional<Adapter> current() {
        return current;
    }

    /**
     * Load numbers in place of the present ones.
     *
     * @param path directory in PEFT's form: {@code adapter_config.json} and {@code adapter_model.safetensors}
     * @throws PieException NOT_FOUND, INVALID_ARGUMENT for a damaged file or a shape that is not the model's, UNSUPPORTED for a target or
     *     rank that the driver does not take, PERMISSION_DENIED for an adapter that the operator shares; nothing has changed then
     */
    public void load(Path path) {
        own("load");
        set(shelf.read(name, path));
    }

    synchronized void set(Adapter adapter) {
        current = Optional.of(adapter);
        version++;
    }

    /** Write the numbers as {@link #load} reads them. @throws PieException STORAGE_FULL */
    public void save(Path path) {
        PeftAdapter.write(current.map(Adapter::numbers).orElseGet(() -> new LoraAdapter(name, List.of())), path);
    }

    /** Copy the adapter to the name of another, of an owner. @throws PieException ALREADY_EXISTS, BUDGET_EXHAUSTED */
    public NamedAdapter fork(String to, String newName) {
        NamedAdapter copy = new NamedAdapter(shelf, to, newName, false);
        current.ifPresent(adapter ->
                copy.set(Adapter.of(new LoraAdapter(newName, adapter.numbers().targets()))));
        return shelf.put(to, copy);
    }

    /** Remove the name; passes that run go on. @throws PieException PERMISSION_DENIED for an adapter that the operator shares */
    public void destroy() {
        own("destroy");
        shelf.remove(owner, this);
    }

    private void own(String what) {
        if (shared) {
            throw new PieException(
                    ErrorCode.PERMISSION_DENIED,
                    what + ": adapter '" + name + "' is the operator's: fork it and change the copy");
        }
    }
}
