package pie.engine.driver;

/** Report memory in bytes and utilisation in 0..1, NaN if the vendor does not tell. */
public record DeviceStatus(long memoryUsed, long memoryTotal, double utilisation) {}
