package pie.runtime;

/**
 * Say what a program may do beyond computing: what its manifest or its launch asks for, as far as the server allows it.
 *
 * @param network hosts that it may ask over HTTP
 * @param files whether it has {@code /scratch} and {@code /data}
 * @param launch whether it may start other processes
 * @param publish whether it may share its prefixes with all users
 */
public record Permissions(NetworkRule network, boolean files, boolean launch, boolean publish) {
    /** What a program has that asks for nothing. */
    public static final Permissions DEFAULT = new Permissions(NetworkRule.NONE, false, true, false);

    public static final Permissions ALL = new Permissions(NetworkRule.ANY, true, true, true);

    public Permissions withNetwork(NetworkRule rule) {
        return new Permissions(rule, files, launch, publish);
    }

    public Permissions withFiles(boolean on) {
        return new Permissions(network, on, launch, publish);
    }

    public Permissions withLaunch(boolean on) {
        return new Permissions(network, files, on, publish);
    }

    public Permissions withPublish(boolean on) {
        return new Permissions(network, files, launch, on);
    }
}
