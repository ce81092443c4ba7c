package pie.cuda.api;

import java.util.Set;

/** Report a call of the driver API that did not succeed; the driver turns it into a {@link pie.engine.driver.DriverFault}. */
public final class CudaCallException extends IllegalStateException {
    public static final int OUT_OF_MEMORY = 2;

    /** Results after which every further call of the context fails, as the driver API lists them. */
    private static final Set<Integer> STICKY = Set.of(
            4, 46, 201, 214, 219, 220, 226, 227, 700, 702, 708, 709, 710, 714, 715, 716, 717, 718, 719, 720, 721, 999);

    private final int result;
    private final boolean sticky;

    public CudaCallException(String call, int result, String name, String meaning) {
        this(call, result, name, meaning, STICKY.contains(result));
    }

    /** @param result of another library, whose numbers are not the driver API's */
    public CudaCallException(String call, int result, String name, String meaning, boolean sticky) {
        super(call + " answered " + name + " (" + result + "): " + meaning);
        this.result = result;
        this.sticky = sticky;
    }

    /** Return the driver API's number of the error. */
    public int result() {
        return result;
    }

    /** Say whether the context is broken for good: the device has to be opened again. */
    public boolean sticky() {
        return sticky;
    }
}
