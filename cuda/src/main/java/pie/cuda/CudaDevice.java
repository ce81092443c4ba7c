package pie.cuda;

/**
 * Describe one device as the driver library reports it.
 *
 * @param memoryTotal bytes
 * @param major and
 * @param minor compute capability, e.g. 9 and 0
 */
public record CudaDevice(int ordinal, String name, long memoryTotal, int major, int minor) {
    private static final int LEAST_MAJOR = 8;

    /** Return the id that {@code --device} takes. */
    public String id() {
        return "cuda:" + ordinal;
    }

    /** Say whether it has all instructions of the kernels. */
    public boolean usable() {
        return major >= LEAST_MAJOR;
    }

    public String computeCapability() {
        return major + "." + minor;
    }
}
