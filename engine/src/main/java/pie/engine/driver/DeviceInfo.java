package pie.engine.driver;

/** Describe one device that a driver can open; {@code memoryTotal} in bytes. */
public record DeviceInfo(String id, String name, long memoryTotal) {}
