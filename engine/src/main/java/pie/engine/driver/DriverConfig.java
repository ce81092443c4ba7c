package pie.engine.driver;

import java.util.Map;

/**
 * Configure one driver.
 *
 * @param device id of a {@link DeviceInfo}, or {@code auto}
 * @param pageSize tokens per page, a power of two from 8 to 64
 * @param pages pages of the pool, 0 for what the driver thinks right
 * @param maxContext most tokens of one context, 0 for the model's own limit
 * @param maxBatchTokens most rows of one step
 * @param maxBatchSize most requests of one step
 * @param options driver options by name, e.g. {@code threads}, {@code weights}, {@code kernels} of the CPU driver
 */
public record DriverConfig(
        String device,
        int pageSize,
        int pages,
        int maxContext,
        int maxBatchTokens,
        int maxBatchSize,
        Map<String, String> options) {
    public static final DriverConfig DEFAULT = new DriverConfig("auto", 16, 0, 0, 512, 256, Map.of());

    public DriverConfig withOption(String name, String value) {
        var more = new java.util.HashMap<>(options);
        more.put(name, value);
        return new DriverConfig(device, pageSize, pages, maxContext, maxBatchTokens, maxBatchSize, Map.copyOf(more));
    }

    public DriverConfig withoutOption(String name) {
        var less = new java.util.HashMap<>(options);
        less.remove(name);
        return new DriverConfig(device, pageSize, pages, maxContext, maxBatchTokens, maxBatchSize, Map.copyOf(less));
    }

    public DriverConfig withPages(int count) {
        return new DriverConfig(device, pageSize, count, maxContext, maxBatchTokens, maxBatchSize, options);
    }
}
