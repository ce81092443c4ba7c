package pie.engine.driver;

import java.util.List;
import java.util.function.Consumer;
import pie.engine.model.ModelFiles;

/** Open drivers of one kind; found by {@link java.util.ServiceLoader}. */
public interface DriverProvider {
    /** Return {@code cuda}, {@code cpu} or {@code dummy}. */
    String kind();

    /** List the devices that this machine has for this kind; empty if none can be used. */
    List<DeviceInfo> devices();

    /**
     * Load the weights and open the page pool.
     *
     * @param progress told in one line each what is being done ("packing weights 12/30"); may be called from several threads
     * @throws pie.engine.PieException UNSUPPORTED for an architecture or tensor type, INVALID_ARGUMENT for an option,
     *     NOT_FOUND for a device
     */
    Driver open(ModelFiles model, DriverConfig config, Consumer<String> progress);
}
