package pie.cuda;

/**
 * Describe one device as the driver library reports it.
 *
 * @param memoryTotal bytes
 * @param major and
 * @param minor compute capability, e.g. 9 and 0
 */
public record CudaDevice(int ordinal, String name, long memoryTotal, int major, int minor) {
    /** Return the id that {@code --device} takes. */
    public String id() {
        return "cuda:" + ordinal;
    }

    public String computeCapability() {
        return major + "." + minor;
    }
}
